"""What the application inside does over WSGI."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from time import monotonic_ns as now
from typing import Any

from asgi_compare.drive.in_process.recorder import describe_exc_info
from asgi_compare.judge.middleware.acts.content import (
    BLOCK,
    MANY,
    PIECES,
    SMALL,
    STATUSES,
    fields,
)
from asgi_compare.judge.middleware.inside import Inside, Planned, Scene

PLAIN = [("Content-Type", "text/plain; charset=utf-8")]
Act = Callable[["InsideWsgi"], Iterable[bytes]]


class InsideWsgi(Inside):
    """One call of the WSGI application inside."""

    interface = "wsgi"

    def __init__(self, scene: Scene, environ: Any, start_response: Any) -> None:
        super().__init__(scene, environ)
        self.seen = shown(self.seen)
        self.environ = environ
        self.outer_start = start_response

    def start(self, status: str, headers: Any, *exc_info: Any) -> Any:
        """Call `start_response`; what it gives back notes each `write`."""
        event = {
            "type": "start_response",
            "status": status,
            "response_headers": [*headers],  # a layer may write into it
            "exc_info": describe_exc_info(exc_info[0]) if exc_info else None,
        }
        index = self.record("send", event)
        try:
            write = self.outer_start(status, headers, *exc_info)
        except BaseException:
            self.unheard |= {index}
            raise

        def writes(data: bytes) -> None:
            self.record("send", {"type": "write", "body": data})
            write(data)

        return writes

    def read(self, *size: int) -> bytes:
        """Read from the body of the request."""
        data: bytes = self.environ["wsgi.input"].read(*size)
        event = {"type": "wsgi.input.read", "size": size[0] if size else -1}
        self.record("receive", event | {"body": data})
        return data

    def body(self) -> bytes:
        """Read the body, as far as it is said to go."""
        length = self.environ.get("CONTENT_LENGTH") or "0"
        if self.environ.get("wsgi.input_terminated"):
            return self.read(-1)  # wsgiref.validate wants a size
        return self.read(int(length)) if int(length) else b""


METHODS = {
    "wsgi.input": ("read", "readline", "readlines", "__iter__"),
    "wsgi.errors": ("flush", "write", "writelines"),
    "wsgi.file_wrapper": ("__call__",),
}
"""What the objects in an environ must have; looked at here, where they are."""


def shown(environ: dict[str, Any]) -> dict[str, Any]:
    """Put names in the place of objects that are as they should be."""
    found = dict(environ)
    for key, methods in METHODS.items():
        if key in found and all(hasattr(found[key], each) for each in methods):
            found[key] = f"<{type(found[key]).__name__}>"
    if "wsgi.file_wrapper" in found and isinstance(found["wsgi.file_wrapper"], str):
        del found["wsgi.file_wrapper"]
    return found


class Blocks:
    """An iterable that notes what is taken from it, and that it is closed."""

    def __init__(self, call: InsideWsgi, blocks: Iterable[bytes]) -> None:
        self.call = call
        self.blocks = iter(blocks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            block = next(self.blocks)
        except StopIteration:
            raise
        except BaseException as error:
            self.call.failed(error)
            raise
        self.call.record("send", {"type": "yield", "body": block})
        return block

    def close(self) -> None:
        """Note it."""
        self.call.record("send", {"type": "close"})
        self.call.ended = now()


def wsgi_application(scene: Scene) -> Any:
    """Make the WSGI application."""

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        call = InsideWsgi(scene, environ, start_response)
        try:
            return Blocks(call, ACTS[scene.act](call))
        except BaseException as error:
            call.failed(error)
            raise
        finally:
            call.ended, call.finished = now(), True

    return application


def answers(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Act:
    """Read the request, and answer in one piece."""
    names = [(n.decode().title(), v.decode()) for n, v in headers]
    line = f"{status} {PHRASES.get(status, 'OK')}"

    def act(call: InsideWsgi) -> Iterable[bytes]:
        call.body()
        call.start(line, [*names])
        return [b"" if call.environ["REQUEST_METHOD"] == "HEAD" else body]

    return act


PHRASES = {
    204: "No Content",
    206: "Partial Content",
    304: "Not Modified",
    307: "Temporary Redirect",
}


def paced(call: InsideWsgi, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces."""
    yield from pieces


