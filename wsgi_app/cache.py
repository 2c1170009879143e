"""Pages that are kept for a while, and made once even if many ask at the same time.

Without the second half a page that everybody wants is made by everybody at the moment
when it is too old: a stampede. Here those who come while it is being made wait for the
one who makes it. That holds for one process; several make it once each.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from asgi_compare.domain.caching import LIFE, AwayShelf, Page, Shelf
from wsgi_app.systems.ports import Broker

Making = Future[Page]
logger = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where texts are kept; ConnectionError if it is away."""

    def get(self, key: str) -> str | None:
        """Return what is kept, if it is not too old."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        ...


class Here:
    """In memory."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def get(self, key: str) -> str | None:
        """Return what is kept, if it is not too old."""
        return self._shelf.get(key)

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        self._shelf.put(key, text)


class There:
    """In the Redis that `CACHE_URL` names, for all processes."""

    def __init__(self, url: str) -> None:
        self._broker = Broker(url)

    def get(self, key: str) -> str | None:
        """Return what is kept; Redis forgets what is too old."""
        script = "return redis.call('GET', KEYS[1])"
        found: str | None = self._broker.run(script, _name(key))
        return found

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        script = "return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])"
        self._broker.run(script, _name(key), text, str(LIFE))


def _name(key: str) -> str:
    return f"wsgi_app article {key}"


class Cache:
    """The pages of one process."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._lock = threading.Lock()
        self._making: dict[str, Making] = {}

    def page(self, key: str, make: Callable[[], Page]) -> Page:
        """Return a page that is kept, or is being made, or else make it."""
        if (kept := self._get(key)) is not None:
            return Page.from_json(kept)
        with self._lock:
            making = self._making.get(key)
            if making is None:
                mine: Making = Future()
                self._making[key] = mine
        if making is not None:
            return making.result()
        try:
            mine.set_result(self._make(key, make))
        except BaseException as error:
            mine.set_exception(error)  # the others have waited for this, too
        finally:
            del self._making[key]
        return mine.result()

    def _make(self, key: str, make: Callable[[], Page]) -> Page:
        # It may have been made since one looked: looking takes a while.
        if (kept := self._get(key)) is not None:
            return Page.from_json(kept)
        page = make()
        try:
            self._keeper.put(key, page.to_json())
        except ConnectionError as error:
            logger.warning("A page could not be kept: %s.", error)
        return page

    def _get(self, key: str) -> str | None:
        try:
            return self._keeper.get(key)
        except ConnectionError as error:
            # A cache saves work, and nothing depends on it.
            logger.warning("The cache could not be asked: %s.", error)
            return None


def make_cache() -> Cache:
    """Return a cache in Redis if there is one, else in memory."""
    url = os.environ.get("CACHE_URL", "")
    return Cache(There(url) if url else Here(Shelf()))


CACHE, CACHE_AWAY = make_cache(), Cache(Here(AwayShelf()))
"""For all requests of this process; and one whose server cannot be reached."""
