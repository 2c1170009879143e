"""WebSocket frames, as far as a load client needs them (RFC 6455).

Only what counts messages: whole text messages are returned; pings are to be answered;
no extension is offered, so that no frame is compressed.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x00\x00\x00\x00"
"""A mask that changes nothing: legal, and cheap. A browser's is random."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message, put together again if it was fragmented, or a control frame."""

    opcode: int
    payload: bytes


class FrameReader:
    """The frames of one connection, read piece by piece."""

    __slots__ = ("_buffer", "_message")

    def __init__(self) -> None:
        self._buffer = b""
        self._message = b""
        """The fragments of a message that is not complete."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take a piece; return the messages and control frames that are complete."""
        buffer, at, found = self._buffer + data, 0, []
        while (size := frame_size(buffer, at)) is not None:
            header, length = size
            end = at + header + length
            if end > len(buffer):
                break
            first, payload = buffer[at], buffer[at + header : end]
            at = end
            if (opcode := first & 0x0F) >= CLOSE:
                found.append(Frame(opcode, payload))
                continue
            self._message += payload
            if first & 0x80:
                found.append(Frame(TEXT, self._message))
                self._message = b""
        self._buffer = buffer[at:]
        return found


def frame_size(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Return the bytes of the header and of the payload; None if not known yet."""
    if len(buffer) < at + 2:
        return None
    length = buffer[at + 1] & 0x7F
    extended = {126: 2, 127: 8}.get(length, 0)
    if len(buffer) < at + 2 + extended:
        return None
    if extended:
        length = int.from_bytes(buffer[at + 2 : at + 2 + extended], "big")
    return 2 + extended, length


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a client sends it; at most 65,535 bytes."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | size if size < 126 else 0x80 | 126])
    return head + (size.to_bytes(2, "big") if size >= 126 else b"") + MASK + payload


def handshake(host: str, target: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return the request that opens a connection."""
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
