"""Pieces of an answer that come from a thread and are heard in a loop.

Only a few may be on their way: if nobody hears them, the thread waits, and with it the
server, or the application.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
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

    def put(self, piece: bytes) -> bool:
        """Pass a piece on, when there is room; return False if nobody hears it."""
        while not self._room.acquire(timeout=WAKES):
            if self._over.is_set():
                return False
        self._tell(piece)
        return not self._over.is_set()

    def finish(self) -> None:
        """Say that there are no more."""
        self._tell(None)

    def stop(self) -> None:
        """Hear no more."""
        self._over.set()

    async def heard(self) -> AsyncIterator[bytes]:
        """Yield the pieces."""
        while (piece := await self._arrived.get()) is not None:
            yield piece
            self._room.release()

    def _tell(self, piece: bytes | None) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody listens
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, piece)
