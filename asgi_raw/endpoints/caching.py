"""Chapter 11: a page that is kept, and what must not be.

Nothing is kept by itself: neither the interface nor a server does so. The question of a
cache is always the same: who may get this answer as well?
"""

import asyncio

from asgi_compare.domain import Gauge
from asgi_compare.domain.caching import (
    Asked,
    Mistake,
    Page,
    Press,
    fields_of,
    is_known,
    read_asked,
)
from asgi_raw.cache import Cache
from asgi_raw.events import (
    BadRequest,
    Receive,
    Scope,
    Send,
    header,
    json_object,
    query,
    respond,
)
from asgi_raw.lifespan import shared

PRESS, MAKING = Press(), Gauge()


async def article(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a page: one that is kept, if it is for all."""
    try:
        asked = read_asked(
            dict(query(scope)),
            native(scope, b"accept-language"),
            native(scope, b"cookie"),
            native(scope, b"authorization"),
        )
    except Mistake as mistake:
        raise BadRequest(str(mistake)) from None
    page = await (kept(scope, asked) if asked.for_all else make(asked))
    fields = [(name.encode(), value.encode()) for name, value in fields_of(asked, page)]
    if is_known(asked, page, native(scope, b"if-none-match")):
        return await respond(send, b"", 304, fields)
    await json_object(send, page.content(), headers=fields)


async def kept(scope: Scope, asked: Asked) -> Page:
    """Return the page of the cache."""
    name = "cache_away" if asked.away else "cache"
    cache: Cache = shared(scope)[name]
    return await cache.page(asked.key, lambda: make(asked))


async def make(asked: Asked) -> Page:
    """Make a page, which takes a while."""
    with MAKING as running:
        await asyncio.sleep(asked.seconds)
        return PRESS.make(asked, running)


def native(scope: Scope, name: bytes) -> str | None:
    """Return a header field as a string."""
    value = header(scope, name)
    return None if value is None else value.decode("latin-1")
