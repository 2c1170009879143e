"""Caches that save work, and on which nothing depends.

When its server is away, a cache of Django's raises whatever its client raises, and a
page that is kept becomes an error 500. These say instead that they have nothing.
"""

import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class Forgiving:
    """Put before a backend, it makes of an error that nothing was found."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept, or the default."""
        try:
            return super().get(key, default, version)  # type: ignore[misc]
        except Exception as error:
            logger.warning("The cache could not be asked: %s.", error)
            return default

    def set(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep something."""
        try:
            super().set(key, value, timeout, version)  # type: ignore[misc]
        except Exception as error:
            logger.warning("Something could not be kept: %s.", error)


class ForgivingRedis(Forgiving, RedisCache):
    """Redis, which may be away."""


class Unreachable(LocMemCache):
    """A cache that is on another machine, and cannot be reached."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Raise."""
        raise ConnectionError("the cache is away")

    def set(self, *arguments: Any, **settings: Any) -> None:
        """Raise."""
        raise ConnectionError("the cache is away")


class Away(Forgiving, Unreachable):
    """The same, forgiven."""
