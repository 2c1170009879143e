"""What three caches do between looking for a page and making it."""

from __future__ import annotations

from types import ModuleType

import pytest

import asgi_raw.cache
import starlette_app.cache
import wsgi_app.cache
from asgi_compare.domain.caching import Page

KEPT = Page("id", "en", "text", None, made=1, running=1, thread=0)


class Made:
    """Has nothing when one first looks, and then what another has made meanwhile."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self) -> str | None:
        self.looks += 1
        return None if self.looks == 1 else KEPT.to_json()


class MadeAsync(Made):
    async def get(self, key: str) -> str | None:
        return self.look()


class MadeSync(Made):
    def get(self, key: str) -> str | None:
        return self.look()


@pytest.mark.parametrize(
    "module", [asgi_raw.cache, starlette_app.cache], ids=lambda each: each.__name__
)
async def test_page_made_meanwhile_is_not_made_again(module: ModuleType) -> None:
    async def make() -> Page:
        raise AssertionError("It was made again.")

    assert await module.Cache(MadeAsync()).page("key", make) == KEPT


def test_page_made_meanwhile_in_another_thread_is_not_made_again() -> None:
    def make() -> Page:
        raise AssertionError("It was made again.")

    cache = wsgi_app.cache.Cache(MadeSync())  # type: ignore[arg-type]
    assert cache.page("key", make) == KEPT
