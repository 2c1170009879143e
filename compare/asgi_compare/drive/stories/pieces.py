"""Pieces of an answer that come from a thread and are heard in a loop.

Only a few may be on their way: if nobody hears them, the thread waits, and with it the
server, or the application.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

WAKES = 0.1
"""Seconds between two looks at whether it is over."""


class Pieces:
    """A way from one thread to one loop."""

    def __init__(self, most: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(most)
        self._over = threading.Event()
        self.whole = False
        self._status: asyncio.Future[int] = self._loop.create_future()

    async def status(self) -> int:
        """Wait for the status of the answer; 0 if there is none."""
        return await asyncio.shield(self._status)

    def begin(self, status: int) -> None:
        """Say how the answer has begun."""
        self._call(self._begin, status)

    def put(self, piece: bytes) -> bool:
        """Pass a piece on, when there is room; return False if nobody hears it."""
        while not self._room.acquire(timeout=WAKES):
            if self._over.is_set():
                return False
        self._tell(piece)
        return not self._over.is_set()

    def finish(self) -> None:
        """Say that there are no more."""
        self._call(self._begin, 0)
        self._tell(None)

    def stop(self) -> None:
        """Hear no more."""
        self._over.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces."""
        while (piece := await self._arrived.get()) is not None:
            yield piece
            self._room.release()

    def _begin(self, status: int) -> None:
        if not self._status.done():
            self._status.set_result(status)

    def _tell(self, piece: bytes | None) -> None:
        self._call(self._arrived.put_nowait, piece)

    def _call(self, function: Callable[..., None], argument: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody listens
            self._loop.call_soon_threadsafe(function, argument)
