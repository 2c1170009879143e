"""Play an HTTP server for one request to an ASGI application.

A server calls the application with a scope, which says what was asked, and with two
functions. `receive` gives the request's body, piece by piece, and after that the news
that the client has gone. `send` takes the response: one start, then the pieces of its
body. Everything that crosses goes into the recorder.

The client at the other end is in `http_client`; it may be slow, and it may leave.

The driver does what the specification asks of a server, and where that says nothing,
what servers do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from asgi_compare.contract.scenario import PATIENT, Request
from asgi_compare.drive.in_process.answers import check_pairs
from asgi_compare.drive.in_process.asgi import type_of
from asgi_compare.drive.in_process.http_client import (
    BODY,
    COMPLETE,
    GONE,
    START,
    TRAILERS,
    HttpClient,
)
from asgi_compare.drive.in_process.recorder import BYTES, ClientDisconnected, Message
from asgi_compare.drive.in_process.stepping import Application, run
from asgi_compare.drive.request_parts import NO_EXTENSIONS, Extensions
from asgi_compare.model.transcript import Transcript

TRAILERS_EXTENSION = "http.response.trailers"
WITHOUT_EFFECT = {
    # The extensions that a server may take note of and leave at that. The two that send
    # files are not played.
    "http.response.push": BODY,
    "http.response.early_hint": START,
    "http.response.debug": START,
}
"""Events of extensions, and when they may be sent; each has its extension's name."""


async def exchange(
    application: Application,
    request: Request,
    *,
    name: str = "",
    deadline: float = 5.0,
    state: Mapping[str, Any] | None = None,
    extensions: Extensions = NO_EXTENSIONS,
) -> Transcript:
    """Put one request to an application, and return the transcript."""
    served = HttpExchange(name, request, state, extensions)
    try:
        await run(application, served.scope_as_given(), served, deadline)
    finally:
        served.close()
    return served.transcript()


class HttpExchange(HttpClient):
    """One request and its answer, as the server has it in hand."""

    async def receive(self) -> Message:
        """Return the next event: a piece of the body, or that the client has gone."""
        pieces = self.prepared.pieces
        if self.client.pause and 0 < self.handed < len(pieces):
            await self.sleep(self.client.pause)
        if self.phase < COMPLETE and self.handed < len(pieces):
            piece = pieces[self.handed]
            self.handed += 1
            more = self.handed < len(pieces)
            event = {"type": "http.request", "body": piece, "more_body": more}
            await self.give(event)
            self.client_has_sent(self.handed)
            return event
        # www, "Disconnect": after the response has been sent or the client has left.
        while self.phase < COMPLETE:
            await self.sleep()
        return await self.give({"type": "http.disconnect"})

    async def send(self, event: Message) -> None:
        """Take what the application sends; a slow client holds it up."""
        heard = self.pieces_heard
        if not self.sent(event):
            await self.never()
        if self.client is not PATIENT and self.pieces_heard > heard:
            await self.client_hears(len(event["body"]))

    def take(self, event: Any) -> None:
        """Take a part of the response, if its turn has come."""
        if self.phase == GONE:
            raise ClientDisconnected
        if self.phase == COMPLETE:
            # www, "Response Body": any further messages are ignored.
            self.unheard |= {len(self.log) - 1}
            return
        kind = type_of(event)
        expected, taker = TAKERS[self.phase]
        if kind == expected:
            taker(self, event)
        elif not (
            isinstance(kind, str)
            and kind in self.extensions
            and WITHOUT_EFFECT.get(kind) == self.phase
        ):
            raise RuntimeError(f"Expected {expected!r}, but got {kind!r}.")

    def start(self, event: Message) -> None:
        """Take the status and the headers, and refuse what no server could send."""
        check_pairs(event.get("headers", ()))
        if not isinstance(event["status"], int):
            raise TypeError(f"Expected a status, but got {event['status']!r}.")
        self.phase = BODY
        self.started = self.log[-1].event
        self.announces_trailers = TRAILERS_EXTENSION in self.extensions and bool(
            event.get("trailers", False)
        )

    def body(self, event: Message) -> None:
        """Take a piece of the body; the last one completes the response."""
        body = event.get("body", b"")
        if not isinstance(body, BYTES):
            raise TypeError(f"Expected a byte string as the body, but got {body!r}.")
        self.bodies.append(self.log[-1].event)
        self.digested(body, self.pieces)
        self.pieces_heard += bool(body)
        if not event.get("more_body", False):
            self.phase = TRAILERS if self.announces_trailers else COMPLETE
            self.changed()

    def trailers(self, event: Message) -> None:
        """Take the trailers; the last ones complete the response."""
        if not event.get("more_trailers", False):
            self.phase = COMPLETE
            self.changed()


Taker = Callable[[HttpExchange, Message], None]
TAKERS: dict[int, tuple[str, Taker]] = {
    START: ("http.response.start", HttpExchange.start),
    BODY: ("http.response.body", HttpExchange.body),
    TRAILERS: (TRAILERS_EXTENSION, HttpExchange.trailers),
}
"""By phase: which event is expected, and what takes it."""
