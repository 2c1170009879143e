"""One connection of a client that plays the steps of a case.

A `Line` reads in the background all that the server sends, so that nothing is lost
while the client says something; only a client that is told to stop reading leaves it
in the buffers of the system. What came is read as answers while it comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Sequence

from asgi_compare.judge.server.client.answers import Reader
from asgi_compare.judge.server.client.frames import Frame, FrameReader
from asgi_compare.judge.server.client.pipes import Pipe, Secure, SecurePipe
from asgi_compare.judge.server.observed import Connection

MAX_RECEIVED = 16 << 20
"""Bytes after which the client hangs up."""
MAX_LOGGED = 200
"""Entries of a log; what comes after them is counted, but not shown."""
SMALL_BUFFER = 16 << 10


class Line:
    """One connection, and what has been seen on it."""

    def __init__(self, pipe: Pipe, methods: Sequence[str], *, upgrade: bool) -> None:
        self.seen = Connection()
        self.reader = Reader(methods, upgrade=upgrade)
        self._frames = FrameReader()
        self._pipe = pipe
        self._began = time.monotonic()
        self._changed = asyncio.Event()
        self._reading = asyncio.Event()
        self._reading.set()
        self._task = asyncio.create_task(self._read())
        self._left = False

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        methods: Sequence[str],
        *,
        upgrade: bool = False,
        small: bool = False,
        path: str = "",
        secure: Secure | None = None,
    ) -> Line:
        """Connect; with `small`, as a client that can take little at a time.

        With a `path`, to the Unix domain socket there; with `secure`, over TLS.
        """
        sock = await connected(path or (host, port), small=small)
        pipe = SecurePipe(sock, secure) if secure else Pipe(sock)
        return cls(pipe, methods, upgrade=upgrade)

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return bool(self.seen.ended) or self._left

    def frames(self) -> tuple[Frame, ...]:
        """Return the WebSocket frames that have come."""
        return self._frames.read(self.reader.buffer) if self.reader.switched else ()

    def note(self, did: str, data: bytes = b"") -> None:
        """Write down something with the time."""
        if len(self.seen.log) < MAX_LOGGED:
            self.seen.log.append((time.monotonic() - self._began, did, data))

    async def say(self, data: bytes, limit: float = 5.0) -> None:
        """Send bytes; what the server does not take is written down."""
        if self._left:
            return
        self.note("sent", data)
        try:
            await asyncio.wait_for(self._pipe.send(data), limit)
        except TimeoutError:
            self.note(f"the server did not take all of it within {limit:g} s")
        except OSError as error:
            self.note(f"sending ended with {type(error).__name__}")

    async def wait(self, condition: Callable[[], bool], limit: float) -> None:
        """Wait until the condition holds or nothing more will come."""
        began = time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not condition() and not self.over:
                    self._changed.clear()
                    await self._changed.wait()
        self.seen.waited = (*self.seen.waited, time.monotonic() - began)

    def stop_reading(self) -> None:
        """Leave what comes where it is."""
        self._reading.clear()

    def read_on(self) -> None:
        """Read again."""
        self._reading.set()

    def half_close(self) -> None:
        """Say that nothing more will be said."""
        self.note("said that nothing more will be said")
        self._pipe.half_close()

    async def leave(self, *, reset: bool = False, notify: bool = True) -> Connection:
        """End the connection, and give what was seen on it."""
        if not self._left:
            self._left = True
            if not self.seen.ended:
                self.note("reset the connection" if reset else "closed the connection")
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._pipe.close(reset=reset, notify=notify)
        self.seen.tls, self.seen.notified = self._pipe.negotiated, self._pipe.notified
        self.seen.answers = self.reader.answers
        self.seen.problem = self.reader.problem
        self.seen.rest = self.reader.rest
        self.seen.frames = self.frames()
        return self.seen

    async def _read(self) -> None:
        while not self.seen.ended:
            await self._reading.wait()
            try:
                data = await self._pipe.receive()
            except OSError as error:
                if isinstance(error, ssl.SSLError):
                    self.note(f"TLS ended with {error.reason or error}")
                self._end("reset")
            else:
                self._take(data)
            self._changed.set()
            # What is there at once is given without a pause; limits want one.
            await asyncio.sleep(0)

    def _take(self, data: bytes) -> None:
        at = time.monotonic() - self._began
        self.reader.feed(data, at)
        self.seen.received += len(data)
        if data:
            self.note("received", data)
        else:
            self._end("closed")
        if self.seen.received > MAX_RECEIVED:
            self.note(f"took {MAX_RECEIVED} bytes, and no more")
            self._end("closed")

    def _end(self, how: str) -> None:
        self.seen.ended = "reset" if how == "reset" else "closed"
        self.seen.ended_at = time.monotonic() - self._began
        self.note(f"the server {how} the connection")


async def connected(
    address: str | tuple[str, int], *, small: bool = False
) -> socket.socket:
    """Return a socket that is connected: to a path, or to a host and port."""
    if isinstance(address, str):
        sock = socket.socket(socket.AF_UNIX)
    else:
        sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    try:
        sock.setblocking(False)
        if not isinstance(address, str):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.sock_connect(sock, address), 5)
    except BaseException:
        sock.close()
        raise
    return sock
