"""Its events have the same structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ACCEPT,
    CLOSE,
    CONNECT,
    GONE,
    extended,
    sent,
    websocket,
)
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.rule import EXTENSIONS, rule

DENIAL = EXTENSIONS + "websocket-denial-response"
DENIED = extended("websocket.http.response")
REFUSE = sent("websocket.http.response.start", status=401)
REFUSAL = sent("websocket.http.response.body", body=b"no")


@rule(
    "asgi-extensions/denial-after-accept",
    "application",
    "must",
    ("sent websocket.http.response.start",),
    quote="to send HTTP response messages after the websocket.connect message",
    link=DENIAL,
    statement="A WebSocket is refused with a response before it is accepted or closed.",
    why="After the handshake there is no HTTP on the connection any more.",
    hint="Decide before you accept; close with a code afterwards.",
    breaks=websocket(CONNECT, ACCEPT, REFUSE, GONE, scope=DENIED),
    keeps=websocket(
        CONNECT,
        sent(
            "websocket.http.response.start",
            status=403,
            headers=[(b"content-length", b"2")],
        ),
        REFUSAL,
        scope=DENIED,
    ),
)
def denial_after_accept(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.phase in ("open", "closed"):
        yield f"Expected no {event['type']!r} once the connection was answered"


@rule(
    "asgi-extensions/denial-mixed",
    "application",
    "must",
    ("sent websocket.accept", "sent websocket.send", "sent websocket.close"),
    quote="These messages cannot be followed by any other websocket messages",
    link=DENIAL,
    statement="After the start of a refusal no other WebSocket event is sent.",
    why="The server sends the response and closes the connection.",
    hint="Finish the response, and return.",
    breaks=websocket(
        CONNECT,
        sent("websocket.http.response.start", status=403),
        REFUSAL,
        CLOSE,
        scope=DENIED,
    ),
    keeps=websocket(
        CONNECT,
        sent("websocket.http.response.start", status=403),
        REFUSAL,
        scope=DENIED,
    ),
)
def denial_mixed(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.phase in ("denying", "denied"):
        yield f"Expected nothing but the refusal, but got {event['type']!r}"
