"""Whatever crosses on either side of a layer, judging it raises nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asgi_compare.judge.middleware.check import Check, Plan
from asgi_compare.judge.middleware.trial import BESIDE, INSIDE, Pair
from asgi_compare.judge.middleware.trials import ROWS, trial_of
from asgi_compare.model.transcript import Ending, Event, Transcript
from tests.anything import atoms
from tests.judge.middleware.here import checked

anything = atoms | st.lists(atoms, max_size=2) | st.tuples(atoms, atoms)
TYPES = st.sampled_from(
    [
        "http.request",
        "http.disconnect",
        "http.response.start",
        "http.response.body",
        "websocket.send",
        "websocket.close",
        "lifespan.startup",
        "lifespan.startup.complete",
        "start_response",
        "yield",
        "close",
    ]
)
KEYS = st.sampled_from(["body", "status", "headers", "more_body", "text", "code"])
events = st.builds(
    lambda kind, rest: {**rest, "type": kind},
    TYPES | anything,
    st.dictionaries(KEYS, anything, max_size=3),
)
entries = st.builds(
    Event,
    st.integers(0, 100),
    st.sampled_from(["receive", "send"]),
    events | anything,
    st.just(0),
    st.just(1),
)
KINDS = st.sampled_from(["returned", "raised", "timed out", "abandoned"])
scopes = st.dictionaries(
    st.sampled_from(["type", "headers", "state", "method", "CONTENT_LENGTH"]), anything
)


def transcripts(name: str, inside: Any = None) -> Any:
    return st.builds(
        Transcript,
        st.just(name),
        st.sampled_from(["asgi", "wsgi"]),
        scopes,
        st.lists(entries, max_size=4).map(tuple),
        st.builds(Ending, KINDS, st.sampled_from(["", "Planned: x", "E: y"])),
        threads=st.just((1,)),
        requests=st.just(()) if inside is None else inside,
    )


insides = st.lists(transcripts(INSIDE) | transcripts(BESIDE), max_size=2).map(tuple)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(ROWS), transcripts("x", insides), transcripts("x", insides))
def test_rules_of_layers_raise_nothing(
    row: Any, layered: Transcript, plain: Transcript
) -> None:
    one = Check(lambda trial: layered, Plan("x:y"), lambda name: None)
    pair = Pair(trial_of(row, False), layered, plain)
    for outside in ("asgi", "wsgi"):
        one.outside = outside
        for finding in one.judged(pair):
            assert finding.message.endswith(").")


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events, max_size=4), st.booleans())
def test_layers_that_send_anything_are_judged(sent: list[Any], goes_on: bool) -> None:
    """A layer that sends what it likes gets findings, and no exception comes out."""

    def layer_of(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            for event in sent:
                await send(event)
            if goes_on:
                await app(scope, receive, send)

        return layer

    found = checked(layer_of, trials=("plain", "echo", "messages"))
    assert found.code in (0, 1)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events | anything, max_size=3), scopes)
def test_layers_that_give_anything_are_judged(given_: list[Any], keys: Any) -> None:
    """A layer that hands to the application what it likes is judged as well."""

    def layer_of(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            left = list(given_)

            async def give() -> Any:
                return left.pop(0) if left else await receive()

            kind = {"type": scope["type"]}  # or it could not be called at all
            await app({**scope, **keys, **kind}, give, send)

        return layer

    found = checked(layer_of, trials=("plain", "echo", "messages"))
    assert found.code in (0, 1)
