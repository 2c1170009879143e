"""WebSocket frames as bytes (RFC 6455 section 5.2), correct or broken on purpose.

The masking key is fixed, so that a case sends the same bytes each time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x12\x34\x56\x78"
MAX_PAYLOAD = 1 << 24
"""A longer frame is taken for something that is no frame."""


class Frame(NamedTuple):
    """One frame as it was read."""

    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0
    masked: bool = False

    @property
    def code(self) -> int | None:
        """The status code of a close frame; None if it has none (section 5.5.1)."""
        return int.from_bytes(self.payload[:2]) if len(self.payload) >= 2 else None


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    claim: int | None = None,
) -> bytes:
    """Return the bytes of a frame; `claim` is a length that is not true."""
    first = (fin << 7) | (rsv << 4) | opcode
    length = len(payload) if claim is None else claim
    bit = masked << 7
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    return head + (MASK + masking(payload) if masked else payload)


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    """Return the bytes of a close frame, empty if there is no code."""
    payload = b"" if code is None else struct.pack("!H", code) + reason
    return frame(CLOSE, payload)


def masking(payload: bytes, key: bytes = MASK) -> bytes:
    """Mask, or take the mask off again: the same thing (section 5.3)."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def frames(data: bytes) -> Iterator[Frame]:
    """Read all whole frames at the front of `data`."""
    at = 0
    while (read := _frame(data, at)) is not None:
        found, at = read
        yield found


class FrameReader:
    """The frames at the front of a buffer that grows; each byte is read once."""

    def __init__(self) -> None:
        self._found: list[Frame] = []
        self._at = 0

    def read(self, buffer: bytearray) -> tuple[Frame, ...]:
        """Return all whole frames in it, those that were read before as well."""
        while (read := _frame(buffer, self._at)) is not None:
            found, self._at = read
            self._found.append(found)
        return tuple(self._found)


def _frame(data: bytes | bytearray, at: int) -> tuple[Frame, int] | None:
    if len(data) < at + 2:
        return None
    first, second = data[at], data[at + 1]
    masked, length, at = bool(second & 0x80), second & 0x7F, at + 2
    extra = {126: 2, 127: 8}.get(length, 0)
    if len(data) < at + extra:
        return None
    if extra:
        length, at = int.from_bytes(data[at : at + extra]), at + extra
    key = bytes(data[at : at + 4]) if masked else b""
    at += 4 * masked
    if length > MAX_PAYLOAD or len(data) < at + length:
        return None
    payload = bytes(data[at : at + length])
    payload = masking(payload, key) if masked else payload
    found = Frame(first & 0xF, payload, bool(first & 0x80), first >> 4 & 7, masked)
    return found, at + length
