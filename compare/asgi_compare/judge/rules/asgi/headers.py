"""The start of a response (and of the refusal of a WebSocket), the
acceptance of a WebSocket, the trailers, and a push promise. The text asks the same of
each, in the same words, so one rule looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import BODY, REQUEST, http, sent
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import WWW, Example, rule
from asgi_compare.judge.rules.engine.values import (
    names,
    not_byte_pairs,
    not_pairs,
    shown,
)

START = WWW + "response-start-send-event"
EVENTS = (
    "sent http.response.start",
    "sent websocket.http.response.start",
    "sent websocket.accept",
    "sent http.response.trailers",
    "sent http.response.push",
)


def _with(headers: Any) -> Example:
    start = sent("http.response.start", status=200, headers=headers)
    return http(REQUEST, start, BODY)


@rule(
    "asgi-headers/not-pairs",
    "application",
    "must",
    EVENTS,
    quote="An iterable of [name, value] two-item iterables",
    link=START,
    statement="`headers` is an iterable of pairs, or is left away.",
    why="A server unpacks each entry into a name and a value.",
    hint="Send a list of pairs; a dict's `.items()` will do, None will not.",
    breaks=_with({b"content-type": b"text/plain"}),
    keeps=_with({b"content-type": b"text/plain"}.items()),
    invalid=True,
)
def headers_not_pairs(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    yield from not_pairs(event.get("headers", ()))


@rule(
    "asgi-headers/not-bytes",
    "application",
    "must",
    EVENTS,
    quote="headers (Iterable[[byte string, byte string]])",
    link=START,
    statement="The names and values of headers are byte strings.",
    why="HTTP does not say how text in them is encoded; the application must.",
    hint="Encode both; latin-1 is what most clients expect.",
    breaks=_with([("content-type", "text/plain")]),
    keeps=_with([(b"content-type", b"text/plain"), [b"x-name", b"caf\xe9"]]),
    invalid=True,
)
def headers_not_bytes(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    yield from not_byte_pairs(event.get("headers", ()))


@rule(
    "asgi-headers/not-lowercase",
    "application",
    "must",
    EVENTS,
    quote="Header names must be lowercased",
    link=START,
    statement="The names of headers are in lower case.",
    why="HTTP/2 has no others, and middleware looks for them as they are.",
    hint="Call `.lower()` on the names.",
    breaks=_with([(b"Content-Type", b"text/plain")]),
    keeps=_with([(b"content-type", b"Text/Plain")]),
)
def headers_not_lowercase(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    for name in names(event.get("headers", ())):
        if name != name.lower():
            yield f"Expected a header name in lower case, but got {shown(name)}"


@rule(
    "asgi-headers/pseudo-header",
    "application",
    "must",
    EVENTS,
    quote="Pseudo headers (present in HTTP/2 and HTTP/3) must not be present",
    link=START,
    statement="No header name begins with a colon.",
    why="The server makes the pseudo headers itself, from the status.",
    hint="Set `status`, not `:status`.",
    breaks=_with([(b":status", b"200")]),
    keeps=_with([(b"x-status", b":200")]),
)
def pseudo_header(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    for name in names(event.get("headers", ())):
        if name.startswith(b":"):
            yield f"Expected no pseudo header, but got {shown(name)}"
