"""What happened to a piece of work, line by line."""

import threading


class Ledger:
    """Keeps the lines written about each piece of work, by its id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, list[str]] = {}

    def open(self, key: str) -> None:
        """Begin a fresh page for `key`; what was written before is gone."""
        with self._lock:
            self._lines[key] = []

    def write(self, key: str, line: str) -> None:
        """Add a line to the page of `key`."""
        with self._lock:
            self._lines.setdefault(key, []).append(line)

    def read(self, key: str) -> list[str]:
        """Return the lines of `key`; none, if nobody has written any."""
        with self._lock:
            return list(self._lines.get(key, ()))
