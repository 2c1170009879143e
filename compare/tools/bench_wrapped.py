"""What `bench_validator` calls, and what it wraps it in."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from itertools import count
from typing import Any

PIECES = 100
LENGTHS = 1000
BODY = b"x" * LENGTHS
NUMBERS = count()

Many = Callable[[int], None]
"""Makes so many requests."""


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Receive once, send twice."""
    await receive()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


async def other_length(scope: Any, receive: Any, send: Any) -> None:
    """The same, but with another length each time, as most applications have it."""
    await receive()
    body = BODY[: next(NUMBERS) % LENGTHS]
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def other_id(scope: Any, receive: Any, send: Any) -> None:
    """The same, with a third field that never comes again."""
    await receive()
    number = next(NUMBERS)
    body = BODY[: number % LENGTHS]
    headers = [
        (b"content-type", b"text/plain"),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", b"%d" % number),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(scope: Any, receive: Any, send: Any) -> None:
    """Send a hundred pieces and an end."""
    await receive()
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(PIECES):
        await send({"type": "http.response.body", "body": b"hello", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def wsgi_hello(environ: Any, start_response: Any) -> list[bytes]:
    """The same as `hello` in WSGI."""
    headers = [("Content-Type", "text/plain"), ("Content-Length", "5")]
    start_response("200 OK", headers)
    return [b"hello"]


def wsgi_other_length(environ: Any, start_response: Any) -> list[bytes]:
    """The same as `other_length` in WSGI."""
    body = BODY[: next(NUMBERS) % LENGTHS]
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def scope() -> dict[str, Any]:
    """Make a scope as servers make it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"*/*")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


def environ() -> dict[str, Any]:
    """Make an environ as servers make it."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": EMPTY,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


EMPTY = io.BytesIO()


def asgi_calls(app: Any, loop: asyncio.AbstractEventLoop) -> Many:
    """Make a function that calls an ASGI application so many times."""

    async def many(times: int) -> None:
        for _ in range(times):
            sent: list[Any] = []

            async def receive() -> Any:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(event: Any, sent: list[Any] = sent) -> None:
                sent.append(event)

            await app(scope(), receive, send)

    return lambda times: loop.run_until_complete(many(times))


def wsgi_calls(app: Any, loop: asyncio.AbstractEventLoop) -> Many:
    """Make a function that calls a WSGI application so many times."""

    def many(times: int) -> None:
        for _ in range(times):
            given: list[Any] = []

            def start_response(*args: Any, given: list[Any] = given) -> Any:
                given.append(args)
                return given.append

            blocks = app(environ(), start_response)
            b"".join(blocks)
            if hasattr(blocks, "close"):
                blocks.close()

    return many


def pass_through(app: Any) -> Any:
    """Wrap an ASGI application and look at nothing."""

    async def wrapped(
        scope: Any,
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[Any]],
    ) -> Any:
        async def passing_receive() -> Any:
            return await receive()

        async def passing_send(event: Any) -> Any:
            return await send(event)

        return await app(scope, passing_receive, passing_send)

    return wrapped


def wsgi_pass_through(app: Any) -> Any:
    """Wrap a WSGI application and look at nothing."""

    def wrapped(environ: Any, start_response: Callable[..., Any]) -> Any:
        def passing_start(*args: Any) -> Any:
            return start_response(*args)

        return app(environ, passing_start)

    return wrapped


def asgion(app: Any) -> Any:
    """Wrap an ASGI application by asgion's inspector."""
    return import_module("asgion").inspect(app)


def bare(app: Any) -> Any:
    """Wrap nothing."""
    return app
