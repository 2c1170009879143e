"""The fast ways find what the judge finds, whatever crosses."""

from __future__ import annotations

import asyncio
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asgi_compare.drive.in_process.recorder import described
from asgi_compare.judge.rules import RULES, judge_for
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE, WEBSOCKET_SCOPE
from asgi_compare.judge.rules.engine.judge import MARKS, Judge
from asgi_compare.judge.rules.engine.rule import Example
from asgi_compare.judge.validator.asgi_http import Asgi3
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Ending
from tests.judge.rules.test_fuzz import ORDINARY, STEPS
from tests.judge.validator.driving import All
from tests.tables import each_row

Step = tuple[str, Any]


class Raised(Exception):
    """What an application, or a server, may raise."""


def observed(
    scope: Any, steps: list[Step], refuses: dict[int, Exception], ending: str
) -> list[Finding]:
    """Play the steps with the wrapper in between."""
    number = -1

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal number
        for number, (way, event) in enumerate(steps):
            if way == "receive":
                assert await receive() is event
            elif number in refuses:
                with pytest.raises(type(refuses[number])):
                    await send(event)
            else:
                await send(event)
        if ending == "raised":
            raise Raised

    async def receive() -> Any:
        return steps[number][1]

    async def send(event: Any) -> None:
        assert event is steps[number][1]
        if number in refuses:
            raise refuses[number]

    findings = All()
    if ending == "raised":
        with pytest.raises(Raised):
            asyncio.run(Asgi3(app, findings)(scope, receive, send))
    else:
        asyncio.run(Asgi3(app, findings)(scope, receive, send))
    return findings.all


def judged(
    scope: Any, steps: list[Step], refuses: dict[int, Exception], ending: str
) -> list[Finding]:
    """Tell a judge of the steps, who has to look at each of them."""
    name = " ".join(scope[k] for k in ("method", "path") if k in scope)
    name = name if "method" in scope else f"{scope['type']} {scope['path']}"
    one = judge_for(scope, name, "asgi")
    found = [*one.begin()]
    for number, (way, event) in enumerate(steps):
        found += one.received(event) if way == "receive" else one.sent(event)
        if way == "send":
            found += one.answered(_mark(refuses.get(number)))
            one.left = one.left or isinstance(refuses.get(number), OSError)
    found += one.ended(Ending("raised" if ending == "raised" else "returned"))
    return found


def _mark(error: Exception | None) -> dict[str, Any]:
    if error is None:
        return {"type": "send.returned"}
    return {
        "type": "send.raised",
        "error": described(error),
        "oserror": isinstance(error, OSError),
    }


REFUSES = st.dictionaries(
    st.integers(0, 9), st.sampled_from([OSError("gone"), Raised("no")]), max_size=2
)
LENGTHS = (b"0", b"5", b"10", b"15", b"x")


@st.composite
def nearly_in_order(draw: Any) -> list[Step]:
    """Draw an exchange that is as it should be, but for what is done to it."""
    length = draw(st.sampled_from(LENGTHS))
    fields = [(b"content-length", length)] if draw(st.booleans()) else []
    status = draw(st.sampled_from([200, 200, 204, 405]))
    piece = {"type": "http.response.body", "body": b"hello", "more_body": True}
    steps: list[Step] = [
        ("receive", {"type": "http.request", "body": b"", "more_body": False}),
        (
            "send",
            {"type": "http.response.start", "status": status, "headers": fields},
        ),
        *[("send", piece)] * draw(st.integers(0, 3)),
        ("send", draw(st.sampled_from([BARE, {**piece, "more_body": False}]))),
    ]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(steps)))
        end = at + draw(st.integers(0, 1))
        steps[at:end] = draw(ORDINARY.filter(lambda each: len(each) < 3))
    return steps


