"""Applications that break one rule each about how a body is sent by an extension."""

from __future__ import annotations

import io

from tests.broken_apps.apps import BODY, MORE, START, broken, event, http, start

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

CASES = (
    broken(
        "asgi-extensions/zerocopysend-file",
        http(START, event("http.response.zerocopysend", file=io.BytesIO(b"a"))),
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
