"""An HTTP/1.1 response, as far as it has come.

The client feeds in what it reads from its socket, and asks what it has heard. Of a body
that is too large to be kept, the first bytes, the length and the digest are kept.

What a *piece* of the answer is: a chunk, where the coding is chunked, however the bytes
of it arrive. Elsewhere nothing divides a body, and it is written down as one piece; a
client that leaves after so many pieces, or takes its time over each, counts what it
reads from the socket instead.

This module reads no socket, and does not know what was asked, but for HEAD.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

import h11

from asgi_compare.drive.live.client import MAX_TOTAL, Over
from asgi_compare.model.transcript import (
    EXCERPT_BYTES,
    MAX_BYTES,
    MAX_EVENTS,
    Excerpt,
    Response,
)

MAX_HEAD = 1 << 18
"""Bytes that the status line and the header fields may have."""
FIRST_BYTES = 200
"""Bytes shown of an answer that is not HTTP."""


class Reading:
    """The answer, as far as it has come."""

    def __init__(self, method: str) -> None:
        # The parser has to know whether it was HEAD that was asked: then there is no
        # body (RFC 9112, 6.3). What it would send itself goes nowhere.
        asked = "HEAD" if method == "HEAD" else "GET"
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._parser.send(h11.Request(method=asked, target="/", headers=[("host", "")]))
        self._parser.send(h11.EndOfMessage())
        self._head: h11.Response | None = None
        self._informational: Counter[int] = Counter()
        self._body = bytearray()
        self._digest = hashlib.sha256()
        self._length = 0
        self._chunks: list[int] = []
        self._open = 0
        self._heard = 0
        self._first = b""
        self._problem = False
        self.received = 0
        """Bytes that have come, head and all."""
        self.complete = False

    @property
    def begun(self) -> bool:
        """Whether the status line and the header section are there."""
        return self._head is not None

    @property
    def length(self) -> int:
        """Return the bytes of the body that have come."""
        return self._length

    @property
    def _chunked(self) -> bool:
        # h11 lets no other transfer coding pass.
        fields = self._head.headers if self._head is not None else []
        return any(name == b"transfer-encoding" for name, _ in fields)

    def feed(self, data: bytes) -> Iterator[int]:
        """Take bytes from the socket; give the count of pieces heard, event by event.

        Raises `Over` if it is not HTTP, or too much of it.
        """
        self.received += len(data)
        self._first = self._first or data[:FIRST_BYTES]
        self._parser.receive_data(data)
        while not self.complete:
            try:
                event = self._parser.next_event()
            except h11.RemoteProtocolError as error:
                self._problem = True
                sentence = f"The server's answer is not HTTP/1.1: {error}."
                raise Over("raised", sentence) from None
            if event is h11.NEED_DATA:
                break
            self._take(event)
            yield self._heard
        if self.received > MAX_TOTAL or self._heard > MAX_EVENTS:
            sentence = f"The answer was cut off after {self.received} bytes."
            raise Over("flooded", sentence)

    def end(self) -> None:
        """Take note that the server has closed the connection in good order."""
        try:
            # RFC 9112, 6.3: it is the end of a response that does not give its length.
            for _ in self.feed(b""):
                pass
        except Over:  # it is not: h11 says that something is missing
            self._problem = False

    def _take(self, event: object) -> None:
        if isinstance(event, h11.Data):
            self._take_data(event)
        elif isinstance(event, h11.Response):
            self._head = event
        elif isinstance(event, h11.InformationalResponse):
            self._informational[event.status_code] += 1
        else:
            assert isinstance(event, h11.EndOfMessage), event
            self.complete = True

    def _take_data(self, event: h11.Data) -> None:
        data = bytes(event.data)
        self._length += len(data)
        self._digest.update(data)
        if len(self._body) <= MAX_BYTES:
            self._body += data
        if self._chunked:
            # Not by `chunk_start`: h11 0.16 loses it where the line with the size of
            # the chunk arrives without any of its data.
            self._open += len(data)
            if event.chunk_end:
                self._chunks.append(self._open)
                self._open = 0
        self._heard += event.chunk_end or not self._chunked

    def notes(self) -> list[str]:
        """Return what the answer does not show."""
        notes = [
            f"{count} informational response(s) with status {status} came first."
            for status, count in self._informational.items()
        ]
        trailing, _ = self._parser.trailing_data
        if self.complete and trailing:
            notes.append(
                f"{len(trailing)} bytes came after the end of the response: "
                f"{bytes(trailing[:FIRST_BYTES])!r}."
            )
        if self._problem or (self._first and not self.begun):
            notes.append(f"The answer began with {self._first!r}.")
        return notes

    def response(self) -> Response | None:
        """Return what there is; None if the header section was never whole."""
        if self._head is None:
            return None
        # What broke off in the middle is a piece, too.
        pieces = [*self._chunks, self._open] if self._chunked else [self._length]
        return Response(
            self._head.status_code,
            bytes(self._head.reason).decode("latin-1"),
            tuple((bytes(name), bytes(value)) for name, value in self._head.headers),
            self._kept(),
            tuple(size for size in pieces if size),
            self.complete,
            bytes(self._head.http_version).decode("ascii"),
        )

    def _kept(self) -> bytes | Excerpt:
        if self._length <= MAX_BYTES:
            return bytes(self._body)
        head = bytes(self._body[:EXCERPT_BYTES])
        return Excerpt(head, self._length, self._digest.hexdigest())
