"""Recognise what has come before, for as long as it could come again.

A sender that retries sends some things twice; an attacker replays. Both are told from
the first time by a key. Each key is kept until a time that its user names, after which
a second coming is refused for another reason (its token has expired, its sender has
given up), so memory is bounded by the rate and the span. Not locked: threads that
share one must hold a lock of their own.
"""

import heapq


class Seen:
    """The keys that have come and may come again."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._until: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._keys)

    def first(self, key: str, until: float, now: float) -> bool:
        """Return True the first time that `key` comes; remember it until `until`."""
        while self._until and self._until[0][0] < now:
            self._keys.discard(heapq.heappop(self._until)[1])
        if key in self._keys:
            return False
        self._keys.add(key)
        heapq.heappush(self._until, (until, key))
        return True
