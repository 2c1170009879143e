"""Exchanges that are unusual and legal: no rule has anything to say of them."""

from __future__ import annotations

import pytest

from asgi_compare.judge.rules import judge
from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    ACCEPT,
    BODY,
    CLOSE,
    CONNECT,
    LEFT,
    MORE,
    REQUEST,
    START,
    extended,
    http,
    received,
    sent,
    websocket,
    wsgi,
)
from asgi_compare.judge.rules.engine.rule import Example
from asgi_compare.model.transcript import Excerpt

HELLO = (REQUEST, START, BODY)
CHALLENGE = (b"www-authenticate", b"Basic")
BIG = Excerpt.of(b"x" * 100_000)
STARTS = sent("start_response", status="200 OK", response_headers=[])
YIELDS = sent("yield", body=b"hello")

KEPT: dict[str, Example] = {
    "a server of 2.3 that is silent when the client has gone": http(
        REQUEST,
        START,
        LEFT,
        MORE,
        received("send.returned"),
        scope={"asgi": {"version": "3.0", "spec_version": "2.3"}},
    ),
    "a path that is not UTF-8": http(
        *HELLO, scope={"path": "/\ufffd", "raw_path": b"/%ff"}
    ),
    "a path behind a root path": http(
        *HELLO, scope={"path": "/app/a", "raw_path": b"/a", "root_path": "/app"}
    ),
    "a target that is a star": http(
        *HELLO, scope={"method": "OPTIONS", "path": "*", "raw_path": b"*"}
    ),
    "a scope with the least": http(
        *HELLO,
        scope=dict.fromkeys(
            ("scheme", "raw_path", "root_path", "headers", "client", "server"), ABSENT
        ),
    ),
    "an event of an extension that is not ours": http(
        received("http.weather", rain=True),
        *HELLO,
        scope=extended("http.weather"),
    ),
    "addresses that can be read once": http(
        *HELLO, scope={"client": iter(("::1", 1)), "server": iter(("::1", 1))}
    ),
    "headers that can be read once": http(
        *HELLO, scope={"headers": iter([(b"host", b"a")])}
    ),
    # What cannot be looked at may hold the field that a rule asks for.
    "a challenge that can be read once": http(
        REQUEST,
        sent("http.response.start", status=401, headers=iter([CHALLENGE])),
        BODY,
    ),
    "a challenge that can be read once, in a list": http(
        REQUEST,
        sent("http.response.start", status=401, headers=[iter(CHALLENGE)]),
        BODY,
    ),
    "trailers that are named in fields read once": http(
        REQUEST,
        sent("http.response.start", status=200, headers=iter([]), trailers=True),
        sent("http.response.body"),
        sent("http.response.trailers", headers=iter([])),
        scope=extended("http.response.trailers"),
    ),
    "a file that is described in fields read once": http(
        REQUEST,
        sent("http.response.start", status=200, headers=iter([])),
        sent("http.response.pathsend", path="/srv/a"),
        scope=extended("http.response.pathsend"),
    ),
    "a large text": websocket(CONNECT, ACCEPT, sent("websocket.send", text=BIG), CLOSE),
    "a server that stops in time": wsgi(
        sent(
            "start_response",
            status="200 OK",
            response_headers=[("Content-Length", "5")],
        ),
        sent("return", iterable=True, len=2),
        YIELDS,
    ),
    "a read within the length": wsgi(
        received("wsgi.input.read", size=9, body=b""),
        STARTS,
        YIELDS,
        environ={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    ),
    "a stored environ": wsgi(
        STARTS, YIELDS, environ={"wsgi.input": "<Input>", "wsgi.errors": "<Errors>"}
    ),
    "events that hold themselves": http(
        REQUEST, START, sent("http.response.body", more=[[[[]]]] * 3)
    ),
}


@pytest.mark.parametrize("example", KEPT.values(), ids=KEPT.keys())
def test_unusual_exchange_breaks_nothing(example: Example) -> None:
    assert judge(example.transcript("it")) == []
