"""What stands between the processes of a system: a Redis or Valkey, if there is one.

Without `REDIS_URL` a system lives in one process, and there is no broker. Channels has
a connection of its own, for its groups: see `CHANNEL_LAYERS` in the settings.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

Entry = tuple[str, Mapping[str, str]]
"""One of a stream: its id and its fields."""


def broker() -> "Callable[[], Broker] | None":
    """Return how to open the broker that `REDIS_URL` names, for threads."""
    url = os.environ.get("REDIS_URL", "")
    return (lambda: Broker(url)) if url else None


def async_broker() -> "Callable[[], AsyncBroker] | None":
    """Return how to open it for an event loop."""
    url = os.environ.get("REDIS_URL", "")
    return (lambda: AsyncBroker(url)) if url else None


# One more attempt is for a connection of the pool that has died meanwhile; then whoever
# asks has a user who waits. redis-py 8 gives up a socket that is silent for 5 s, so
# nothing here may block for longer. A script is sent as a hash, and once as a text.


class Broker:
    """A client of Redis. Its errors are `ConnectionError`, whatever they were."""

    def __init__(self, url: str) -> None:
        from redis import Redis  # only here: most run without one
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        once_more = Retry(NoBackoff(), 1)
        self._redis = Redis.from_url(url, decode_responses=True, retry=once_more)

    def run(self, script: str, key: str, *arguments: str) -> Any:
        """Run a script. Raise `ConnectionError` if the broker is away."""
        from redis.exceptions import RedisError

        try:
            return self._redis.register_script(script)([key], arguments)
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error

    def read(self, stream: str, after: str, seconds: float) -> list[Entry]:
        """Return what a stream has after an entry; wait for it that long."""
        from redis.exceptions import RedisError

        try:
            found = self._redis.xread({stream: after}, block=_milliseconds(seconds))
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error
        return [entry for _, entries in _streams(found) for entry in entries]

    def close(self) -> None:
        """Close all connections."""
        self._redis.close()


class AsyncBroker:
    """The same for an event loop."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        once_more = Retry(NoBackoff(), 1)
        self._redis = Redis.from_url(url, decode_responses=True, retry=once_more)

    async def run(self, script: str, key: str, *arguments: str) -> Any:
        """Run a script. Raise `ConnectionError` if the broker is away."""
        from redis.exceptions import RedisError

        try:
            return await self._redis.register_script(script)([key], arguments)
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error

    async def read(self, stream: str, after: str, seconds: float) -> list[Entry]:
        """Return what a stream has after an entry; wait for it that long."""
        from redis.exceptions import RedisError

        block = _milliseconds(seconds)
        try:
            found = await self._redis.xread({stream: after}, block=block)
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error
        return [entry for _, entries in _streams(found) for entry in entries]

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))  # 0 would wait without end


def _streams(found: Any) -> Any:
    """Return the streams of an answer, which has a form for each protocol version."""
    if isinstance(found, dict):
        return [(name, entries[0]) for name, entries in found.items()]
    return found or []


class SharedText:
    """A document of Yjs, by pycrdt, which is Rust: it never waits."""

    def __init__(self) -> None:
        from pycrdt import Doc  # only here: most run without it

        self._document: Doc[Any] = Doc()

    def state(self) -> bytes:
        """Return what it has, in short."""
        return self._document.get_state()

    def update(self, state: bytes = b"\x00") -> bytes:
        """Return what who has that state misses. Raise `ValueError` if it is none."""
        return self._document.get_update(state)

    def apply(self, update: bytes) -> None:
        """Take an update in. Raise `ValueError` if it is none."""
        self._document.apply_update(update)
