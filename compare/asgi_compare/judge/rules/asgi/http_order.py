"""It may not know yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    LEFT,
    MORE,
    OK,
    RAISED,
    REQUEST,
    START,
    http,
    received,
    sent,
)
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.rule import MAIN, WWW, rule
from asgi_compare.judge.rules.engine.values import shown
from asgi_compare.model.transcript import Ending

STARTS = WWW + "response-start-send-event"
BODIES = WWW + "response-body-send-event"
DISCONNECT = WWW + "disconnect-receive-event"
CONTENT_EVENTS = (
    "sent http.response.body",
    "sent http.response.zerocopysend",
    "sent http.response.pathsend",
    "sent websocket.http.response.body",
)
SENT_AGAIN = "any further messages on the channel will be ignored"


@rule(
    "asgi-http/body-before-start",
    "application",
    "must",
    CONTENT_EVENTS,
    quote="Sent by the application to start sending a response to the client",
    link=STARTS,
    statement="`http.response.start` comes before the first content.",
    why="The status and the headers are in front of the content on the wire.",
    hint="Send `http.response.start` first.",
    breaks=http(REQUEST, MORE, START, BODY),
    keeps=OK,
)
def body_before_start(
    judge: HttpJudge | WebSocketJudge, event: dict[str, Any]
) -> Iterator[str]:
    if judge.response.phase == "waiting":
        first = event["type"].rpartition(".")[0] + ".start"
        yield f"Expected {first!r}, but got {event['type']!r}"


@rule(
    "asgi-http/start-twice",
    "application",
    "must",
    ("sent http.response.start", "sent websocket.http.response.start"),
    quote="Needs to be followed by at least one response content message",
    link=STARTS,
    statement="A response is started once.",
    why="The first status may already be with the client.",
    hint="Decide on the status before you send it.",
    breaks=http(REQUEST, START, START, BODY),
    keeps=OK,
)
def start_twice(
    judge: HttpJudge | WebSocketJudge, event: dict[str, Any]
) -> Iterator[str]:
    # What was not valid may have been refused, and then this is the first.
    if judge.response.phase in ("body", "trailers") and not judge.response.doubtful:
        after = event["type"].rpartition(".")[0] + ".body"
        yield f"Expected {after!r}, but got a second {event['type']!r}"


@rule(
    "asgi-http/after-final-body",
    "application",
    "unclear",
    (
        *CONTENT_EVENTS,
        "sent http.response.start",
        "sent http.response.trailers",
        "sent http.response.push",
        "sent http.response.early_hint",
    ),
    quote=SENT_AGAIN,
    link=BODIES,
    statement="Nothing is sent after the response is complete. The text says that it "
    "is ignored; most servers raise.",
    why="What is sent is lost, or ends the application with an exception.",
    hint="Look for a second last body, as from a handler that answers twice.",
    breaks=http(REQUEST, START, BODY, BODY),
    keeps=http(REQUEST, START, MORE, BODY),
)
def after_final_body(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    # After pathsend, and of trailers that nobody announced, other rules say more.
    trailers = event["type"] == "http.response.trailers"
    if trailers and not judge.response.announces_trailers:
        return
    if judge.response.phase == "done" and not judge.response.path_sent:
        yield f"Expected nothing after the last body, but got {event['type']!r}"


@rule(
    "asgi-http/start-without-body",
    "application",
    "must",
    ("ended http", "ended websocket"),
    quote="Needs to be followed by at least one response content message",
    link=STARTS,
    statement="A response that was started has at least one body event.",
    why="A server may hold the head back until the first of them.",
    hint="Send `{'type': 'http.response.body'}` for an empty body.",
    breaks=http(REQUEST, START),
    keeps=http(REQUEST, START, sent("http.response.body")),
)
def start_without_body(
    judge: HttpJudge | WebSocketJudge, ending: Ending
) -> Iterator[str]:
    response = judge.response
    if response.phase != "body" or response.has_body or response.doubtful:
        return
    if _returned(judge, ending):
        yield "Expected at least one body event after the start, but it returned"


@rule(
    "asgi-http/unfinished-body",
    "application",
    "must",
    ("ended http", "ended websocket"),
    quote="Signifies if there is additional content to come",
    link=BODIES,
    statement="The last body event says that there is no more to come.",
    why="The client waits for the rest, or takes the response for broken.",
    hint="Send `{'type': 'http.response.body'}` at the end of a stream.",
    breaks=http(REQUEST, START, MORE),
    keeps=http(REQUEST, START, MORE, LEFT),
)
def unfinished_body(judge: HttpJudge | WebSocketJudge, ending: Ending) -> Iterator[str]:
    response = judge.response
    if _returned(judge, ending) and response.phase == "body" and response.has_body:
        yield "Expected a body event without more_body, but it returned"


@rule(
    "asgi-http/no-response",
    "application",
    "should",
    "ended http",
    quote="a call of the application callable to handle that connection entirely",
    link=MAIN + "connection-scope",
    statement="An application that returns has answered, unless the client left.",
    why="The server can only make up an error on its behalf.",
    hint="Answer every path; 404 is an answer. If it was answered inside, look for "
    "the middleware that dropped the event.",
    breaks=http(REQUEST),
    keeps=http(REQUEST, ending=RAISED),
)
def no_response(judge: HttpJudge, ending: Ending) -> Iterator[str]:
    if _returned(judge, ending) and judge.response.phase == "waiting":
        yield "Expected a response, but it returned without one"


def _returned(judge: HttpJudge | WebSocketJudge, ending: Ending) -> bool:
    return ending.kind == "returned"


@rule(
    "asgi-http/request-after-complete",
    "server",
    "must",
    "received http.request",
    quote="If False, the request is complete and should be processed",
    link=WWW + "request-receive-event",
    statement="After the last piece of the request there is no other.",
    why="An application may have acted on the request already.",
    hint="Set `more_body` on all pieces but the last.",
    breaks=http(REQUEST, REQUEST, START, BODY),
    keeps=http(
        received("http.request", body=b"a", more_body=True), REQUEST, START, BODY
    ),
)
def request_after_complete(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.request_done and not judge.left and judge.response.phase != "done":
        yield "Expected no 'http.request' after the last one, but got another"


@rule(
    "asgi-http/request-after-disconnect",
    "server",
    "must",
    "received http.request",
    quote="Sent to the application if receive is called after a response has been "
    "sent or after the HTTP connection has been closed",
    link=DISCONNECT,
    statement="After `http.disconnect` there is no `http.request`.",
    why="An application that was told to clean up has no use for it.",
    hint="Drop what is left of the body when the client has gone.",
    breaks=http(
        received("http.request", body=b"a", more_body=True), LEFT, REQUEST, START, BODY
    ),
    keeps=http(
        received("http.request", body=b"a", more_body=True), LEFT, LEFT, START, BODY
    ),
)
def request_after_disconnect(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.left:
        yield "Expected 'http.disconnect' again, but got 'http.request'"


@rule(
    "asgi-http/request-after-response",
    "server",
    "must",
    "received http.request",
    quote="Sent to the application if receive is called after a response has been sent",
    link=DISCONNECT,
    statement="Once the response is complete, `receive` gives `http.disconnect`.",
    why="An application waits in `receive` to hear that the client has gone.",
    hint="Answer with `http.disconnect` even if some of the request is unread.",
    breaks=http(START, BODY, REQUEST),
    keeps=http(REQUEST, START, BODY, LEFT),
)
def request_after_response(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.response.phase == "done" and not judge.left:
        yield "Expected 'http.disconnect' after the response, but got 'http.request'"


@rule(
    "asgi-http/late-event-refused",
    "server",
    "unclear",
    "send.raised",
    quote=SENT_AGAIN,
    link=BODIES,
    statement="`send` ignores what comes after the response is complete. The text says "
    "so; most servers raise, which shows the author a mistake.",
    why="The same application works on one server and fails on another.",
    hint="Nothing need be done until the text and the servers agree.",
    breaks=http(
        REQUEST,
        START,
        BODY,
        BODY,
        received("send.raised", error="RuntimeError: complete", oserror=False),
    ),
    keeps=http(REQUEST, START, BODY, BODY, received("send.returned")),
)
def late_event_refused(judge: HttpJudge, mark: dict[str, Any]) -> Iterator[str]:
    if (
        judge.protocol == "http"
        and judge.last_sent is judge.last_examined
        and judge.last_was_after_end
        and not judge.last_was_after_leaving
        and mark.get("oserror") is not True
    ):
        yield f"Expected `send` to ignore it, but it raised {shown(mark.get('error'))}"


@rule(
    "asgi/closed-send-not-oserror",
    "server",
    "should",
    ("send.raised", "send.returned"),
    quote="If send() is called on a closed connection the server should raise a "
    "server-specific subclass of OSError",
    link=WWW + "disconnected-client-send-exception",
    statement="From version 2.4 on, `send` raises an OSError once the client has gone.",
    why="A stream learns from it that nobody is listening.",
    hint="Raise a subclass of OSError out of `send`.",
    breaks=http(REQUEST, START, LEFT, MORE, received("send.returned")),
    keeps=http(
        REQUEST,
        START,
        LEFT,
        MORE,
        received("send.raised", error="ClientDisconnected: ", oserror=True),
    ),
)
def closed_send_not_oserror(
    judge: HttpJudge | WebSocketJudge, mark: dict[str, Any]
) -> Iterator[str]:
    if judge.last_sent is not judge.last_examined or not judge.last_was_after_leaving:
        return
    if judge.last_was_after_end or judge.spec_version < (2, 4):
        return
    if mark["type"] == "send.returned":
        yield "Expected `send` to raise an OSError, but it returned"
    elif mark.get("oserror") is not True:
        yield f"Expected an OSError out of `send`, but got {shown(mark.get('error'))}"
