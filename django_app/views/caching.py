"""Chapter 11: a page that is kept, and what must not be.

`cache_page` keeps an answer of a view, by its address and by the request's fields that
the answer's Vary names. It keeps none that says `private` or `no-store`; and none that
sets a cookie while Vary names Cookie. All of that is for the view to say.

It does not see to it that a page is made once: of fifty who come at the same time, each
finds nothing and makes it. And it takes the language that Django has chosen in place of
Accept-Language, so it wants `LocaleMiddleware` where a view looks at that field.
"""

import time

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_page
from django.views.decorators.http import conditional_page, require_safe

from asgi_compare.domain import Gauge
from asgi_compare.domain.caching import (
    LIFE,
    Mistake,
    Press,
    fields_of,
    read_asked,
)

PRESS, MAKING = Press(), Gauge()


@require_safe
@conditional_page
def article(request: HttpRequest) -> HttpResponse:
    """Answer with a page: one that is kept, if it is for all."""
    cache = "away" if request.GET.get("cache") == "away" else "default"
    view = cache_page(LIFE, cache=cache)(_article)
    found: HttpResponse = view(request)
    return found


def _article(request: HttpRequest) -> HttpResponse:
    """Make a page, which takes a while."""
    field = request.headers.get
    try:
        asked = read_asked(
            request.GET.dict(),
            field("Accept-Language"),
            field("Cookie"),
            field("Authorization"),
        )
    except Mistake as mistake:
        raise BadRequest(str(mistake)) from None
    with MAKING as running:
        time.sleep(asked.seconds)
        page = PRESS.make(asked, running)
    return JsonResponse(page.content(), headers=dict(fields_of(asked, page)))
