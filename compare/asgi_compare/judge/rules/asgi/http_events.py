"""Rules on the events of HTTP in ASGI, each taken by itself.

Keys that must be there, and the types of those that are. The headers have a chapter of
their own (`asgi_headers`), and so has the order (`asgi_http_order`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    OK,
    REQUEST,
    START,
    http,
    received,
    sent,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import MAIN, WWW, rule
from asgi_compare.judge.rules.engine.values import is_bytes, is_int, kind, shown

REQUESTS = WWW + "request-receive-event"
STARTS = WWW + "response-start-send-event"
BODIES = WWW + "response-body-send-event"
START_EVENTS = ("sent http.response.start", "sent websocket.http.response.start")
BODY_EVENTS = ("sent http.response.body", "sent websocket.http.response.body")


@rule(
    "asgi-http/request-body-type",
    "server",
    "must",
    "received http.request",
    quote="body (byte string) -- Body of the request. Optional",
    link=REQUESTS,
    statement="The `body` of a request is a byte string, if it is there.",
    why="Applications join the pieces, and bytes join only with bytes.",
    hint="Hand over bytes, not a bytearray or a str; leave the key away for none.",
    breaks=http(received("http.request", body=None), START, BODY),
    keeps=http(received("http.request"), START, BODY),
)
def request_body_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not is_bytes(body := event.get("body", b"")):
        yield f"Expected a body of type bytes, but got {kind(body)}, {shown(body)}"


@rule(
    "asgi-http/request-more-body-type",
    "server",
    "must",
    "received http.request",
    quote="more_body (bool) -- Signifies if there is additional content to come",
    link=REQUESTS,
    statement="The `more_body` of a request is a bool, if it is there.",
    why="Applications may compare it with `is`.",
    hint="Use True or False, or leave the key away for False.",
    breaks=http(received("http.request", body=b"", more_body=None), START, BODY),
    keeps=http(received("http.request", body=b""), START, BODY),
)
def request_more_body_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(more := event.get("more_body", False), bool):
        yield f"Expected a more_body that is a bool, but got {shown(more)}"


@rule(
    "asgi-http/status-missing",
    "application",
    "must",
    START_EVENTS,
    quote="missing keys an event type should have",
    link=MAIN + "error-handling",
    statement="The start of a response has a `status`.",
    why="There is no default for it: the server has no status line to send.",
    hint="Add `'status': 200`, or whichever it is.",
    breaks=http(REQUEST, sent("http.response.start", headers=[]), BODY),
    keeps=OK,
    invalid=True,
)
def status_missing(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if "status" not in event:
        yield f"Expected a 'status' in {event['type']!r}, but got none"


@rule(
    "asgi-http/status-type",
    "application",
    "must",
    START_EVENTS,
    quote="status (int) -- HTTP status code",
    link=STARTS,
    statement="`status` is an int.",
    why="A server looks its reason phrase up by number.",
    hint="Write 200, not '200' or b'200 OK'.",
    breaks=http(REQUEST, sent("http.response.start", status="200"), BODY),
    keeps=http(REQUEST, sent("http.response.start", status=299), BODY),
    invalid=True,
)
def status_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if "status" in event and not is_int(status := event["status"]):
        yield f"Expected a status that is an int, but got {shown(status)}"


@rule(
    "asgi-http/trailers-type",
    "application",
    "must",
    START_EVENTS,
    quote="trailers (bool) -- Signifies if the application will send trailers",
    link=STARTS,
    statement="`trailers` is a bool, if it is there.",
    why="A server that takes something else for True waits for trailers in vain.",
    hint="Use True or False, or leave the key away for False.",
    breaks=http(REQUEST, sent("http.response.start", status=200, trailers=None), BODY),
    keeps=http(REQUEST, sent("http.response.start", status=200, trailers=False), BODY),
    invalid=True,
)
def trailers_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(trailers := event.get("trailers", False), bool):
        yield f"Expected trailers that is a bool, but got {shown(trailers)}"


@rule(
    "asgi-http/body-type",
    "application",
    "must",
    BODY_EVENTS,
    quote="byte string refers to the bytes type in Python 3 ... all strings are one of "
    "the two exact types",
    link=MAIN + "strings-and-unicode",
    statement="The `body` of a response is exactly `bytes`, if it is there.",
    why="A server writes it as it is; some cannot take a bytearray or a memoryview.",
    hint="Encode text, and call `bytes()` on a buffer.",
    breaks=http(REQUEST, START, sent("http.response.body", body="hello")),
    keeps=http(REQUEST, START, sent("http.response.body")),
    invalid=True,
)
def body_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not is_bytes(body := event.get("body", b"")):
        yield f"Expected a body of type bytes, but got {kind(body)}, {shown(body)}"


@rule(
    "asgi-http/more-body-type",
    "application",
    "must",
    (*BODY_EVENTS, "sent http.response.zerocopysend"),
    quote="more_body (bool) -- Signifies if there is additional content to come",
    link=BODIES,
    statement="The `more_body` of a response is a bool, if it is there.",
    why="A server may compare it with `is`, and end or go on by mistake.",
    hint="Use True or False, or leave the key away for False.",
    breaks=http(REQUEST, START, sent("http.response.body", body=b"", more_body=0)),
    keeps=http(REQUEST, START, sent("http.response.body", body=b"")),
    invalid=True,
)
def more_body_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(more := event.get("more_body", False), bool):
        yield f"Expected a more_body that is a bool, but got {shown(more)}"
