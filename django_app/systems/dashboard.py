"""The views of the dashboard: the page, reports, and the stream of changes.

Under ASGI the stream is an async generator, which Django cancels when the client has
left; under WSGI an ordinary one, which holds a thread until the server closes it. The
views are async, since under ASGI the boards belong to the event loop. The WebSocket is
in `consumers/dashboard.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from time import time
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import LONGEST_BODY, sign_in, token_shown
from asgi_compare.domain.systems.dashboard import format_event, to_json
from asgi_compare.domain.systems.dashboard.entrance import Asked, asked_for, status_of
from asgi_compare.domain.systems.dashboard.hub import Hub
from asgi_compare.domain.systems.dashboard.threads import ThreadHub
from asgi_compare.domain.systems.pages import DASHBOARD, HEADERS
from asgi_compare.domain.systems.untrusted import Refused
from django_app.streams import is_asgi
from django_app.systems.ports import async_broker, broker
from django_app.views.streaming import number

THREADS = ThreadHub(broker())
HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
LONGEST_WAIT = 20.0
"""Seconds that a long poll may take; a proxy gives up after 30 or 60."""
AT_ONCE = {
    # nginx and others would collect small pieces; this asks them not to.
    "X-Accel-Buffering": "no",
    # Django's own GZipMiddleware collects them too, under WSGI. It leaves alone what
    # has an encoding.
    "Content-Encoding": "identity",
}


def hub() -> Hub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(async_broker())
    return HUBS[loop]


@require_safe
def dashboard_page(request: HttpRequest) -> HttpResponseBase:
    """Answer with the page."""
    return HttpResponse(DASHBOARD.read_bytes(), headers=HEADERS)


# A token needs no cookie, so nobody can be made to ask for one against their will.
@csrf_exempt
@require_POST
@never_cache
def dashboard_token(request: HttpRequest) -> JsonResponse:
    """Answer with a token."""
    token = sign_in(request.read(LONGEST_BODY + 1), time())
    if isinstance(token, Refused):
        return refuse(token)
    return JsonResponse({"token": token})


# No page elsewhere can make a report: it cannot set the header.
@csrf_exempt
@require_POST
async def dashboard_figures(request: HttpRequest) -> HttpResponseBase:
    """Take a report."""
    token = token_shown(request.headers.get("Authorization", ""), time())
    if isinstance(token, Refused):
        return refuse(token)
    body = request.read(LONGEST_BODY + 1)
    if is_asgi(request):
        refused = await hub().report(token.user, body)
    else:
        refused = await sync_to_async(THREADS.report)(token.user, body)
    return refuse(refused) if refused else HttpResponse(status=204)


@require_GET
@never_cache
async def dashboard_events(request: HttpRequest) -> HttpResponseBase:
    """Send what changes, until the client has left."""
    asked = allowed(request, hub() if is_asgi(request) else THREADS)
    if isinstance(asked, Refused):
        return refuse(asked)
    pieces = events_asgi(asked) if is_asgi(request) else events_wsgi(asked)
    return StreamingHttpResponse(pieces, content_type=sse.CONTENT_TYPE, headers=AT_ONCE)


async def events_asgi(asked: Asked) -> AsyncIterator[bytes]:
    """Yield what changes, and a sign of life now and then."""
    found = hub().events(asked.token.user, asked.board, asked.position)
    async with aclosing(found):
        async for event in found:
            yield (format_event(event) if event else sse.format_comment()).encode()


def events_wsgi(asked: Asked) -> Iterator[bytes]:
    """Yield the same; without signs of life nobody hears of a leaving."""
    for event in THREADS.events(asked.token.user, asked.board, asked.position):
        yield (format_event(event) if event else sse.format_comment()).encode()


@require_GET
@never_cache
def dashboard_poll(request: HttpRequest) -> HttpResponseBase:
    """Answer with the next change, as soon as there is one."""
    if is_asgi(request):
        return refuse(Refused("events", "Open the stream at events instead."))
    asked = allowed(request, THREADS)
    if isinstance(asked, Refused):
        return refuse(asked)
    seconds = min(number(request, "timeout", 20), LONGEST_WAIT)
    event = THREADS.poll(asked.token.user, asked.board, asked.position, seconds)
    if event is None:
        return HttpResponse(status=204)
    return HttpResponse(to_json(event), content_type="application/json")


def allowed(request: HttpRequest, boards: Hub | ThreadHub) -> Asked | Refused:
    """Return what is asked for, if it may be."""
    last = request.headers.get("Last-Event-ID")
    asked = asked_for(request.GET.dict().items(), last, time())
    if isinstance(asked, Refused):
        return asked
    return boards.why_not(asked.token.user, asked.board) or asked


def refuse(why: Refused) -> JsonResponse:
    """Answer with the reason."""
    return JsonResponse({"error": why.sentence}, status=status_of(why))


urlpatterns = [
    path("systems/dashboard/", dashboard_page),
    path("systems/dashboard/token", dashboard_token),
    path("systems/dashboard/figures", dashboard_figures),
    path("systems/dashboard/events", dashboard_events),
    path("systems/dashboard/poll", dashboard_poll),
]
