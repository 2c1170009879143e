"""More WSGI applications that are unusual and keep every rule.

They are a part of `tests.correct_apps.CORRECT`: iterables of every kind, each way of
reading the body, and errors that come when it is late.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asgi_compare.contract.scenario import Request
from tests.broken_apps.apps import Case, Environ, wsgi

POST = Request("POST", body=(b"one\n", b"two\n"))


class Closable:
    """An iterable with a length and a `close`."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.blocks)

    def __len__(self) -> int:
        return len(self.blocks)

    def close(self) -> None:
        pass


class FailsToClose(Closable):
    def close(self) -> None:
        raise OSError("it was closed before")


class ByIndex:
    """An iterable of the oldest kind."""

    def __getitem__(self, index: int) -> bytes:
        return [b"a", b"b"][index]


class StartsWhenAsked:
    """An iterator that calls `start_response` in its first step."""

    def __init__(self, environ: Environ, start_response: Any) -> None:
        self.start_response = start_response
        self.left = [b"hello"]

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            raise StopIteration
        self.start_response("200 OK", [])
        return self.left.pop()


def uses_the_file_wrapper(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "3")])
    file = io.BytesIO(b"abc")
    wrap: Callable[..., Iterable[bytes]] | None = environ.get("wsgi.file_wrapper")
    return wrap(file, 2) if wrap else iter(lambda: file.read(2), b"")


def fails_twice(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "10")])
    for status in ("500 Oops", "503 Oops Again"):
        try:
            raise OSError("no disk")
        except OSError:
            start_response(status, [], sys.exc_info())
    return [b"sorry"]


def fails_too_late(environ: Environ, start_response: Any) -> Iterator[bytes]:
    """`start_response` raises what it is told of, and that is let through."""
    start_response("200 OK", [])
    yield b"hello"
    try:
        raise OSError("no disk")
    except OSError:
        start_response("500 Oops", [], sys.exc_info())
        yield b"never"


def writes_and_yields(environ: Environ, start_response: Any) -> Iterable[bytes]:
    write = start_response("200 OK", [])
    write(b"a")
    write(b"")
    return [b"b"]


def reads_every_way(environ: Environ, start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    first = body.readline(length)
    rest = length - len(first)
    while rest > 0 and (piece := body.read(rest)):
        rest -= len(piece)
    body.read(0)
    environ["wsgi.errors"].writelines(["read ", "it all\n"])
    environ["wsgi.errors"].flush()
    start_response("200 OK", [])
    return [first]


def answers_head_with_a_length(
    environ: Environ, start_response: Any
) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]


CASES = tuple(
    Case(name, application, exchange, wsgi=True)
    for name, application, exchange in (
        ("returns a list of its own", wsgi(blocks=Closable(b"a", b"b")), Request()),
        ("fails to close", wsgi(blocks=FailsToClose(b"a")), Request()),
        ("returns what has an index", wsgi(blocks=ByIndex()), Request()),
        ("returns the keys of a dict", wsgi(blocks={b"a": 1}), Request()),
        ("is an iterator", StartsWhenAsked, Request()),
        ("uses the file wrapper", uses_the_file_wrapper, Request()),
        ("fails twice", fails_twice, Request()),
        ("fails too late", fails_too_late, Request()),
        ("writes and yields", writes_and_yields, Request()),
        ("reads every way", reads_every_way, POST),
        (
            "answers HEAD with a length in wsgi",
            answers_head_with_a_length,
            Request("HEAD"),
        ),
        (
            "answers 304 with a length in wsgi",
            wsgi("304 Not Modified", [("Content-Length", "5")], blocks=[]),
            Request(),
        ),
        (
            "answers 204 with an empty block",
            wsgi("204 No Content", blocks=[b""]),
            Request(),
        ),
        ("gives a reason in latin-1", wsgi("200 Sch\xf6n"), Request()),
        ("expires at once in wsgi", wsgi(headers=[("Expires", "0")]), Request()),
    )
)
