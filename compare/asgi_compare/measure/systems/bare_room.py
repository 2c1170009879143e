"""The limit of a broadcast: an `asyncio.Protocol` that writes the same bytes to all.

It has no interface, no room and no queue, and looks at nothing but what the load client
sends. What a table says of a broadcast, it says better beside this row.

    python -m asgi_compare.measure.systems.bare_room 8000
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from contextlib import suppress
from typing import cast

from asgi_compare.measure.load.frames import TEXT
from asgi_compare.measure.load.loop import new_loop
from asgi_compare.measure.load.records import HOST

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""
MEMBERS: set[Member] = set()


class Member(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        MEMBERS.discard(self)

    def data_received(self, data: bytes) -> None:
        """Accept, greet one who joins, and tell all what one says."""
        _, is_handshake, rest = data.partition(b"Sec-WebSocket-Key: ")
        if is_handshake:
            self.transport.write(_accepted(rest.partition(b"\r\n")[0]))
            return
        # The client's mask changes nothing (`frames.py`): it can be read as it is.
        _, speaks, rest = data.partition(b'"text": "')
        if not speaks:
            MEMBERS.add(self)
            self.transport.write(frame(b'{"type":"history"}'))
            return
        text = rest.rpartition(b'"')[0]
        told = frame(
            b'{"type":"message","room":"tea","number":1,"user":"crowd","text":"'
            + text
            + b'","key":""}'
        )
        for each in MEMBERS:
            each.transport.write(told)


def frame(payload: bytes) -> bytes:
    """Return a text as a server sends it; at most 65,535 bytes."""
    size = len(payload)
    head = bytes([0x80 | TEXT, size if size < 126 else 126])
    return head + (size.to_bytes(2, "big") if size >= 126 else b"") + payload


def _accepted(key: bytes) -> bytes:
    digest = base64.b64encode(hashlib.sha1(key + GUID).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + digest + b"\r\n\r\n"
    )


async def serve(port: int) -> None:
    """Serve until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Member, HOST, port, backlog=4096)
    print(f"Serving on {HOST}:{port}.", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
