"""Applications that break one rule each about how a body is sent by an extension."""

from __future__ import annotations

import io
from contextlib import suppress

from tests.broken_apps.apps import (
    BODY,
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

PATHSEND = ["http.response.pathsend"]
ZEROCOPY = ["http.response.zerocopysend"]
TRAILERS = ["http.response.trailers"]
FILE_START = start(
    headers=[(b"content-type", b"text/plain"), (b"content-length", b"5")]
)
FILE = event("http.response.pathsend", path="/srv/hello.txt")
STDIN = io.FileIO(0, closefd=False)
PROMISE = start(headers=[(b"trailer", b"x-sum")], trailers=True)
TRAILER = event("http.response.trailers", headers=[(b"x-sum", b"5")])


async def sends_two_files(scope: Scope, receive: Receive, send: Send) -> None:
    """A server that sends no files refuses the first, and that is caught."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send(FILE_START)
    for _ in range(2):
        with suppress(RuntimeError):
            await send(FILE)


CASES = (
    broken(
        "asgi-extensions/pathsend-twice",
        sends_two_files,
        offers=PATHSEND,
    ),
    broken(
        "http/field-name",
        http(PROMISE, BODY, event("http.response.trailers", headers=[(b"a b", b"")])),
        also="trailers",
        offers=TRAILERS,
    ),
    broken(
        "http/field-value",
        http(PROMISE, BODY, event("http.response.trailers", headers=[(b"a", b"\n")])),
        also="trailers",
        offers=TRAILERS,
    ),
    broken(
        "http/field-value",
        http(event("http.response.early_hint", links=[b"</a>\r\n"]), START, BODY),
        also="early hint",
        offers=["http.response.early_hint"],
    ),
    broken(
        "asgi-extensions/zerocopysend-file",
        http(START, event("http.response.zerocopysend", file=io.BytesIO(b"a"))),
        offers=ZEROCOPY,
    ),
    broken(
        "asgi-extensions/zerocopysend-descriptor",
        http(START, event("http.response.zerocopysend", file=0)),
        offers=ZEROCOPY,
    ),
    broken(
        "asgi-extensions/zerocopysend-numbers",
        http(START, event("http.response.zerocopysend", file=STDIN, count=1.5)),
        offers=ZEROCOPY,
    ),
    broken(
        "asgi-extensions/pathsend-mixed",
        http(FILE_START, MORE, FILE),
        offers=PATHSEND,
    ),
    broken(
        "asgi-extensions/pathsend-path",
        http(FILE_START, event("http.response.pathsend", path="hello.txt")),
        offers=PATHSEND,
    ),
    broken(
        "asgi-extensions/pathsend-headers",
        http(start(headers=[(b"content-type", b"text/plain")]), FILE),
        offers=PATHSEND,
    ),
    broken(
        "asgi-extensions/trailers-not-announced",
        http(start(headers=[(b"trailer", b"x-sum")]), MORE, TRAILER),
        offers=TRAILERS,
    ),
    broken(
        "asgi-extensions/trailers-early",
        http(PROMISE, MORE, TRAILER),
        offers=TRAILERS,
    ),
    broken("asgi-extensions/trailers-missing", http(PROMISE, BODY), offers=TRAILERS),
    broken(
        "asgi-extensions/trailers-field",
        http(start(trailers=True), BODY, TRAILER),
        offers=TRAILERS,
    ),
    broken(
        "asgi-extensions/more-trailers-type",
        http(
            PROMISE, BODY, event("http.response.trailers", headers=[], more_trailers=0)
        ),
        offers=TRAILERS,
    ),
    broken(
        "asgi-headers/not-bytes",
        http(PROMISE, BODY, event("http.response.trailers", headers=[("a", "b")])),
        also="trailers",
        offers=TRAILERS,
    ),
)
