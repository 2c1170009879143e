"""What waits to be sent to one client, and what to do when that client does not read.

A connection without a bound on what waits grows until the process dies. There are three
policies: wait for the slow one (and all others wait too), drop messages (and the slow
one shows something false), or close. We close, with code 1013 "try again later": the
client comes back with the last number it has, and loses nothing.

    backlog = Backlog(limit=100)
    if not backlog.put(message):      # whoever broadcasts never waits
        close(backlog.close_code, backlog.reason)

This is the rule alone. Whoever uses it adds the waiting: an `asyncio.Event`, as
`Outgoing` does, or a `threading.Condition` that is also the lock.
"""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

WAITING = 50
"""Messages that may wait for one client."""
HALF = WAITING // 2
TRY_AGAIN_LATER = 1013
"""From the IANA registry of WebSocket close codes."""


class Backlog(Generic[Item]):
    """A bounded queue that is over once it has been full."""

    close_code = TRY_AGAIN_LATER

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Item] = deque()
        self._overflowed = False

    def __len__(self) -> int:
        return len(self._items)

    @property
    def overflowed(self) -> bool:
        """Whether the client read too slowly and must be closed."""
        return self._overflowed

    @property
    def reason(self) -> str:
        """The reason to send with the close code; at most 123 bytes are allowed."""
        return f"More than {self._limit} messages are waiting; come back for the rest."

    def put(self, item: Item) -> bool:
        """Add `item`, or return False when the client must be closed instead.

        What waited is dropped then: the client is told to ask for it again, and would
        not read it any sooner.
        """
        if len(self._items) >= self._limit:
            self._overflowed = True
            self._items.clear()
        if self._overflowed:
            return False
        self._items.append(item)
        return True

    def take(self) -> Item | None:
        """Take out what has waited longest; None if nothing waits."""
        return self._items.popleft() if self._items else None

    def take_all(self) -> list[Item]:
        """Take out everything that waits, in order."""
        items = list(self._items)
        self._items.clear()
        return items


@dataclass(eq=False)
class Held(Generic[Item]):
    """A client on threads, and what waits for it; whoever calls it holds a lock."""

    user: str
    name: str = field(default_factory=secrets.token_urlsafe)
    ended: tuple[int, str] | None = None
    """Why it has to come back, as the code and reason that a WebSocket would get."""
    backlog: Backlog[Item] = field(default_factory=lambda: Backlog(WAITING))

    def put(self, item: Item) -> None:
        """Keep something for it, or end it if too much waits already."""
        if not self.backlog.put(item):
            self.ended = self.ended or (self.backlog.close_code, self.backlog.reason)


@dataclass(eq=False)
class Outgoing(Generic[Item]):
    """A connection in an event loop, and what waits to be sent to it."""

    user: str
    name: str = field(default_factory=secrets.token_urlsafe)
    ended: tuple[int, str] | None = None
    """With which code and reason it must be closed."""
    _backlog: Backlog[Item] = field(default_factory=lambda: Backlog(WAITING))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _taken: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    """Apart from `_changed`: a message need not wake who waits for the end."""

    def put(self, item: Item) -> None:
        """Have it sent, or the connection closed if too much waits already."""
        if not self._backlog.put(item):
            self.end(self._backlog.close_code, self._backlog.reason)
        self._changed.set()

    def end(self, code: int, reason: str) -> None:
        """Have the connection closed."""
        self.ended = self.ended or (code, reason)
        self._changed.set()
        self._taken.set()
        self._over.set()

    @property
    def overflowed(self) -> bool:
        """Whether it did not read, and what waited for it is dropped."""
        return self._backlog.overflowed

    async def take(self) -> Item | None:
        """Wait, and return what is to be sent next; None when it must be closed.

        One at a time: what was taken out is not counted as waiting any more.
        """
        while (item := self._backlog.take()) is None and not self.ended:
            self._changed.clear()
            await self._changed.wait()
        self._taken.set()
        return item

    async def until_room(self) -> None:
        """Wait until at most half of what may wait does so.

        Whoever has been answered waits here before the next message is received.
        Else a client that sends faster than it is answered would be taken for one that
        does not read.
        """
        while len(self._backlog) > HALF and not self.ended:
            self._taken.clear()
            await self._taken.wait()

    async def until_ended(self) -> tuple[int, str]:
        """Wait until the connection must be closed."""
        while self.ended is None:
            await self._over.wait()
        return self.ended
