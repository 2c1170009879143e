"""Applications that break one rule of WSGI each, and it alone."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from asgi_compare.contract.scenario import Request
from tests.broken_apps.apps import Environ, broken, wsgi

ONE = Request("POST", body=(b"a",))


def starts_twice(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    start_response("200 OK", [])
    return [b"hello"]


def traps_its_error(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"hello"
    try:
        raise OSError("no disk")
    except OSError:
        try:
            start_response("500 Oops", [], sys.exc_info())
        except OSError:
            yield b"all is well"


def yields_before_start(environ: Environ, start_response: Any) -> Iterator[bytes]:
    yield b"hello"
    start_response("200 OK", [])


def never_starts(environ: Environ, start_response: Any) -> Iterable[bytes]:
    return []


def writes_text(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])("hello")
    return []


def writes_while_iterating(environ: Environ, start_response: Any) -> Iterator[bytes]:
    write = start_response("200 OK", [])
    yield b"hello"
    write(b"hello")


def passes_its_exception(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("500 Oops", [], OSError("no disk"))
    return [b"hello"]


def returns_nothing(environ: Environ, start_response: Any) -> Any:
    start_response("200 OK", [])


def closes_the_input(environ: Environ, start_response: Any) -> Iterable[bytes]:
    environ["wsgi.input"].close()
    return wsgi()(environ, start_response)


def closes_the_log(environ: Environ, start_response: Any) -> Iterable[bytes]:
    environ["wsgi.errors"].close()
    return wsgi()(environ, start_response)


class Headers(list[Any]):
    """A list, but not of the type list."""


class Miscounted:
    """An iterable whose length is the number of its bytes."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"hello"

    def __len__(self) -> int:
        return 5


CASES = tuple(
    broken(rule, application, exchange, also=also, wsgi=True)
    for rule, application, exchange, also in (
        ("wsgi/status-not-str", wsgi(200), Request(), ""),
        ("wsgi/status-format", wsgi("200"), Request(), ""),
        ("wsgi/status-format", wsgi("200  OK"), Request(), "spaces"),
        ("wsgi/status-format", wsgi("200-OK"), Request(), "no blank"),
        ("wsgi/status-control-character", wsgi("200 OK\n"), Request(), ""),
        ("wsgi/not-latin-1", wsgi(headers=[("X-Price", "1 \u20ac")]), Request(), ""),
        ("wsgi/headers-not-list", wsgi(headers=(("A", "b"),)), Request(), ""),
        ("wsgi/headers-not-list", wsgi(headers={"A": "b"}), Request(), "dict"),
        ("wsgi/headers-not-list", wsgi(headers=Headers()), Request(), "subclass"),
        ("wsgi/header-not-tuple", wsgi(headers=[("A", 1)]), Request(), ""),
        ("wsgi/header-not-tuple", wsgi(headers=[["A", "b"]]), Request(), "list"),
        ("wsgi/header-name", wsgi(headers=[("A:", "b")]), Request(), ""),
        ("wsgi/header-control-character", wsgi(headers=[("A", "\t")]), Request(), ""),
        ("wsgi/hop-by-hop-header", wsgi(headers=[("TE", "x")]), Request(), ""),
        ("wsgi/start-response-twice", starts_twice, Request(), ""),
        ("wsgi/exc-info-trapped", traps_its_error, Request(), ""),
        ("wsgi/yield-not-bytes", wsgi(blocks="hello"), Request(), ""),
        ("wsgi/write-not-bytes", writes_text, Request(), ""),
        ("wsgi/body-before-start", yields_before_start, Request(), ""),
        ("wsgi/no-start-response", never_starts, Request(), ""),
        ("wsgi/write-while-iterating", writes_while_iterating, Request(), ""),
        ("wsgi/exc-info", passes_its_exception, Request(), ""),
        ("wsgi/not-iterable", returns_nothing, Request(), ""),
        ("wsgi/stream-closed", closes_the_input, Request(), ""),
        ("wsgi/stream-closed", closes_the_log, Request(), "errors"),
        ("wsgi/wrong-len", wsgi(blocks=Miscounted()), Request(), ""),
        ("http/204-with-content", wsgi("204 No Content"), Request(), "wsgi"),
        (
            "http/content-too-short",
            wsgi(headers=[("Content-Length", "9")]),
            Request(),
            "wsgi",
        ),
        (
            "http/content-too-long",
            wsgi(headers=[("Content-Length", "9")], blocks=[b"hello", b"hello"]),
            Request(),
            "wsgi",
        ),
        ("http/405-without-allow", wsgi("405 No", blocks=[]), ONE, "wsgi"),
    )
)
