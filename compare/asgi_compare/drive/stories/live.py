"""A server that is up, over sockets.

Requests and streams are made by `http.client` on threads. WebSockets are those of the
library websockets, which does nothing by itself: no pings, no compression.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
)
from websockets.typing import Origin

from asgi_compare.drive.stories.openers import Ended, Fields, Got, Hear, Lost
from asgi_compare.drive.stories.pieces import Pieces

THREADS = 64
PATIENCE = 30.0
RECEIVE_BUFFER = 4096
"""Bytes that the system keeps for a client that will stop reading: few, so that this is
noticed after some messages, and not after megabytes."""
SEGMENT = 536
"""Bytes of a segment for such a client: RFC 9293, 3.7.1, the default."""
UNREAD = 2
"""Pieces that are kept beside that, of an answer that is not read."""
NO_CODE = (1005, 1006)
"""RFC 6455, 7.1.5: what stands for a close frame without a code, and for none."""


class LivePlace:
    """A server at a host and a port."""

    def __init__(self, host: str, port: int, name: str) -> None:
        self.name = name
        self._host, self._port = host, port
        self._pool = ThreadPoolExecutor(THREADS)
        self._sockets: list[OuterSocket] = []

    async def open(self) -> None:
        """Do nothing: somebody else has started it."""

    async def close(self) -> None:
        """Hang up, and wait for polls that have been given up: each takes a thread."""
        for each in self._sockets:
            await each.abort()
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    async def request(
        self, method: str, target: str, fields: Fields = (), body: bytes = b""
    ) -> Got:
        """Make a request."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, self._request, method, target, fields, body
        )

    def _request(self, method: str, target: str, fields: Fields, body: bytes) -> Got:
        client = self._client()
        try:
            # A server may answer, and hang up, before it has read all of a body.
            with suppress(BrokenPipeError, ConnectionResetError):
                client.request(method, target, body, dict(fields))
            answer = client.getresponse()
            got = tuple((k.lower(), v) for k, v in answer.getheaders())
            return Got(answer.status, answer.read(), got)
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"{method} {target}: {error!r}.") from error
        finally:
            client.close()

    def _client(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)

    @asynccontextmanager
    async def stream(
        self, target: str, fields: Fields = (), *, narrow: bool = False
    ) -> AsyncIterator[Pieces]:
        """Ask for an answer that goes on; leaving the block hangs up."""
        pieces = Pieces(UNREAD)
        client = self._client()

        def run() -> None:
            with suppress(OSError, http.client.HTTPException, AttributeError):
                client.sock = _socket(narrow)
                client.sock.settimeout(PATIENCE)
                client.sock.connect((self._host, self._port))
                client.request("GET", target, headers=dict(fields))
                answer = client.getresponse()
                pieces.begin(answer.status)
                if answer.status == 200:
                    any(not pieces.put(piece) for piece in iter(answer.read1, b""))
                    pieces.whole = not answer.length
            pieces.finish()

        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._pool, run)
        try:
            yield pieces
        finally:
            pieces.stop()
            if client.sock:
                with suppress(OSError):
                    client.sock.shutdown(socket.SHUT_RDWR)
            try:
                await reading
            finally:
                client.close()

    async def websocket(
        self,
        target: str,
        fields: Fields,
        hear: Hear,
        ended: Ended,
        *,
        narrow: bool = False,
    ) -> OuterSocket | int:
        """Open a WebSocket; give the status if it is refused."""
        raw = _socket(narrow)
        raw.setblocking(False)
        others = dict(fields)
        origin = others.pop("origin", None)
        try:
            await asyncio.get_running_loop().sock_connect(raw, (self._host, self._port))
            connection = await connect(
                f"ws://{self._host}:{self._port}{target}",
                sock=raw,
                origin=Origin(origin) if origin else None,
                additional_headers=others,
                compression=None,
                ping_interval=None,
                close_timeout=1.0,
                max_queue=1,
            )
        except InvalidStatus as refused:
            raw.close()
            return refused.response.status_code
        except (OSError, InvalidHandshake, InvalidMessage, EOFError) as error:
            raw.close()
            raise Lost(f"There is no WebSocket at {target}: {error!r}.") from error
        outer = OuterSocket(connection, hear, ended)
        self._sockets.append(outer)
        return outer


def _socket(narrow: bool) -> socket.socket:
    raw = socket.socket()
    if narrow:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        # The buffer of the sender grows with the size of a segment, which is 64 KB on
        # loopback: it would take megabytes, too.
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    return raw


class OuterSocket:
    """A WebSocket over a socket."""

    def __init__(self, connection: ClientConnection, hear: Hear, ended: Ended) -> None:
        self._connection = connection
        self._hear, self._tell_end = hear, ended
        self._reads = asyncio.Event()
        self._reads.set()
        self._task = asyncio.create_task(self._listen())

    async def send(self, message: str | bytes) -> None:
        """Send a message."""
        with suppress(ConnectionClosed):
            await self._connection.send(message)

    def stop_reading(self) -> None:
        """Take nothing more from the socket."""
        self._reads.clear()

    def read_again(self) -> None:
        """Read on."""
        self._reads.set()

    async def close(self) -> None:
        """Close it in good order."""
        self._reads.set()
        await self._connection.close()
        await self._task

    async def abort(self) -> None:
        """Drop it."""
        self._reads.set()
        self._connection.transport.abort()
        await self._task

    async def _listen(self) -> None:
        try:
            while True:
                await self._reads.wait()
                message = await self._connection.recv()
                await self._reads.wait()
                self._hear(message if isinstance(message, str) else bytes(message))
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
            self._tell_end(None if code in NO_CODE else code)
