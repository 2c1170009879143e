"""How many are in a place at the same time."""

import threading
from types import TracebackType


class Gauge:
    """Counts who is inside: `with gauge as running:`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0

    def __enter__(self) -> int:
        """Go in, and give how many are inside now."""
        with self._lock:
            self._inside += 1
            return self._inside

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
