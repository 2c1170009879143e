"""Rules on subprotocols, and on what an accept may carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ACCEPT,
    CLOSE,
    CONNECT,
    HI,
    sent,
    websocket,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import RFC6455, WWW, rule
from asgi_compare.judge.rules.engine.values import (
    entries,
    is_iterable,
    names,
    shown,
)

ACCEPTS = WWW + "accept-send-event"


@rule(
    "asgi-websocket/subprotocols",
    "server",
    "must",
    "scope websocket",
    quote="subprotocols (Iterable[Unicode string])",
    link=WWW + "websocket-connection-scope",
    statement="`subprotocols`, if it is there, is an iterable of Unicode strings.",
    why="An application chooses one of them and sends it back.",
    hint="Split and decode Sec-WebSocket-Protocol.",
    breaks=websocket(CONNECT, CLOSE, scope={"subprotocols": [b"chat"]}),
    keeps=websocket(CONNECT, CLOSE, scope={"subprotocols": ()}),
)
def subprotocols(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("subprotocols", ())
    if not is_iterable(value):
        yield f"Expected subprotocols that are a list of str, but got {shown(value)}"
    for entry in entries(value) or ():
        if not isinstance(entry, str):
            yield f"Expected a subprotocol that is a str, but got {shown(entry)}"


@rule(
    "asgi-websocket/subprotocol-type",
    "application",
    "must",
    "sent websocket.accept",
    quote="subprotocol (Unicode string) -- The subprotocol the server wishes to accept",
    link=ACCEPTS,
    statement="The `subprotocol` of an accept is a Unicode string or None.",
    why="The server encodes it into the handshake's answer.",
    hint="Send one of `scope['subprotocols']` as it is.",
    breaks=websocket(CONNECT, sent("websocket.accept", subprotocol=b"chat"), CLOSE),
    keeps=websocket(CONNECT, sent("websocket.accept", subprotocol=None), CLOSE),
    invalid=True,
)
def subprotocol_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    value = event.get("subprotocol")
    if value is not None and not isinstance(value, str):
        yield f"Expected a subprotocol that is a str, but got {shown(value)}"


@rule(
    "asgi-websocket/subprotocol-not-asked-for",
    "application",
    "must",
    "sent websocket.accept",
    quote="The value chosen MUST be derived from the client's handshake, specifically "
    "by selecting one of the values from the |Sec-WebSocket-Protocol| field",
    link=RFC6455 + "4.2.2",
    statement="The `subprotocol` of an accept is one that the client asked for.",
    why="A client fails the connection at any other.",
    hint="Choose out of `scope['subprotocols']`, or accept without one.",
    breaks=websocket(CONNECT, sent("websocket.accept", subprotocol="soap"), CLOSE),
    keeps=websocket(CONNECT, sent("websocket.accept", subprotocol="chat"), CLOSE),
)
def subprotocol_not_asked_for(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    value = event.get("subprotocol")
    asked = entries(judge.scope.get("subprotocols", ()))
    if isinstance(value, str) and asked is not None and value not in asked:
        yield f"Expected a subprotocol out of {shown(asked)}, but got {shown(value)}"


@rule(
    "asgi-websocket/subprotocol-as-header",
    "application",
    "must",
    "sent websocket.accept",
    quote="Must not include a header named sec-websocket-protocol; use the "
    "subprotocol key instead",
    link=ACCEPTS,
    statement="The headers of an accept do not hold `sec-websocket-protocol`.",
    why="The server writes that header, and two of them fail the handshake.",
    hint="Use the key `subprotocol`.",
    breaks=websocket(
        CONNECT,
        sent("websocket.accept", headers=[(b"sec-websocket-protocol", b"chat")]),
        CLOSE,
    ),
    keeps=websocket(CONNECT, sent("websocket.accept", headers=[(b"a", b"b")]), CLOSE),
)
def subprotocol_as_header(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    for name in names(event.get("headers", ())):
        if name.lower() == b"sec-websocket-protocol":
            yield f"Expected no header {name!r}, but got one"


@rule(
    "asgi-websocket/accept-headers-too-new",
    "application",
    "must",
    "sent websocket.accept",
    quote="If a server tells you it only supports version 2.0 of this spec, then "
    "sending headers with a WebSocket Accept message is an error",
    link=WWW + "spec-versions",
    statement="`headers` come with an accept only where the server speaks 2.1.",
    why="An older server drops them, or raises.",
    hint="Look at `scope['asgi']['spec_version']`; without one it is 2.0.",
    breaks=websocket(
        CONNECT,
        sent("websocket.accept", headers=[(b"a", b"b")]),
        CLOSE,
        scope={"asgi": {"version": "3.0"}},
    ),
    keeps=websocket(
        CONNECT,
        sent("websocket.accept", headers=[(b"a", b"b")]),
        CLOSE,
        scope={"asgi": {"version": "3.0", "spec_version": "2.1"}},
    ),
)
def accept_headers_too_new(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if event.get("headers") and judge.spec_version < (2, 1):
        yield f"Expected no headers for a server of {_version(judge)}, but got some"


@rule(
    "asgi-websocket/close-reason-too-new",
    "application",
    "unclear",
    "sent websocket.close",
    quote="2.3: Added the reason key to the WebSocket close event",
    link=WWW + "spec-versions",
    statement="A `reason` comes with a close only where the server speaks 2.3. "
    "The versions say so; the main text has servers ignore keys that they do not know.",
    why="An older server does not pass the reason on.",
    hint="Look at `scope['asgi']['spec_version']`; without one it is 2.0.",
    breaks=websocket(
        CONNECT,
        ACCEPT,
        sent("websocket.close", reason="bye"),
        scope={"asgi": {"version": "3.0", "spec_version": "2.2"}},
    ),
    keeps=websocket(CONNECT, ACCEPT, HI, sent("websocket.close", reason="bye")),
)
def close_reason_too_new(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if event.get("reason") and judge.spec_version < (2, 3):
        yield f"Expected no reason for a server of {_version(judge)}, but got one"


def _version(judge: Judge) -> str:
    return ".".join(map(str, judge.spec_version))
