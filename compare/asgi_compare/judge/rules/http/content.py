"""RFC 9110 9.3.2 binds whoever
writes to the connection, and the server cuts it."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    MORE,
    REQUEST,
    Step,
    http,
    sent,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.response import NO_CONTENT, Response
from asgi_compare.judge.rules.engine.rule import RFC9110, Example, rule

HEADS = ("head http", "head websocket", "head wsgi")


def _with(
    status: int, length: bytes | None, *steps: Step, method: str = "GET"
) -> Example:
    headers = [] if length is None else [(b"content-length", length)]
    start = sent("http.response.start", status=status, headers=headers)
    return http(REQUEST, start, *steps, scope={"method": method})


EMPTY = sent("http.response.body")


@rule(
    "http/content-too-long",
    "application",
    "must",
    "content",
    quote="a sender MUST NOT forward a message with a Content-Length header field "
    "value that is known to be incorrect",
    link=RFC9110 + "8.6",
    statement="The content has no more bytes than Content-Length says.",
    why="A client takes what is too much for the beginning of the next response.",
    hint="Count bytes, not characters; drop the field in middleware that adds.",
    breaks=_with(200, b"4", BODY),
    keeps=_with(200, b"5", BODY),
)
def content_too_long(judge: Judge, size: int) -> Iterator[str]:
    response: Response = judge.response  # type: ignore[attr-defined]
    declared = response.head.length
    if declared is None or response.method == "HEAD" or not response.counted:
        return
    if response.head.status in NO_CONTENT:
        return
    # Said once, at the event that is the first to be too much.
    if response.length <= declared < response.length + size:
        yield f"Expected {declared} bytes of content, but got {response.length + size}"


@rule(
    "http/content-too-short",
    "application",
    "must",
    "complete",
    quote="a sender MUST NOT forward a message with a Content-Length header field "
    "value that is known to be incorrect",
    link=RFC9110 + "8.6",
    statement="The content has no fewer bytes than Content-Length says.",
    why="A client waits for the rest, and then takes the response for broken.",
    hint="Count the bytes that are sent, after any compression.",
    breaks=_with(200, b"6", BODY),
    keeps=_with(200, b"6", EMPTY, method="HEAD"),
)
def content_too_short(judge: Judge, response: Response) -> Iterator[str]:
    if response.counted and response.length < response.least:
        yield f"Expected {response.least} bytes of content, but got {response.length}"


def _content(response: Response, status: int) -> Iterator[str]:
    if response.head.status == status and response.method != "HEAD" and response.length:
        yield f"Expected no content with the status {status}, but got {response.length}"


@rule(
    "http/204-with-content",
    "application",
    "must",
    "complete",
    quote="A 204 response is terminated by the end of the header section; it cannot "
    "contain content or trailers",
    link=RFC9110 + "15.3.5",
    statement="A 204 has no content.",
    why="A client takes it for the beginning of the next response.",
    hint="Send an empty body, or answer 200.",
    breaks=_with(204, None, BODY),
    keeps=_with(204, None, EMPTY),
)
def no_content(judge: Judge, response: Response) -> Iterator[str]:
    yield from _content(response, 204)


@rule(
    "http/205-with-content",
    "application",
    "must",
    "complete",
    quote="a server MUST NOT generate content in a 205 response",
    link=RFC9110 + "15.3.6",
    statement="A 205 has no content.",
    why="The client only resets what the user sees.",
    hint="Send an empty body, or answer 200.",
    breaks=_with(205, None, BODY),
    keeps=_with(205, b"0", EMPTY),
)
def reset_content(judge: Judge, response: Response) -> Iterator[str]:
    yield from _content(response, 205)


@rule(
    "http/304-with-content",
    "application",
    "must",
    "complete",
    quote="A 304 response is terminated by the end of the header section; it cannot "
    "contain content or trailers",
    link=RFC9110 + "15.4.5",
    statement="A 304 has no content.",
    why="A client takes it for the beginning of the next response.",
    hint="Send an empty body; the client has the content already.",
    breaks=_with(304, None, MORE, BODY),
    keeps=_with(304, b"5", EMPTY),
)
def not_modified(judge: Judge, response: Response) -> Iterator[str]:
    yield from _content(response, 304)


@rule(
    "http/204-with-content-length",
    "application",
    "must",
    HEADS,
    quote="A server MUST NOT send a Content-Length header field in any response with a "
    "status code of 1xx (Informational) or 204 (No Content)",
    link=RFC9110 + "8.6",
    statement="A 204 has no Content-Length, not even of 0.",
    why="Some clients wait for the content that it speaks of.",
    hint="Leave the field away.",
    breaks=_with(204, b"0", EMPTY),
    keeps=_with(204, None, EMPTY),
)
def no_content_length(judge: Judge, response: Response) -> Iterator[str]:
    if response.head.status == 204:
        for value in response.head.values(b"content-length"):
            yield f"Expected no Content-Length with a 204, but got {value!r}"
