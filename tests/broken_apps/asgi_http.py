"""Applications that break one rule of ASGI for HTTP each, and it alone."""

from __future__ import annotations

from typing import Any

from asgi_compare.contract.scenario import Lifetime, Request
from tests.broken_apps.apps import (
    BODY,
    END,
    MORE,
    START,
    Receive,
    Scope,
    Send,
    broken,
    event,
    http,
    start,
)


async def returns_from_any_protocol(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await http(START, BODY)(scope, receive, send)


async def answers_only_get(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await receive()
    if scope["method"] == "GET":
        await send(START)
        await send(BODY)


async def hides_what_send_raises(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await receive()
    try:
        await send(BODY)
    except Exception:
        await send(START)
        await send(BODY)


def _headers(headers: Any) -> Any:
    return http(start(headers=headers), BODY)


PUSH = event("http.response.push", path="/a", headers=[])
HINT = event("http.response.early_hint", links=[b"</a>; rel=preload"])
DEBUG = event("http.response.debug", info={})

CASES = (
    broken("asgi/event-not-dict", http("http.response.start", START, BODY)),
    broken("asgi/event-not-dict", http(None), also="None"),
    broken("asgi/event-not-dict", http([("type", "http.response.start")]), also="list"),
    broken("asgi/event-without-type", http({"status": 200}, START, BODY)),
    broken(
        "asgi/event-without-type", http({"type": b"http.response.start"}), also="bytes"
    ),
    broken(
        "asgi/event-key-not-str",
        http({"type": "http.response.start", "status": 200, b"headers": []}, BODY),
    ),
    broken(
        "asgi/event-key-not-str",
        http(START, event("http.response.body", extra={1: 2})),
        also="inside",
    ),
    broken("asgi/event-value-type", http(START, event("http.response.body", x={1}))),
    broken(
        "asgi/event-value-type",
        http(START, event("http.response.body", x=[{"y": object()}])),
        also="inside",
    ),
    broken("asgi/event-integer-range", http(start(x=2**63), BODY)),
    broken("asgi/event-not-finite", http(start(x=float("-inf")), BODY)),
    broken("asgi/unknown-event-type", http(START, event("http.response.flush"), BODY)),
    broken(
        "asgi/unknown-event-type",
        http(START, event("websocket.send", text="hi"), BODY),
        also="of another protocol",
    ),
    broken("asgi/unknown-event-type", http(event("")), also="empty"),
    broken("asgi/extension-not-offered", http(START, PUSH, BODY)),
    broken(
        "asgi/extension-not-offered",
        http(
            start(headers=[(b"content-type", b"a/b"), (b"content-length", b"1")]),
            event("http.response.pathsend", path="/etc/hostname"),
        ),
        also="pathsend",
    ),
    broken("asgi/unknown-protocol-accepted", returns_from_any_protocol, Lifetime()),
    broken("asgi-headers/not-pairs", _headers({b"content-type": b"text/plain"})),
    broken("asgi-headers/not-pairs", _headers(None), also="None"),
    broken("asgi-headers/not-pairs", _headers("ab"), also="text"),
    broken("asgi-headers/not-pairs", _headers([(b"a", b"b", b"c")]), also="three"),
    broken("asgi-headers/not-bytes", _headers([("content-type", "text/plain")])),
    broken("asgi-headers/not-bytes", _headers([(b"content-length", 5)]), also="int"),
    broken("asgi-headers/not-lowercase", _headers([(b"Content-Type", b"a/b")])),
    broken("asgi-headers/pseudo-header", _headers([(b":status", b"200")])),
    broken("asgi-http/status-missing", http(event("http.response.start"), BODY)),
    broken("asgi-http/status-type", http(start("200"), BODY)),
    broken("asgi-http/status-type", http(start(200.0), BODY), also="float"),
    broken("asgi-http/status-type", http(start(None), BODY), also="None"),
    broken("asgi-http/trailers-type", http(start(trailers=0), BODY)),
    broken(
        "asgi-http/body-type", http(START, event("http.response.body", body="hello"))
    ),
    broken(
        "asgi-http/body-type",
        http(START, event("http.response.body", body=bytearray(b"hello"))),
        also="bytearray",
    ),
    broken(
        "asgi-http/body-type",
        http(START, event("http.response.body", body=None)),
        also="None",
    ),
    broken(
        "asgi-http/more-body-type",
        http(START, event("http.response.body", more_body="no"), END),
    ),
    broken("asgi-http/body-before-start", hides_what_send_raises),
    broken("asgi-http/body-before-start", http(MORE, START, BODY), also="and raises"),
    broken("asgi-http/start-twice", http(START, START, BODY)),
    broken("asgi-http/after-final-body", http(START, BODY, BODY)),
    broken("asgi-http/after-final-body", http(START, BODY, START), also="start"),
    broken("asgi-http/start-without-body", http(START)),
    broken("asgi-http/unfinished-body", http(START, MORE, MORE)),
    broken("asgi-http/no-response", answers_only_get, Request("POST")),
    broken(
        "asgi-extensions/push-order",
        http(PUSH, START, BODY),
        offers=["http.response.push"],
    ),
    broken(
        "asgi-extensions/push-path",
        http(START, event("http.response.push", path=b"/a", headers=[]), BODY),
        offers=["http.response.push"],
    ),
    broken(
        "asgi-headers/not-lowercase",
        http(START, event("http.response.push", path="/", headers=[(b"A", b"")]), BODY),
        also="push",
        offers=["http.response.push"],
    ),
    broken(
        "asgi-extensions/early-hint-after-start",
        http(START, HINT, BODY),
        offers=["http.response.early_hint"],
    ),
    broken(
        "asgi-extensions/early-hint-links",
        http(event("http.response.early_hint", links=b"</a>"), START, BODY),
        offers=["http.response.early_hint"],
    ),
    broken(
        "asgi-extensions/debug-order",
        http(DEBUG, DEBUG, START, BODY),
        offers=["http.response.debug"],
    ),
    broken(
        "asgi-extensions/debug-info",
        http(event("http.response.debug", info=None), START, BODY),
        offers=["http.response.debug"],
    ),
)
