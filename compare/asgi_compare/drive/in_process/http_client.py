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

from asgi_compare.contract.scenario import PATIENT, Client
from asgi_compare.drive.in_process.answers import phrase, response, server_error
from asgi_compare.drive.in_process.recorder import Recorder
from asgi_compare.drive.request_parts import NO_EXTENSIONS, Extensions, Prepared
from asgi_compare.model.transcript import Excerpt, Response

START, BODY, TRAILERS, COMPLETE, GONE = range(5)
"""What the server waits for; `GONE` when there is nobody to send it to any more."""


class HttpClient(Recorder):
    """The client's part in an exchange, and what is known of its state."""

    __slots__ = ("handed", "phase", "prepared", "special")

    prepared: Prepared
    client: Client = PATIENT
    special: bool
    """Whether a piece of the body may be more than that: somebody slow hears it, or
    trailers follow."""
    phase: int
    handed: int
    """Pieces of the body that the application was given."""
    heard_pieces = 0
    """Pieces of the answer that the client got."""
    given: Mapping[str, Any] | None = None
    """The state as it was handed over."""
    extensions: Extensions = NO_EXTENSIONS
    trailers: bool = False
    """Whether the application has announced trailers."""
    timer: asyncio.TimerHandle | None = None

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

    async def client_hears(self) -> None:
        """Let the client take a piece of the answer, in its own time."""
        self.heard_pieces += 1
        if self.heard_pieces == self.client.leaves_after_hearing:
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

    def answer(self) -> Response | None:
        """Work out what the client got."""
        heard = [event for event in self.heard() if event["type"] in EVENTS]
        method = self.prepared.request.method.upper()
        if not heard:
            # The server answers for an application that has failed, if there is
            # still somebody to answer to.
            gone = self.left is not None or self.halted is not None
            return None if gone else server_error(method)
        start, *bodies = heard
        return response(
            method,
            int(start["status"]),
            phrase(start["status"]),
            tuple((name.lower(), value) for name, value in start.get("headers", ())),
            [_piece(event.get("body", b"")) for event in bodies],
            self.phase == COMPLETE,
            self.digest,
        )


EVENTS = ("http.response.start", "http.response.body")


def _piece(body: Any) -> bytes | Excerpt:
    return body if isinstance(body, Excerpt) else bytes(body)
