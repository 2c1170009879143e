"""Rules of two extensions that change how a response ends.

`pathsend` sends a file by its path, instead of the body; trailers are sent after it.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    BODY,
    MORE,
    REQUEST,
    Step,
    extended,
    http,
    sent,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.rule import EXTENSIONS, Example, rule
from asgi_compare.judge.rules.engine.values import shown
from asgi_compare.model.transcript import Ending

PATHSEND = EXTENSIONS + "path-send"
TRAILERS = EXTENSIONS + "http-trailers"
FILE_HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
FILE_START = sent("http.response.start", status=200, headers=FILE_HEADERS)
FILE = sent("http.response.pathsend", path="/srv/hello.txt")
PROMISE = sent(
    "http.response.start", status=200, headers=[(b"trailer", b"x-sum")], trailers=True
)
TRAILER = sent("http.response.trailers", headers=[(b"x-sum", b"5")])


def _path(*steps: Step) -> Example:
    return http(REQUEST, *steps, scope=extended("http.response.pathsend"))


def _trailing(*steps: Step) -> Example:
    return http(REQUEST, *steps, scope=extended("http.response.trailers"))


@rule(
    "asgi-extensions/pathsend-mixed",
    "application",
    "must",
    ("sent http.response.body", "sent http.response.pathsend"),
    quote="cannot be mixed with http.response.body",
    link=PATHSEND,
    statement="A response is sent by body events or by `pathsend`, not by both.",
    why="The file is the whole body.",
    hint="Send nothing after `pathsend`, not even an empty body.",
    breaks=_path(FILE_START, FILE, sent("http.response.body")),
    keeps=_path(FILE_START, FILE),
)
def pathsend_mixed(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    response = judge.response
    is_path = event["type"] == "http.response.pathsend"
    if not is_path and response.path_sent:
        yield "Expected nothing after 'http.response.pathsend', but got a body"
    if is_path and response.phase == "body" and response.has_body:
        yield "Expected no body before 'http.response.pathsend', but got one"


@rule(
    "asgi-extensions/pathsend-twice",
    "application",
    "must",
    "sent http.response.pathsend",
    quote="It can be called just one time in one response",
    link=PATHSEND,
    statement="`pathsend` is sent once in a response.",
    why="The file is the whole body.",
    hint="Join the files yourself, and send bytes.",
    breaks=_path(FILE_START, FILE, FILE),
    keeps=_path(FILE_START, FILE),
)
def pathsend_twice(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.response.path_sent:
        yield "Expected one 'http.response.pathsend', but got a second"


@rule(
    "asgi-extensions/pathsend-path",
    "application",
    "must",
    "sent http.response.pathsend",
    quote="The string representation of the absolute file path to be sent by the "
    "server, platform specific",
    link=PATHSEND,
    statement="The `path` of a `pathsend` is an absolute path, a Unicode string.",
    why="The server's current directory need not be that of the application.",
    hint="Send `str(path.resolve())`.",
    breaks=_path(FILE_START, sent("http.response.pathsend", path="hello.txt")),
    keeps=_path(FILE_START, FILE),
    invalid=True,
)
def pathsend_path(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    path = event.get("path")
    if not isinstance(path, str) or not os.path.isabs(path):
        yield f"Expected an absolute path that is a str, but got {shown(path)}"


@rule(
    "asgi-extensions/pathsend-headers",
    "application",
    "should",
    "sent http.response.pathsend",
    quote="The ASGI application itself is responsible to send the relevant headers in "
    "the Response Start message, like the Content-Type and Content-Length headers",
    link=PATHSEND,
    statement="The start before a `pathsend` has `content-type` and `content-length`.",
    why="The server does not look at the file to find them out.",
    hint="Take the length from `os.stat`, and the type from the name.",
    breaks=_path(sent("http.response.start", status=200, headers=[]), FILE),
    keeps=_path(FILE_START, FILE),
)
def pathsend_headers(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    response = judge.response
    if response.phase != "body" or response.path_sent:
        return
    for name in (b"content-type", b"content-length"):
        if response.head.lacks(name):
            yield f"Expected the header {name!r} before 'http.response.pathsend'"


@rule(
    "asgi-extensions/trailers-not-announced",
    "application",
    "must",
    "sent http.response.trailers",
    quote="must set the field trailers in Response Start as True",
    link=TRAILERS,
    statement="Trailers are announced by `trailers` in the start of the response.",
    why="Without it the server has ended the response with the last body.",
    hint="Start the response with `'trailers': True`.",
    breaks=_trailing(sent("http.response.start", status=200), MORE, TRAILER, BODY),
    keeps=_trailing(PROMISE, BODY, TRAILER),
)
def trailers_not_announced(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    response = judge.response
    if response.phase != "trailers" and not response.announces_trailers:
        yield "Expected `trailers` to be True in the start, but it was not"


@rule(
    "asgi-extensions/trailers-early",
    "application",
    "must",
    "sent http.response.trailers",
    quote="after the last http.response.body message (more_body being False)",
    link=TRAILERS,
    statement="Trailers are sent after the last body event.",
    why="They are behind the content on the wire.",
    hint="Send a body event without `more_body` first.",
    breaks=_trailing(PROMISE, TRAILER, BODY, TRAILER),
    keeps=_trailing(PROMISE, BODY, TRAILER),
)
def trailers_early(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.response.phase == "body" and judge.response.announces_trailers:
        yield "Expected the last body before the trailers, but got the trailers"


@rule(
    "asgi-extensions/trailers-missing",
    "application",
    "must",
    "ended http",
    quote="the server must wait until it receives a http.response.trailers message",
    link="https://asgi.readthedocs.io/en/latest/specs/www.html"
    "#response-start-send-event",
    statement="Trailers that were announced are sent, to the last.",
    why="The server holds the response open for them.",
    hint="Send `http.response.trailers`, without `more_trailers`, at the end.",
    breaks=_trailing(PROMISE, BODY),
    keeps=_trailing(
        PROMISE,
        BODY,
        sent("http.response.trailers", headers=[], more_trailers=True),
        TRAILER,
    ),
)
def trailers_missing(judge: HttpJudge, ending: Ending) -> Iterator[str]:
    # Where they are not offered they must not be sent, whatever was announced.
    if "http.response.trailers" not in judge.offered:
        return
    if ending.kind == "returned" and judge.response.phase == "trailers":
        yield "Expected the last 'http.response.trailers', but it returned"


@rule(
    "asgi-extensions/trailers-field",
    "application",
    "should",
    "sent http.response.trailers",
    quote="The ASGI framework is in charge of sending the Trailer headers to let the "
    "client know which trailing headers the server will send",
    link=TRAILERS,
    statement="The start of a response with trailers has a `trailer` header.",
    why="A client may have to know beforehand which trailers to keep.",
    hint="List the names of the trailers in `trailer`.",
    breaks=_trailing(
        sent("http.response.start", status=200, trailers=True), BODY, TRAILER
    ),
    keeps=_trailing(PROMISE, BODY, TRAILER),
)
def trailers_field(judge: HttpJudge, event: dict[str, Any]) -> Iterator[str]:
    response = judge.response
    if response.phase == "trailers" and response.head.lacks(b"trailer"):
        yield "Expected a header b'trailer' in the start, but got none"


@rule(
    "asgi-extensions/more-trailers-type",
    "application",
    "must",
    "sent http.response.trailers",
    quote="more_trailers (bool) -- Signifies if there is additional content to come",
    link=TRAILERS,
    statement="`more_trailers` is a bool, if it is there.",
    why="A server may compare it with `is`, and wait in vain.",
    hint="Use True or False, or leave the key away for False.",
    breaks=_trailing(
        PROMISE, BODY, sent("http.response.trailers", headers=[], more_trailers=None)
    ),
    keeps=_trailing(PROMISE, BODY, TRAILER),
    invalid=True,
)
def more_trailers_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(more := event.get("more_trailers", False), bool):
        yield f"Expected more_trailers that is a bool, but got {shown(more)}"