BARE = {"type": "http.response.body", "body": b"hello"}
SCOPES = st.sampled_from(
    [
        HTTP_SCOPE,
        {**HTTP_SCOPE, "method": "HEAD"},
        {**HTTP_SCOPE, "path": "/%41"},
        {**HTTP_SCOPE, "extensions": {"http.response.trailers": {}}},
        WEBSOCKET_SCOPE,
    ]
)
EITHER_END = st.sampled_from(["returned", "raised"])


def _start(*fields: tuple[bytes, bytes]) -> Step:
    headers = list(fields)
    return "send", {"type": "http.response.start", "status": 200, "headers": headers}


REQUEST = "receive", {"type": "http.request", "body": b"", "more_body": False}
LEFT = "receive", {"type": "http.disconnect"}
BODY = "send", BARE
MORE = "send", {**BARE, "more_body": True}
TEN = (b"content-length", b"10")


@pytest.fixture(autouse=True, scope="module")
def _known_heads() -> None:
    for fields in ([], [TEN]):
        observed(HTTP_SCOPE, [REQUEST, _start(*fields), MORE, BODY], {}, "returned")


@example(HTTP_SCOPE, [LEFT, _start(), BODY], {}, "returned")
@example(HTTP_SCOPE, [_start(), LEFT, BODY], {}, "returned")
@example(HTTP_SCOPE, [REQUEST, _start(), MORE], {}, "returned")
@example(HTTP_SCOPE, [REQUEST, _start(), MORE], {2: OSError("gone")}, "returned")
@example({**HTTP_SCOPE, "method": "HEAD"}, [_start(TEN), BODY], {}, "returned")
@given(SCOPES, ORDINARY | nearly_in_order(), REFUSES, EITHER_END)
def test_wrapper_finds_what_the_judge_finds(
    scope: Any, steps: list[Step], refuses: dict[int, Exception], ending: str
) -> None:
    # Twice, so that heads that were found to be without fault are known.
    observed(scope, steps, refuses, ending)

    assert observed(scope, steps, refuses, ending) == judged(
        scope, steps, refuses, ending
    )


@given(SCOPES, STEPS, REFUSES, EITHER_END)
def test_wrapper_finds_what_the_judge_finds_in_anything(
    scope: Any, steps: list[Step], refuses: dict[int, Exception], ending: str
) -> None:
    assert observed(scope, steps, refuses, ending) == judged(
        scope, steps, refuses, ending
    )


EXAMPLES = [
    (f"{rule.id} {which}", example)
    for rule in RULES.values()
    for which, example in (("broken", rule.breaks), ("kept", rule.keeps))
    if not example.wsgi
    and type(example.scope) is dict
    and example.scope.get("type") == "http"
    and isinstance(example.scope.get("path"), str)
    and example.ending.kind in ("returned", "raised")
    and not any(type(e) is dict and e.get("type") in MARKS for _, e in example.events)
]


@each_row(("name", "example"), EXAMPLES, ids=itemgetter(0))
def test_wrapper_finds_what_the_judge_finds_in_the_examples_of_the_book(
    name: str, example: Example
) -> None:
    """A new rule on what is let through without a judge is seen here."""
    steps: list[Step] = [*example.events]
    ending = example.ending.kind
    observed(example.scope, steps, {}, ending)

    found = observed(example.scope, steps, {}, ending)

    assert found == judged(example.scope, steps, {}, ending)


def test_judges_are_not_made_for_what_is_ordinary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    steps = [
        ("receive", {"type": "http.request", "body": b"", "more_body": False}),
        ("send", start),
        ("send", {"type": "http.response.body", "body": b"a", "more_body": True}),
        ("send", {"type": "http.response.body", "body": b"a"}),
        ("receive", {"type": "http.disconnect"}),
    ]
    assert observed(HTTP_SCOPE, steps, {}, "returned") == []
    made: list[Any] = []

    monkeypatch.setattr(Judge, "__init__", lambda *_: made.append(1))

    assert observed(HTTP_SCOPE, steps, {}, "returned") == []
    assert made == []
