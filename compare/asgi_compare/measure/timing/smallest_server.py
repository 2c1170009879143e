"""The smallest server there is, for timing: it records nothing.

The drivers in `asgi_compare.drive` write down all that crosses; here only the time
counts. So a request is put with as little around it as the interfaces allow: a fresh
scope and two functions, or a fresh `environ` and one. What it costs is in every number,
and the same in all of them.

The requests of a batch come one after the other, on one event loop that lives as long
as the process.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any, Protocol, cast

from asgi_compare.contract.scenario import Headers, Request
from asgi_compare.drive.in_process.environ import template
from asgi_compare.drive.request_parts import NO_EXTENSIONS, prepare
from asgi_compare.measure.timing.configuration import Entry

Application = Callable[..., Any]
Around = AbstractContextManager[Any] | None
"""What is entered before a request is put, and left afterwards."""


@dataclass(slots=True)
class Answer:
    """What came of one request."""

    status: int = 0
    headers: Headers = ()
    body_bytes: int = 0
    events: int = 0


class StatusChanged(Exception):
    """A response has another status than the first one had; the message says which."""


@dataclass(slots=True)
class Statuses:
    """The status that all responses of one application have to have."""

    first: int = 0
    seen: int = 0

    def check(self, status: int) -> None:
        """Compare one more status with the first; raises `StatusChanged`."""
        self.seen += 1
        if status == self.first:
            return
        if self.first:
            raise StatusChanged(
                f"It answered {self.first} at first, and {status} to request "
                f"{self.seen}: a mean of the two would be the price of neither."
            )
        self.first = status


class Server(Protocol):
    """What puts requests to one application.

    Both methods raise `StatusChanged` if a status is not that of the first response.
    """

    def once(self, around: Around = None) -> Answer:
        """Put one request, within `around` if that is given, and return its answer."""

    def batch(self, requests: int) -> None:
        """Put so many requests, one after the other."""


def server(application: Application, entry: Entry, loop: Any) -> Server:
    """Make the server of one application, and put what is to be asked beforehand."""
    kind: Any = {"asgi": AsgiServer, "wsgi": WsgiServer}[entry.interface]
    request = entry.request
    if entry.before is not None:
        answer = kind(application, entry.before, loop).once()
        request = with_cookies(request, answer.headers)
    made: Server = kind(application, request, loop)
    return made


def with_cookies(request: Request, headers: Headers) -> Request:
    """Return the request with the cookies that the fields of an answer set."""
    jar: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name.lower() == b"set-cookie":
            jar.load(value.decode("latin-1"))
    if not jar:
        return request
    cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in jar.items())
    return replace(request, headers=(*request.headers, (b"cookie", cookie.encode())))


class AsgiServer:
    """An ASGI server that has read one request."""

    def __init__(
        self,
        application: Application,
        request: Request,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.application = application
        self.prepared = prepare(request)
        self.body = {"type": "http.request", "body": b"".join(request.body)}
        self.loop = loop
        self.statuses = Statuses()

    def once(self, around: Around = None) -> Answer:
        """Put one request; `around`, if given, is entered within the loop."""
        answer = Answer()
        self.loop.run_until_complete(self._once(answer, around))
        self.statuses.check(answer.status)
        return answer

    async def _once(self, answer: Answer, around: Around) -> None:
        if around is None:
            await self.put(answer)
        else:
            with around:
                await self.put(answer)

    def batch(self, requests: int) -> None:
        """Put so many requests, one after the other."""
        self.loop.run_until_complete(self._batch(requests))

    async def _batch(self, requests: int) -> None:
        answer = Answer()
        for _ in range(requests):
            answer.status = 0
            await self.put(answer)
            self.statuses.check(answer.status)

    async def put(self, answer: Answer) -> None:
        """Call the application."""
        gone: asyncio.Future[None] | None = None
        handed = complete = False

        async def receive() -> dict[str, Any]:
            nonlocal handed, gone
            answer.events += 1
            if not handed:
                handed = True
                return self.body.copy()
            if not complete:
                gone = self.loop.create_future()
                await gone
            return {"type": "http.disconnect"}

        async def send(event: dict[str, Any]) -> None:
            nonlocal complete
            answer.events += 1
            if event["type"] == "http.response.start":
                answer.status = event["status"]
                answer.headers = event.get("headers", ())
                answer.body_bytes = 0
                return
            answer.body_bytes += len(event.get("body", b""))
            if not event.get("more_body", False):
                complete = True
                if gone is not None and not gone.done():
                    gone.set_result(None)

        scope = self.prepared.scope(None, NO_EXTENSIONS)
        await self.application(scope, receive, send)


@dataclass(slots=True)
class WsgiServer:
    """A WSGI server that has read one request."""

    application: Application
    request: Request
    loop: Any = None
    environ: dict[str, Any] = field(init=False)
    body: bytes = field(init=False)
    statuses: Statuses = field(default_factory=Statuses)

    def __post_init__(self) -> None:
        self.environ = template(prepare(self.request))
        self.body = b"".join(self.request.body)

    def once(self, around: Around = None) -> Answer:
        """Put one request; `around`, if given, is entered first."""
        answer = Answer()
        if around is None:
            self.put(answer)
        else:
            with around:
                self.put(answer)
        self.statuses.check(answer.status)
        # PEP 3333, "Unicode Issues": native strings that hold bytes.
        answer.headers = tuple(
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in cast(Any, answer.headers)
        )
        return answer

    def batch(self, requests: int) -> None:
        """Put so many requests, one after the other."""
        answer = Answer()
        for _ in range(requests):
            answer.status = 0
            self.put(answer)
            self.statuses.check(answer.status)

    def put(self, answer: Answer) -> None:
        """Call the application, and take all that it gives."""

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            answer.events += 1
            answer.status = int(status[:3])
            answer.headers = headers
            return None  # `write`, which nothing that is measured here uses

        environ = self.environ.copy()
        environ["wsgi.input"] = io.BytesIO(self.body)
        environ["wsgi.errors"] = sys.stderr
        answer.body_bytes = 0
        pieces = self.application(environ, start_response)
        try:
            for piece in pieces:
                answer.events += 1
                answer.body_bytes += len(piece)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
