"""What stands between the processes of a system, as far as their rules know it.

An application brings a client of it (`ports.py`): a `Broker` for an event loop, a
`BlockingBroker` for threads. A hub has one connection, which its link opens when it is
first needed, and closes when nobody uses it any more.

    link = Link(open_broker, SCRIPT, PREFIX)
    await link.run("load", name)            # one run of the script
    async with link.used() as broker: ...   # for as long as the feed is followed
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from threading import Lock
from typing import Any, Protocol

Entry = tuple[str, Mapping[str, str]]
"""One of a stream: its id and its fields."""


class Broker(Protocol):
    """What an application's client of the broker does, in a coroutine."""

    async def run(self, script: str, key: str, *arguments: str) -> Any:
        """Run a script. Raise `ConnectionError` if the broker is away."""
        ...

    async def read(self, stream: str, after: str, seconds: float) -> Sequence[Entry]:
        """Return what a stream has after an entry; wait for it that long."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class BlockingBroker(Protocol):
    """The same, in a thread."""

    def run(self, script: str, key: str, *arguments: str) -> Any:
        """Run a script. Raise `ConnectionError` if the broker is away."""
        ...

    def read(self, stream: str, after: str, seconds: float) -> Sequence[Entry]:
        """Return what a stream has after an entry; wait for it that long."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class Link:
    """The connection of one event loop."""

    def __init__(
        self, open_broker: Callable[[], Broker], script: str, prefix: str
    ) -> None:
        self._open_broker = open_broker
        self._script, self._prefix = script, prefix
        self._opened: Broker | None = None
        self._users = 0

    async def run(self, *arguments: str) -> Any:
        """Run the system's script. Raise `ConnectionError` if the broker is away."""
        async with self.used() as broker:
            return await broker.run(self._script, self._prefix, *arguments)

    @asynccontextmanager
    async def used(self) -> AsyncIterator[Broker]:
        """Keep the connection open; the last one who uses it closes it."""
        if self._opened is None:
            self._opened = self._open_broker()
        opened = self._opened
        self._users += 1
        try:
            yield opened
        finally:
            self._users -= 1
            if not self._users:
                # Before it is waited for: who comes now opens another one.
                self._opened = None
                await opened.close()


class ThreadLink:
    """The connection of one process. Any thread may use it."""

    def __init__(
        self, open_broker: Callable[[], BlockingBroker], script: str, prefix: str
    ) -> None:
        self._open_broker = open_broker
        self._script, self._prefix = script, prefix
        self._opened: BlockingBroker | None = None
        self._users = 0
        self._lock = Lock()

    def run(self, *arguments: str) -> Any:
        """Run the system's script. Raise `ConnectionError` if the broker is away."""
        with self.used() as broker:
            return broker.run(self._script, self._prefix, *arguments)

    @contextmanager
    def used(self) -> Iterator[BlockingBroker]:
        """Keep the connection open; the last one who uses it closes it."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open_broker()
            opened = self._opened
            self._users += 1
        try:
            yield opened
        finally:
            with self._lock:
                self._users -= 1
                is_unused = not self._users
                if is_unused:
                    self._opened = None
            if is_unused:
                opened.close()


def once_arguments(nonce: str, until: float, now: float) -> tuple[str, str]:
    """Return for how long the use of a token is noted, behind its nonce."""
    return nonce, str(max(1, int(until - now) + 1))
