"""The last lines of what a process wrote, made safe to show.

A thread reads the pipe for as long as anybody holds its other end, so that a server
that floods its log is neither blocked by us nor able to fill our memory or a disk: what
is older than the last 64 KiB is forgotten.

What a process writes is not to be trusted: whoever shows it on a terminal must not send
along what moves the cursor or rings the bell.
"""

from __future__ import annotations

import os
import threading
from typing import IO

from asgi_compare.model.sanitize import clean

KEPT_BYTES = 1 << 16
KEPT_WIDTH = 500
"""Characters kept of one line."""


class Log:
    """What came out of a pipe lately."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._read, name="log", daemon=True)
        self._thread.start()

    def tail(self, lines: int = 20) -> list[str]:
        """Return the last lines, without what is not printable."""
        text = self._kept.decode("utf-8", "backslashreplace")
        return [
            clean(line.expandtabs(4))[:KEPT_WIDTH]
            for line in text.splitlines()[-lines:]
        ]

    def finish(self, limit: float = 1.0) -> None:
        """Read to the end, for when all that held the pipe are dead."""
        self._thread.join(limit)

    def _read(self) -> None:
        with self._pipe:
            while piece := os.read(self._pipe.fileno(), KEPT_BYTES):
                self._kept = (self._kept + piece)[-KEPT_BYTES:]
