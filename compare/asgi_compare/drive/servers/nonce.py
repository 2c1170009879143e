"""The wrapper around the target that answers "who are you?" for the server.

An open port proves nothing: it may be somebody else's, or a server that never gets as
far as its application. So the supervisor makes up a nonce, hands it to the server it
starts, and asks at a path of its own until the answer carries the nonce. The path holds
only a digest of it, so that no server can pass by repeating what it was asked.

Everything else goes to the application as it came: the same `scope`, `receive` and
`send` objects, the same `environ` and `start_response`, and what the application
returns or raises comes back as it is. Lifespan and WebSocket are no exception.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from asgi_compare.drive.request_parts import Scope

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApplication = Callable[[Environ, StartResponse], Iterable[bytes]]

PARSERS: dict[str, str] = {
    "uvicorn.protocols.http.httptools_impl": "httptools",
    "uvicorn.protocols.http.h11_impl": "h11",
    "hypercorn.protocol.h11": "h11",
    "daphne.http_protocol": "Twisted",
    "granian.wsgi": "hyper",
    "granian.asgi": "hyper",
    "gunicorn_h1c": "gunicorn_h1c",
    "gunicorn.http.parser": "gunicorn",
    "waitress.parser": "waitress",
    "wsgiref.simple_server": "http.server",
}
"""What reads HTTP, by a module that is loaded only where it does; the first counts."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server says of itself, from inside."""

    nonce: str
    pid: int
    """The process that calls the application; often not the one that was started."""
    loop: str
    """The class of the running event loop; empty where there is none."""
    parser: str
    thread: str
    """The name of the thread that calls the application."""


def path_of(nonce: str) -> str:
    """Return the path at which the nonce is asked for."""
    return f"/.asgi-compare/{hashlib.sha256(nonce.encode()).hexdigest()}"


def identity(nonce: str) -> Identity:
    """Look around in the process and thread that this is called in."""
    return Identity(
        nonce=nonce,
        pid=os.getpid(),
        loop=_loop(),
        parser=next((PARSERS[name] for name in PARSERS if name in sys.modules), ""),
        thread=threading.current_thread().name,
    )


def wrap_asgi(application: AsgiApplication, nonce: str) -> AsgiApplication:
    """Return an application that knows the nonce; the rest is `application`'s."""
    path = path_of(nonce)

    async def with_nonce(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != path:
            return await application(scope, receive, send)
        body = _answer(nonce)
        headers = [(name.encode(), value.encode()) for name, value in _headers(body)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return with_nonce


def wrap_wsgi(application: WsgiApplication, nonce: str) -> WsgiApplication:
    """Return an application that knows the nonce; the rest is `application`'s."""
    path = path_of(nonce)

    def with_nonce(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != path:
            return application(environ, start_response)
        body = _answer(nonce)
        start_response("200 OK", _headers(body))
        return [body]

    return with_nonce


def as_asgi3(application: Callable[[Scope], Any]) -> AsgiApplication:
    """Let an ASGI 2 application be called with three arguments."""

    async def with_three(scope: Scope, receive: Receive, send: Send) -> None:
        await application(scope)(receive, send)

    return with_three


def _answer(nonce: str) -> bytes:
    return json.dumps(asdict(identity(nonce))).encode()


def _headers(body: bytes) -> list[tuple[str, str]]:
    # Lower-case, as ASGI wants header names and WSGI allows them.
    return [("content-type", "application/json"), ("content-length", str(len(body)))]


def _loop() -> str:
    asyncio = sys.modules.get("asyncio")
    try:
        running = type(asyncio.get_running_loop()) if asyncio else None
    except RuntimeError:  # no loop runs in this thread
        running = None
    return f"{running.__module__}.{running.__qualname__}" if running else ""
