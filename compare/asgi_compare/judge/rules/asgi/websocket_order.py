"""It may not know yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ACCEPT,
    CLOSE,
    CONNECT,
    GONE,
    HI,
    TALK,
    sent,
    websocket,
)
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.rule import MAIN, WWW, rule
from asgi_compare.model.transcript import Ending

CONNECTS = WWW + "connect-receive-event"
ANSWERED = (
    "This message must be responded to with either an Accept message or a Close "
    "message before the socket will pass websocket.receive messages"
)
SEND = sent("websocket.send", text="hi")


@rule(
    "asgi-websocket/connect-not-first",
    "server",
    "must",
    ("received websocket.receive", "received websocket.disconnect"),
    quote="The protocol server must send this message during the handshake phase",
    link=CONNECTS,
    statement="The first event for the application is `websocket.connect`.",
    why="An application waits for it before it accepts.",
    hint="Queue `websocket.connect` before anything else.",
    breaks=websocket(ACCEPT, GONE, CLOSE),
    keeps=TALK,
)
def connect_not_first(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if not judge.connected and not judge.left:
        yield f"Expected 'websocket.connect', but got {event['type']!r}"


@rule(
    "asgi-websocket/connect-twice",
    "server",
    "must",
    "received websocket.connect",
    quote="Sent to the application when the client initially opens a connection",
    link=CONNECTS,
    statement="`websocket.connect` comes once.",
    why="The application has answered it already.",
    hint="Give each connection a call of the application of its own.",
    breaks=websocket(CONNECT, CONNECT, ACCEPT, GONE),
    keeps=TALK,
)
def connect_twice(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.connected:
        yield "Expected one 'websocket.connect', but got a second"


@rule(
    "asgi-websocket/message-before-accept",
    "server",
    "must",
    "received websocket.receive",
    quote=ANSWERED,
    link=CONNECTS,
    statement="No message is handed over before the application has accepted.",
    why="The handshake is not complete until then.",
    hint="Hold messages back until `websocket.accept` was sent.",
    breaks=websocket(CONNECT, HI, ACCEPT, GONE),
    keeps=TALK,
)
def message_before_accept(
    judge: WebSocketJudge, event: dict[str, Any]
) -> Iterator[str]:
    if judge.connected and not judge.left and judge.phase == "new":
        yield "Expected no message before 'websocket.accept', but got one"


@rule(
    "asgi-websocket/message-after-disconnect",
    "server",
    "must",
    "received websocket.receive",
    quote="Sent to the application when either connection to the client is lost",
    link=WWW + "disconnect-receive-event-ws",
    statement="After `websocket.disconnect` no message comes.",
    why="An application has stopped listening.",
    hint="Deliver what is left before the disconnect, or drop it.",
    breaks=websocket(CONNECT, ACCEPT, GONE, HI),
    keeps=TALK,
)
def message_after_disconnect(
    judge: WebSocketJudge, event: dict[str, Any]
) -> Iterator[str]:
    if judge.left:
        yield "Expected no message after 'websocket.disconnect', but got one"


@rule(
    "asgi-websocket/accept-before-connect",
    "application",
    "should",
    "sent websocket.accept",
    quote="applications may have to wait for an initial opening message before "
    "communicating with the client",
    link=MAIN + "connection-scope",
    statement="The application receives `websocket.connect` before it accepts.",
    why="The accept is the answer to that event; some servers wait for it to be read.",
    hint="Call `receive()` once before you accept. A close needs no such wait.",
    breaks=websocket(ACCEPT, CONNECT, HI, GONE),
    keeps=TALK,
)
def accept_before_connect(
    judge: WebSocketJudge, event: dict[str, Any]
) -> Iterator[str]:
    if not judge.connected and judge.phase == "new":
        yield "Expected to receive 'websocket.connect' before 'websocket.accept'"


@rule(
    "asgi-websocket/accept-twice",
    "application",
    "must",
    "sent websocket.accept",
    quote="Sent by the application when it wishes to accept an incoming connection",
    link=WWW + "accept-send-event",
    statement="A connection is accepted once.",
    why="The handshake cannot be answered twice.",
    hint="Look for a consumer and a middleware that both accept.",
    breaks=websocket(CONNECT, ACCEPT, ACCEPT, CLOSE),
    keeps=TALK,
)
def accept_twice(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    # What was not valid may have been refused, and then this is the first.
    if judge.phase == "open" and not judge.doubtful:
        yield "Expected a message or a close, but got a second 'websocket.accept'"


@rule(
    "asgi-websocket/send-before-accept",
    "application",
    "must",
    "sent websocket.send",
    quote=ANSWERED,
    link=CONNECTS,
    statement="Messages are sent after `websocket.accept`.",
    why="Until then there is no WebSocket to send them on.",
    hint="Send `websocket.accept` first.",
    breaks=websocket(CONNECT, SEND, ACCEPT, CLOSE),
    keeps=TALK,
)
def send_before_accept(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.phase == "new":
        yield "Expected 'websocket.accept' or 'websocket.close' before a message"


@rule(
    "asgi-websocket/after-close",
    "application",
    "unclear",
    ("sent websocket.send", "sent websocket.close", "sent websocket.accept"),
    quote="messages received by a server after the connection has been closed are "
    "generally not considered errors",
    link=MAIN + "error-handling",
    statement="Nothing is sent after `websocket.close`. The text calls it no error; "
    "most servers raise.",
    why="What is sent is lost, or ends the application with an exception.",
    hint="Return after you have closed.",
    breaks=websocket(CONNECT, ACCEPT, CLOSE, SEND),
    keeps=websocket(CONNECT, ACCEPT, SEND, CLOSE),
)
def after_close(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.phase == "closed":
        yield f"Expected nothing after 'websocket.close', but got {event['type']!r}"


@rule(
    "asgi-websocket/connect-unanswered",
    "application",
    "must",
    "ended websocket",
    quote=ANSWERED,
    link=CONNECTS,
    statement="`websocket.connect` is answered by an accept or a close.",
    why="The client hangs in its handshake, or gets an error of the server's making.",
    hint="Send `websocket.close` for what you do not serve; it becomes a 403.",
    breaks=websocket(CONNECT),
    keeps=websocket(CONNECT, CLOSE),
)
def connect_unanswered(judge: WebSocketJudge, ending: Ending) -> Iterator[str]:
    returned = ending.kind == "returned"
    if returned and judge.phase == "new":
        yield "Expected 'websocket.accept' or 'websocket.close', but it returned"
