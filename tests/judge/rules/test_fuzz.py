"""Whatever is sent, a judge comes to an end, and does not raise."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.judge.rules import RULES, judge, judge_for
from asgi_compare.judge.rules.engine.event_keys import KEYS
from asgi_compare.judge.rules.engine.examples import (
    ENVIRON,
    HTTP_SCOPE,
    LIFESPAN_SCOPE,
    WEBSOCKET_SCOPE,
)
from asgi_compare.judge.rules.engine.rule import Example
from asgi_compare.model.transcript import Ending, Excerpt

TYPES = [*KEYS, "send.raised", "send.returned", "x.y"]
CALLS = [
    "start_response",
    "write",
    "yield",
    "close",
    "return",
    "wsgi.input.read",
    "wsgi.input.readlines",
    "wsgi.input.close",
]
NAMES = sorted({key for keys in KEYS.values() for key in keys} | {"size", "exc_info"})
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([100, 200, 204, 304, 401, 999, 1000, 1006])
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.binary(max_size=5).map(bytearray)
    | st.binary(max_size=5).map(Excerpt.of)
    | st.sampled_from(["200 OK", "404 No\n", b"5", "\ud800", object()])
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from([b"content-length", b"X-A", b":status", b"etag", "a", b"\n"]),
        st.sampled_from([b"5", b"0", b"\r\n", "b", 5, b""]),
    ),
    max_size=3,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            SCALARS.filter(lambda key: key == key and _hashable(key)), inner
        )
    ),
    max_leaves=5,
)
KNOWN = {
    "type": st.sampled_from(TYPES + CALLS),
    "headers": FIELDS,
    "response_headers": FIELDS,
    "status": st.sampled_from([200, 204, 304, 404, "200 OK", 0]),
    "body": st.binary(max_size=7),
    "more_body": st.booleans(),
    "text": st.text(max_size=3),
    "code": st.sampled_from([1000, 1005, 4000, None]),
}
EVENTS = (
    st.fixed_dictionaries(
        {"type": KNOWN["type"]},
        optional={key: KNOWN.get(key, VALUES) for key in NAMES if key != "type"},
    )
    | st.fixed_dictionaries(
        {"type": KNOWN["type"]}, optional=dict.fromkeys(NAMES[:-1], VALUES)
    )
    | VALUES
)
STEPS = st.lists(st.tuples(st.sampled_from(["send", "receive"]), EVENTS), max_size=12)
BASES = [HTTP_SCOPE, WEBSOCKET_SCOPE, LIFESPAN_SCOPE, ENVIRON, {"type": "x"}]
SCOPES = (
    st.builds(
        lambda base, changes: {**base, **changes},
        st.sampled_from(BASES),
        st.dictionaries(
            st.sampled_from(sorted({*HTTP_SCOPE, *ENVIRON, "state", "extensions"})),
            VALUES,
            max_size=3,
        ),
    )
    | VALUES
)
ENDINGS = st.sampled_from([Ending(), Ending("raised", "E"), Ending("abandoned")])


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


@given(SCOPES, STEPS, ENDINGS, st.booleans())
def test_judge_never_raises_and_leaves_nothing_unjudged(
    scope: Any, steps: list[tuple[Any, Any]], ending: Ending, wsgi: bool
) -> None:
    transcript = Example(scope, tuple(steps), ending, wsgi).transcript("fuzz")

    for finding in judge(transcript):
        assert RULES[finding.rule].side == finding.side
        assert all(0 <= index < len(steps) for index in finding.evidence)
        assert len(finding.message) < 1000

    one = judge_for(scope, "fuzz", "wsgi" if wsgi else "asgi")
    one.begin()
    for way, event in steps:
        (one.sent if way == "send" else one.received)(event)
    one.ended(ending)
    assert one.notes == []


ORDINARY = st.lists(
    st.sampled_from(
        [
            ("receive", {"type": "http.request", "body": b"a", "more_body": True}),
            ("receive", {"type": "http.request", "body": b"", "more_body": False}),
            ("receive", {"type": "http.disconnect"}),
            *[
                (
                    "send",
                    {
                        "type": "http.response.start",
                        "status": status,
                        "headers": [(b"content-length", length)],
                    },
                )
                for status in (200, 204, 304, 405)
                for length in (b"0", b"5", b"7", b"x")
            ],
            ("send", {"type": "http.response.start", "status": 200, "headers": []}),
            *[
                (
                    "send",
                    {"type": "http.response.body", "body": body, "more_body": more},
                )
                for body in (b"", b"hello", bytearray(b"a"))
                for more in (True, False, 1)
            ],
            ("send", {"type": "http.response.body", "body": b"hello"}),
            ("send", {"type": "http.response.body", "body": b"hello", "x": 1}),
            ("receive", {"type": "websocket.connect"}),
            ("send", {"type": "websocket.accept"}),
            ("send", {"type": "websocket.send", "text": "a"}),
            ("send", {"type": "websocket.send", "text": None, "bytes": b"a"}),
            ("send", {"type": "websocket.send", "bytes": "a"}),
            ("receive", {"type": "websocket.receive", "bytes": b"a"}),
            ("receive", {"type": "websocket.receive", "bytes": b"a", "text": None}),
            ("receive", {"type": "websocket.receive", "bytes": b"a", "text": "a"}),
            ("receive", {"type": "websocket.disconnect", "code": 1000}),
            ("send", {"type": "websocket.close"}),
            ("receive", {"type": "send.returned"}),
            ("receive", {"type": "send.raised", "error": "E", "oserror": False}),
        ]
    ),
    max_size=10,
)


@given(st.text(alphabet=string.printable, max_size=10), VALUES)
def test_scope_key_of_any_name_and_value_is_survived(name: str, value: Any) -> None:
    scope = {**HTTP_SCOPE, name: value}
    one = judge_for(scope)

    one.begin()

    assert one.notes == []
