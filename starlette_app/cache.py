"""Pages that are kept for a while, and made once even if many ask at the same time.

Without the second half a page that everybody wants is made by everybody at the moment
when it is too old: a stampede. Here those who come while it is being made wait for the
one who makes it. That holds for one process; several make it once each.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Protocol

from asgi_compare.domain.caching import LIFE, AwayShelf, Page, Shelf
from starlette_app.systems.ports import Broker

logger = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where texts are kept; ConnectionError if it is away."""

    async def get(self, key: str) -> str | None:
        """Return what is kept, if it is not too old."""
        ...

    async def put(self, key: str, text: str) -> None:
        """Keep a text."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Here:
    """In memory."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def get(self, key: str) -> str | None:
        """Return what is kept, if it is not too old."""
        return self._shelf.get(key)

    async def put(self, key: str, text: str) -> None:
        """Keep a text."""
        self._shelf.put(key, text)

    async def close(self) -> None:
        """Do nothing."""


class There:
    """In the Redis that `CACHE_URL` names, for all processes."""

    def __init__(self, url: str) -> None:
        self._broker = Broker(url)

    async def get(self, key: str) -> str | None:
        """Return what is kept; Redis forgets what is too old."""
        script = "return redis.call('GET', KEYS[1])"
        found: str | None = await self._broker.run(script, _name(key))
        return found

    async def put(self, key: str, text: str) -> None:
        """Keep a text."""
        script = "return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])"
        await self._broker.run(script, _name(key), text, str(LIFE))

    async def close(self) -> None:
        """Close all connections."""
        await self._broker.close()


def _name(key: str) -> str:
    return f"starlette_app article {key}"


class Cache:
    """The pages of one event loop."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._making: dict[str, asyncio.Task[Page]] = {}

    async def page(self, key: str, make: Callable[[], Awaitable[Page]]) -> Page:
        """Return a page that is kept, or is being made, or else make it."""
        if (kept := await self._get(key)) is not None:
            return Page.from_json(kept)
        if (making := self._making.get(key)) is None:
            making = asyncio.create_task(self._make(key, make))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key))
        # The one who came first may leave; that must not end it for the others.
        return await asyncio.shield(making)

    async def close(self) -> None:
        """Close what it has opened."""
        await self._keeper.close()

    async def _make(self, key: str, make: Callable[[], Awaitable[Page]]) -> Page:
        # It may have been made since one looked: looking takes a while.
        if (kept := await self._get(key)) is not None:
            return Page.from_json(kept)
        page = await make()
        try:
            await self._keeper.put(key, page.to_json())
        except ConnectionError as error:
            logger.warning("A page could not be kept: %s.", error)
        return page

    async def _get(self, key: str) -> str | None:
        try:
            return await self._keeper.get(key)
        except ConnectionError as error:
            # A cache saves work, and nothing depends on it.
            logger.warning("The cache could not be asked: %s.", error)
            return None


def make_cache() -> Cache:
    """Return a cache in Redis if there is one, else in memory."""
    url = os.environ.get("CACHE_URL", "")
    return Cache(There(url) if url else Here(Shelf()))


def make_cache_away() -> Cache:
    """Return one whose server cannot be reached."""
    return Cache(Here(AwayShelf()))


STAND_IN, CACHE_AWAY = make_cache(), make_cache_away()
"""Where the server has no lifespan; and one whose server cannot be reached."""
