"""Chapter 11: a page that is kept, and what must not be.

Starlette has no cache: what is kept, and what is said of it, is written here. The
question is always the same: who may get this answer as well?
"""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

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
from starlette_app.cache import CACHE_AWAY, STAND_IN, Cache

PRESS, MAKING = Press(), Gauge()


async def article(request: Request) -> Response:
    """Answer with a page: one that is kept, if it is for all."""
    sent = request.headers
    try:
        asked = read_asked(
            request.query_params,
            sent.get("accept-language"),
            sent.get("cookie"),
            sent.get("authorization"),
        )
    except Mistake as mistake:
        raise HTTPException(400, str(mistake)) from None
    page = await (kept(request, asked) if asked.for_all else make(asked))
    fields = dict(fields_of(asked, page))  # no name is there twice
    if is_known(asked, page, sent.get("if-none-match")):
        return Response(status_code=304, headers=fields)
    return JSONResponse(page.content(), headers=fields)


async def kept(request: Request, asked: Asked) -> Page:
    """Return the page of the cache."""
    opened: Cache = getattr(request.state, "cache", STAND_IN)
    cache = CACHE_AWAY if asked.away else opened
    return await cache.page(asked.key, lambda: make(asked))


async def make(asked: Asked) -> Page:
    """Make a page, which takes a while."""
    with MAKING as running:
        await asyncio.sleep(asked.seconds)
        return PRESS.make(asked, running)
