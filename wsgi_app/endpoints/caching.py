"""Chapter 11: a page that is kept, and what must not be.

Nothing is kept by itself: neither the interface nor a server does so. The question of a
cache is always the same: who may get this answer as well?
"""

import time
from wsgiref.types import StartResponse

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
from wsgi_app.cache import CACHE, CACHE_AWAY
from wsgi_app.environ import (
    BadRequest,
    Body,
    Environ,
    json_object,
    query,
    respond,
)

PRESS, MAKING = Press(), Gauge()


def article(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a page: one that is kept, if it is for all."""
    try:
        asked = read_asked(
            dict(query(environ)),
            environ.get("HTTP_ACCEPT_LANGUAGE"),
            environ.get("HTTP_COOKIE"),
            environ.get("HTTP_AUTHORIZATION"),
        )
    except Mistake as mistake:
        raise BadRequest(str(mistake)) from None
    page = kept(asked) if asked.for_all else make(asked)
    fields = fields_of(asked, page)
    if is_known(asked, page, environ.get("HTTP_IF_NONE_MATCH")):
        return respond(start_response, b"", 304, fields)
    return json_object(start_response, page.content(), headers=fields)


def kept(asked: Asked) -> Page:
    """Return the page of the cache."""
    cache = CACHE_AWAY if asked.away else CACHE
    return cache.page(asked.key, lambda: make(asked))


def make(asked: Asked) -> Page:
    """Make a page, which takes a while."""
    with MAKING as running:
        time.sleep(asked.seconds)
        return PRESS.make(asked, running)
