"""WSGI applications with a fault that people make, and what finds it."""

from __future__ import annotations

import io
import itertools
import sys
import time
from contextvars import ContextVar
from typing import Any

from tests.kinds.common import Table

breaks = Table()


_it = iter([b"hello"])


@breaks("wsgi/second-answer-empty")
def module_iterator(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return _it


class Keeps:
    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.environ, self.start = environ, start_response
        return iter(self)

    def __iter__(self) -> Any:
        time.sleep(0.002)
        self.start("200 OK", [("Content-Type", "text/plain")])
        time.sleep(0.002)
        yield (
            b""
            if self.environ["REQUEST_METHOD"] == "HEAD"
            else b"q=" + self.environ.get("QUERY_STRING", "").encode()
        )


breaks("wsgi/answers-mixed")(Keeps())

_headers = [("Content-Type", "text/plain")]


@breaks("http/fields-grow")
def appends_to_shared(environ: Any, start_response: Any) -> Any:
    _h2.append(("Set-Cookie", "a=1"))
    start_response("200 OK", _h2)
    return [b""]


_h2 = [("Content-Type", "text/plain")]


@breaks("wsgi/read-past-length", "POST")
def reads_all(environ: Any, start_response: Any) -> Any:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [body]


@breaks("wsgi/read-past-length", "POST")
def reads_lines(environ: Any, start_response: Any) -> Any:
    body = b"".join(environ["wsgi.input"])
    start_response("200 OK", [])
    return [body]


@breaks("wsgi/read-past-length", "POST")
def one_more_byte(environ: Any, start_response: Any) -> Any:
    n = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(n + 1)
    start_response("200 OK", [])
    return [body]


@breaks("http/content-too-short", "POST")
def single_read(environ: Any, start_response: Any) -> Any:
    n = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(min(n, 4))
    start_response("200 OK", [("Content-Length", str(n))])
    return [body]


@breaks("probe-wsgi/empty-variables")
def int_of_empty(environ: Any, start_response: Any) -> Any:
    int(environ.get("CONTENT_LENGTH", 0))
    start_response("200 OK", [])
    return [b"x"]


@breaks("error")
def content_type_key(environ: Any, start_response: Any) -> Any:
    environ["CONTENT_TYPE"]
    start_response("200 OK", [])
    return [b"x"]


@breaks("probe-wsgi/optional-variables-absent")
def query_key(environ: Any, start_response: Any) -> Any:
    q = environ["QUERY_STRING"]
    start_response("200 OK", [])
    return [b"x"]


@breaks("probe-wsgi/optional-variables-absent")
def script_name_key(environ: Any, start_response: Any) -> Any:
    environ["SCRIPT_NAME"] + environ["PATH_INFO"]
    start_response("200 OK", [])
    return [b"x"]


@breaks("error")
def by_keyword(environ: Any, start_response: Any) -> Any:
    start_response(status="200 OK", headers=[])
    return [b"x"]


@breaks("probe-wsgi/positional-arguments")
def by_real_keyword(environ: Any, start_response: Any) -> Any:
    start_response(status="200 OK", response_headers=[])
    return [b"x"]


@breaks("wsgi/yield-not-bytes")
def str_return(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return "hello"


@breaks("wsgi/yield-not-bytes")
def bytes_return(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return b"hello"  # legal? bytes iterate to ints


@breaks("wsgi/not-iterable")
def none_return(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])


@breaks("wsgi/status-format")
def status_code_only(environ: Any, start_response: Any) -> Any:
    start_response("200", [])
    return [b"x"]


@breaks("wsgi/header-not-tuple")
def int_header(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Length", 1)])
    return [b"x"]


@breaks("wsgi/header-not-tuple")
def bytes_header(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", b"text/plain")])
    return [b"x"]


@breaks("wsgi/headers-not-list")
def dict_items(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", {"A": "b"}.items())
    return [b"x"]


@breaks("wsgi/header-not-tuple")
def lists_of_lists(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [["A", "b"]])
    return [b"x"]


@breaks("wsgi/body-before-start")
def start_after_yield(environ: Any, start_response: Any) -> Any:
    yield b""
    start_response("200 OK", [])
    yield b"x"


@breaks("wsgi/start-response-twice")
def error_without_exc_info(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    try:
        raise OSError
    except OSError:
        start_response("500 Oops", [])
    return [b"x"]


@breaks("wsgi/exc-info-trapped")
def hides_exc_info(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield b"x"
    try:
        raise OSError
    except OSError:
        try:
            start_response("500 Oops", [], sys.exc_info())
        except Exception:
            yield b"sorry"


@breaks("wsgi/hop-by-hop-header")
def connection_close(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Connection", "close")])
    return [b"x"]


@breaks("wsgi/hop-by-hop-header")
def keep_alive(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Keep-Alive", "timeout=5")])
    return [b"x"]


@breaks("wsgi/header-control-character")
def newline_in_header(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("X", "a\nb")])
    return [b"x"]


@breaks("wsgi/not-latin-1")
def unicode_header(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("X-Name", "日本")])
    return [b"x"]


@breaks("http/content-too-short")
def head_body_shorter(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Length", "10")])
    return [b"hello"]


@breaks("probe-wsgi/no-host-field")
def no_host(environ: Any, start_response: Any) -> Any:
    environ["HTTP_HOST"].split(":")
    start_response("200 OK", [])
    return [b"x"]


@breaks("probe-wsgi/optional-variables-absent")
def remote_addr(environ: Any, start_response: Any) -> Any:
    environ["REMOTE_ADDR"].split(".")
    start_response("200 OK", [])
    return [b"x"]


@breaks("error")
def bytes_to_errors(environ: Any, start_response: Any) -> Any:
    environ["wsgi.errors"].write(b"log")
    start_response("200 OK", [])
    return [b"x"]


async def coroutine_wsgi(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return [b"x"]


breaks("wsgi/not-iterable")(coroutine_wsgi)


@breaks("error")
def exits(environ: Any, start_response: Any) -> Any:
    sys.exit(1)


_n = itertools.count()


@breaks("error")
def second_time(environ: Any, start_response: Any) -> Any:
    if next(_n):
        raise RuntimeError("second")
    start_response("200 OK", [])
    return [b"x"]


@breaks("probe-wsgi/options")
def put_raises(environ: Any, start_response: Any) -> Any:
    {"GET": 1, "HEAD": 2}[environ["REQUEST_METHOD"]]
    start_response("200 OK", [])
    return [b"x"]


@breaks("error")
def reads_mid_response(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield b"x"
    raise ValueError("too late")


@breaks("wsgi/write-not-bytes")
def writes_str(environ: Any, start_response: Any) -> Any:
    w = start_response("200 OK", [])
    w("x")
    return []


@breaks("http/204-with-content-length")
def no_body_204(environ: Any, start_response: Any) -> Any:
    start_response("204 No Content", [("Content-Length", "0")])
    return []


@breaks("wsgi/yield-not-bytes")
def yields_none(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield None
    yield b"x"


@breaks("wsgi/yield-not-bytes")
def yields_bytearray(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield bytearray(b"x")


class Len(list[bytes]):
    def __len__(self) -> Any:
        return 1


@breaks("wsgi/wrong-len")
def wrong_len(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return Len([b"a", b"b"])


_threads: list[Any] = []


_kept: list[Any] = []


@breaks("probe-wsgi/optional-variables-absent")
def file_wrapper_key(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return environ["wsgi.file_wrapper"](io.BytesIO(b"x"))


@breaks("wsgi/stream-closed", "POST")
def closes_input(environ: Any, start_response: Any) -> Any:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"].close()
    start_response("200 OK", [])
    return [b"x"]


@breaks("wsgi/read-past-length", "POST")
def readline_unbounded(environ: Any, start_response: Any) -> Any:
    n = int(environ.get("CONTENT_LENGTH") or 0)
    line = environ["wsgi.input"].readline()
    while line:
        line = environ["wsgi.input"].readline()
    start_response("200 OK", [])
    return [b"x"]


@breaks("error", "POST")
def seeks(environ: Any, start_response: Any) -> Any:
    environ["wsgi.input"].seek(0)
    start_response("200 OK", [])
    return [b"x"]


@breaks("probe-wsgi/single-thread")
def wants_multithread(environ: Any, start_response: Any) -> Any:
    assert environ["wsgi.multithread"]
    start_response("200 OK", [])
    return [b"x"]


@breaks("http/redirect-without-location")
def location_missing(environ: Any, start_response: Any) -> Any:
    start_response("302 Found", [])
    return [b""]


@breaks("http/date")
def date_bad(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Expires", "tomorrow")])
    return [b"x"]


@breaks("wsgi/body-before-start")
def start_in_close(environ: Any, start_response: Any) -> Any:
    class R:
        def __iter__(self) -> Any:
            return iter([b"x"])

        def close(self) -> Any:
            start_response("200 OK", [])

    return R()


@breaks("wsgi/exc-info", "GET")
def exc_info_of_nothing(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [], sys.exc_info())
    return [b"x"]


@breaks("wsgi/write-while-iterating", "GET")
def writes_while_iterating(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [])

    def blocks() -> Any:
        write(b"a")
        yield b"b"

    return blocks()


@breaks("wsgi/answers-mixed", "GET")
def keeps_the_query(environ: Any, start_response: Any) -> Any:
    _now["query"] = environ.get("QUERY_STRING", "")
    start_response("200 OK", [])
    return [_now["query"].encode("latin-1")]


_now: dict[str, str] = {}


@breaks("probe-wsgi/inherited-context", "GET")
def never_resets_the_user(environ: Any, start_response: Any) -> Any:
    before = _user.get()
    _user.set("somebody")
    start_response("200 OK", [])
    return [before.encode()]


_user = ContextVar("_user", default="nobody")


@breaks("advice/half-body-answered", "POST")
def saves_one_half(environ: Any, start_response: Any) -> Any:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("201 Created", [])
    return [body]


class ClosesAtItsEnd:
    def __init__(self) -> None:
        self.file = open(__file__, "rb")
        _files.append(self.file)

    def __iter__(self) -> Any:
        for _ in range(3):
            yield self.file.read(9)
        self.file.close()


_files: list[Any] = []


@breaks("advice/files-left", "GET", repeats=True)
def closes_without_close(environ: Any, start_response: Any) -> Any:
    """What is returned has no `close()`, so nobody tells it of a client that left."""
    start_response("200 OK", [])
    return ClosesAtItsEnd()