def streams(call: InsideWsgi) -> Iterable[bytes]:
    """Start, and yield pieces."""
    call.body()
    call.start("200 OK", [*PLAIN])
    return paced(call, PIECES)


def streams_empty(call: InsideWsgi) -> Iterable[bytes]:
    """Yield empty pieces between the others."""
    call.start("200 OK", [*PLAIN])
    return paced(call, [each for piece in PIECES for each in (b"", piece)])


def streams_on(call: InsideWsgi) -> Iterator[bytes]:
    """Yield for longer than anybody listens."""
    call.start("200 OK", [*PLAIN])
    for _ in range(200):
        yield PIECES[0]
        time.sleep(0.001)


def starts_late(call: InsideWsgi) -> Iterator[bytes]:
    """Call `start_response` when the first block is asked for."""
    call.body()
    call.start("200 OK", [*PLAIN])
    yield from PIECES


def writes(call: InsideWsgi) -> Iterable[bytes]:
    """Write first, and yield then."""
    write = call.start("200 OK", [*PLAIN])
    write(PIECES[0])
    write(PIECES[1])
    return paced(call, PIECES[2:])


def begins_again(call: InsideWsgi) -> Iterable[bytes]:
    """Replace the answer by that of an error, before any of it was sent."""
    call.start("200 OK", [*PLAIN])
    try:
        raise Planned
    except Planned:
        call.start("500 Internal Server Error", [*PLAIN], sys.exc_info())
    return [SMALL]


def begins_too_late(call: InsideWsgi) -> Iterator[bytes]:
    """Find an error when a part of the answer has been sent."""
    call.start("200 OK", [*PLAIN])
    yield PIECES[0]
    try:
        raise Planned
    except Planned:
        call.start("500 Internal Server Error", [*PLAIN], sys.exc_info())
    yield b"[piece 9] that nobody should get"


def raises(call: InsideWsgi) -> Iterable[bytes]:
    """Read the body, and fail before there is a response."""
    call.body()
    raise Planned


def raises_late(call: InsideWsgi) -> Iterator[bytes]:
    """Fail in the middle of the response."""
    call.start("200 OK", [*PLAIN])
    yield PIECES[0]
    raise Planned


def sends_much(call: InsideWsgi) -> Iterable[bytes]:
    """Yield more than one wants to hold."""
    call.start("200 OK", [("Content-Type", "application/octet-stream")])
    return paced(call, [BLOCK] * MANY)


def echoes(call: InsideWsgi) -> Iterable[bytes]:
    """Answer with the body of the request."""
    length = int(call.environ.get("CONTENT_LENGTH") or 0)
    body = call.read(5) + call.read(length - 5) if length > 5 else call.body()
    call.start("200 OK", [("Content-Type", "application/octet-stream")])
    return [body]


def says_nothing(call: InsideWsgi) -> Iterable[bytes]:
    """Return an iterable with nothing in it."""
    call.start("200 OK", [])
    return []


def sends_file(call: InsideWsgi) -> Iterable[bytes]:
    """Let the server send a file, if it can."""
    headers = [(n.decode().title(), v.decode()) for n, v in fields(SMALL)]
    call.start("200 OK", headers)
    wrapper = call.environ.get("wsgi.file_wrapper")
    file = io.BytesIO(SMALL)
    return wrapper(file) if wrapper else [file.read()]


def two_at_once(call: InsideWsgi) -> Iterator[bytes]:
    """Answer the first of two requests when the second one has its answer."""
    number = str(call.environ.get("HTTP_X_NUMBER", "?"))
    if number == "1":
        call.scene.answered.wait(0.25)
    phrase = {"1": "200 OK", "2": "201 Created"}[number]
    call.start(phrase, [*PLAIN, ("X-Number", number)])
    if number == "1":
        call.scene.answered.wait(0.25)
    yield f"[number {number}]".encode()
    yield f"[end {number}]".encode()


ACTS: dict[str, Act] = {
    **{name: answers(*said) for name, said in STATUSES.items()},
    "streams": streams,
    "streams empty pieces": streams_empty,
    "streams and does not listen": streams_on,
    "starts late": starts_late,
    "writes": writes,
    "begins again": begins_again,
    "begins again too late": begins_too_late,
    "raises": raises,
    "raises late": raises_late,
    "sends much": sends_much,
    "echoes": echoes,
    "says little": says_nothing,
    "sends a file": sends_file,
    "answers two at once": two_at_once,
    "answers two in a row": two_at_once,
}
