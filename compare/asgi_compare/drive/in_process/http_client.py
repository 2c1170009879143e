"""The client of an HTTP request to an ASGI application.

It sends a piece of its body when the application asks for one, which is what flow
control makes of every client. It may pause between pieces, read the answer slowly, and
leave: after so many pieces of either, or after some time. When it has left there is
nobody to send to. What it has got by then is its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.answers import phrase, response, server_error
from asgi_compare.drive.in_process.asgi import AsgiExchange
from asgi_compare.drive.in_process.recorder import Message
from asgi_compare.drive.request_parts import Extensions, Scope, prepare
from asgi_compare.model.transcript import Excerpt, Response

START, BODY, TRAILERS, COMPLETE, GONE = range(5)
"""What the server waits for; `GONE` when there is nobody to send it to any more."""


class HttpClient(AsgiExchange):
    """The client's part in an exchange, and what is known of its state."""

    phase = START
    handed = 0
    """Pieces of the request's body that the application was given."""
    pieces_heard = 0
    """Pieces of the response's body that were not empty."""
    bytes_heard = 0
    """Bytes of them, if the client is one that might care."""
    started: dict[str, Any] | None = None
    """The start of the response, once the client got it."""
    announces_trailers = False
    timer: asyncio.TimerHandle | None = None

    def __init__(
        self,
        name: str,
        request: Request,
        state: Mapping[str, Any] | None,
        extensions: Extensions,
    ) -> None:
        self.open(name)
        self.bodies: list[Message] = []
        """The events by which the client got the body."""
        self.prepared = prepare(request)
        self.client = self.prepared.client
        self.given = None if state is None else dict(state)
        self.extensions = extensions
        self.client_has_sent(0)

    def scope_as_given(self) -> Scope:
        """Make the scope: new dicts and lists, every time."""
        return self.prepared.scope(self.given, self.extensions)

    def client_has_sent(self, pieces: int) -> None:
        """Let an impatient client leave after that many pieces, now or later."""
        if self.client.leaves_after_sending == pieces:
            self.leave()
        elif pieces >= len(self.prepared.pieces) - (pieces == 0):
            # A body of one piece is on its way together with the head.
            seconds = self.client.leaves_after
            if seconds is not None and self.timer is None:
                loop = asyncio.get_running_loop()
                self.timer = loop.call_later(seconds, self.leave)

    async def client_hears(self, size: int) -> None:
        """Let the client take a piece of the answer, in its own time."""
        self.bytes_heard += size
        if self.client.has_enough(self.pieces_heard, self.bytes_heard):
            self.leave()
        elif self.client.reads_every:
            await self.sleep(self.client.reads_every)
        else:
            # A server's `send` waits for the socket now and then; without that, the
            # time at which a client leaves would never come.
            await asyncio.sleep(0)

    def leave(self) -> None:
        """Let the client go, if there is anything left to miss."""
        if self.phase < COMPLETE:
            self.left = now()
            self.close()

    def close(self) -> None:
        """Close the connection, and tell all that wait for it."""
        if self.timer is not None:
            self.timer.cancel()
        if self.phase < COMPLETE:
            self.phase = GONE
        self.changed()

    def pieces(self) -> list[Any]:
        """Return the pieces of the body that the client got."""
        bodies = [event.get("body", b"") for event in self.bodies]
        return [each if isinstance(each, Excerpt) else bytes(each) for each in bodies]

    def answer(self) -> Response | None:
        """Work out what the client got."""
        method = self.prepared.request.method.upper()
        if self.started is None:
            # The server answers for an application that has failed, if there is
            # still somebody to answer to.
            gone = self.left is not None or self.halted is not None
            return None if gone else server_error(method)
        start = self.started
        return response(
            method,
            int(start["status"]),
            phrase(start["status"]),
            tuple([(name.lower(), value) for name, value in start.get("headers", ())]),
            self.pieces(),
            self.phase == COMPLETE,
            self.digest,
        )
