"""An HTTP/1.1 response, read piece by piece, as a load client needs it.

    reader = ResponseReader()
    left = reader.feed(data)      # what belongs to the next response
    if reader.complete: ...

Framing is that of RFC 9112, 6.3: no body, a length, chunks, or up to the end of the
connection. Bodies are counted and not kept; `on_body` gets the pieces.
"""

from __future__ import annotations

from collections.abc import Callable

LONGEST_LINE = 1 << 16
"""Bytes of a head, or of a line between chunks, before it counts as malformed."""
UNTIL_END = -1


class Malformed(ValueError):
    """The bytes are no HTTP/1.1 response."""


class ResponseReader:
    """The state of one response."""

    __slots__ = (
        "_buffer",
        "_left",
        "_no_body",
        "_on_body",
        "_step",
        "complete",
        "head",
        "keeps_alive",
        "status",
    )

    def __init__(
        self, on_body: Callable[[bytes], None] | None = None, *, no_body: bool = False
    ) -> None:
        """Wait for a head; `no_body` is for the answer to a HEAD request."""
        self._on_body = on_body
        self._no_body = no_body
        self._buffer = b""
        self._left = 0
        self._step: Callable[[bytes], bytes | None] = self._read_head
        self.status = 0
        self.head = b""
        """The status line and the fields, in lower case."""
        self.keeps_alive = True
        self.complete = False

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what lies behind the response.

        Raise `Malformed` if it is none.
        """
        rest: bytes | None = self._buffer + data if self._buffer else data
        self._buffer = b""
        while rest and not self.complete:
            before = rest
            rest = self._step(rest)
            if rest is None:  # the step needs more
                if len(before) > LONGEST_LINE:
                    raise Malformed("A line does not end.")
                self._buffer = before
                return b""
        return rest or b""

    def end(self) -> None:
        """Take the end of the connection, which completes a body without framing."""
        if self._step == self._read_body and self._left == UNTIL_END:
            self.complete = True

    def _read_head(self, data: bytes) -> bytes | None:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return None
        self.head = head = data[:end].lower()
        try:
            self.status = int(head[9:12])
        except ValueError as error:
            raise Malformed(f"No status in {head[:40]!r}.") from error
        if not head.startswith(b"http/1."):
            raise Malformed(f"No HTTP/1 in {head[:40]!r}.")
        if 100 <= self.status < 200 and self.status != 101:
            return data[end + 4 :]  # an interim response; the real one follows
        self.keeps_alive = head[7:8] == b"1" and b"close" not in field_of(
            head, b"connection"
        )
        self._frame(head)
        return data[end + 4 :]

    def _frame(self, head: bytes) -> None:
        length = field_of(head, b"content-length")
        if self._no_body or self.status in (101, 204, 304):
            self.complete = True
        elif b"chunked" in field_of(head, b"transfer-encoding"):
            self._step = self._read_size
        elif length:
            self._left = _number(length, 10)
            self.complete = self._left == 0
            self._step = self._read_body
        else:
            self._left, self.keeps_alive = UNTIL_END, False
            self._step = self._read_body

    def _read_body(self, data: bytes) -> bytes:
        if self._left == UNTIL_END:
            self._pass_on(data)
            return b""
        piece = data[: self._left]
        self._left -= len(piece)
        self._pass_on(piece)
        self.complete = self._left == 0
        return data[len(piece) :]

    def _read_size(self, data: bytes) -> bytes | None:
        end = data.find(b"\r\n")
        if end < 0:
            return None
        self._left = _number(data[:end].partition(b";")[0], 16)
        self._step = self._read_chunk if self._left else self._read_trailer
        return data[end + 2 :]

    def _read_chunk(self, data: bytes) -> bytes | None:
        if self._left:
            piece = data[: self._left]
            self._left -= len(piece)
            self._pass_on(piece)
            return data[len(piece) :]
        if len(data) < 2:
            return None
        if data[:2] != b"\r\n":
            raise Malformed("A chunk is longer than its size.")
        self._step = self._read_size
        return data[2:]

    def _read_trailer(self, data: bytes) -> bytes | None:
        end = data.find(b"\r\n")
        if end < 0:
            return None
        self.complete = end == 0
        return data[end + 2 :]

    def _pass_on(self, piece: bytes) -> None:
        if self._on_body is not None and piece:
            self._on_body(piece)


def field_of(head: bytes, name: bytes) -> bytes:
    """Return the value of a field in a head in lower case; empty if it is absent."""
    at = head.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    begin = at + len(name) + 3
    end = head.find(b"\r\n", begin)
    return head[begin : end if end >= 0 else len(head)].strip()


def _number(text: bytes, base: int) -> int:
    try:
        value = int(text, base)
    except ValueError as error:
        raise Malformed(f"No length in {text[:40]!r}.") from error
    if value < 0:
        raise Malformed(f"No length in {text[:40]!r}.")
    return value
