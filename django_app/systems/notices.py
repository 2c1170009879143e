"""Notices: one event, told to a user in many ways.

Read it beside `asgi_raw/systems/notices.py`. The views that ask the database are sync
ones; under ASGI Django calls them in a thread. Those that wait are async, and ask in
threads themselves. The WebSocket is in `consumers/notices.py`. Who sends are threads,
from the first request on; a project in earnest has a management command for them.
"""

import os
from collections.abc import Callable
from dataclasses import asdict
from functools import partial, wraps
from time import time

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
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    LONGEST_BODY,
    sign_in,
    token_in,
    token_shown,
)
from asgi_compare.domain.systems.notices.desk import Desk
from asgi_compare.domain.systems.notices.letters import as_json
from asgi_compare.domain.systems.notices.news import (
    LONGEST_WAIT,
    events_in_thread,
    events_on_loop,
    number_in,
    wait_in_thread,
    wait_on_loop,
)
from asgi_compare.domain.systems.notices.settings import read_settings
from asgi_compare.domain.systems.notices.threads import Senders
from asgi_compare.domain.systems.notices.wishes import (
    read_order,
    read_push,
    read_wishes,
    status_of,
)
from asgi_compare.domain.systems.pages import HEADERS, NOTICES
from asgi_compare.domain.systems.untrusted import Refused
from django_app.streams import is_asgi
from django_app.systems.senders import channels
from django_app.systems.store import Store
from django_app.views.streaming import number

SETTINGS = read_settings(os.environ)
DESK = Desk(Store(), SETTINGS.schedule, SETTINGS.lease)
OUTBOX = Desk(Store(keeps_open=True), SETTINGS.schedule, SETTINGS.lease)
SENDERS = Senders(OUTBOX, partial(channels, OUTBOX, SETTINGS), SETTINGS)


def desk() -> Desk:
    """Return the desk, and see that somebody sends what is put on it."""
    SENDERS.begin()
    return DESK


@require_safe
def notices_page(request: HttpRequest) -> HttpResponseBase:
    """Answer with the page."""
    return HttpResponse(NOTICES.read_bytes(), headers=HEADERS)


# A token needs no cookie, so nobody can be made to ask for one against their will.
@csrf_exempt
@require_POST
@never_cache
def notices_token(request: HttpRequest) -> JsonResponse:
    """Answer with a token."""
    token = sign_in(request.read(LONGEST_BODY + 1), time())
    if isinstance(token, Refused):
        return refuse(token)
    return JsonResponse({"token": token})


View = Callable[[HttpRequest], HttpResponseBase]


def with_user(view: Callable[[HttpRequest, str], HttpResponseBase]) -> View:
    """Call a view with the user whose token the request has.

    No page elsewhere can make such a request: it cannot set the header.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def for_user(request: HttpRequest) -> HttpResponseBase:
        token = token_shown(request.headers.get("Authorization", ""), time())
        if isinstance(token, Refused):
            return refuse(token)
        return view(request, token.user)

    return for_user


@require_POST
@with_user
def notices_orders(request: HttpRequest, user: str) -> HttpResponseBase:
    """Take an order; its notice is written in the same transaction."""
    order = read_order(request.read(LONGEST_BODY + 1))
    if isinstance(order, Refused):
        return refuse(order)
    done = desk().order(user, order, time())
    if isinstance(done, Refused):
        return refuse(done)
    return JsonResponse({"order": done.id}, status=201)


@require_http_methods(["GET", "PUT"])
@with_user
def notices_preferences(request: HttpRequest, user: str) -> HttpResponseBase:
    """Answer with how the user wants to be told, or remember it."""
    if request.method == "GET":
        document = desk().wishes(user).document
        return HttpResponse(document, content_type="application/json")
    body = request.read(LONGEST_BODY + 1)
    refused = desk().wish(user, lambda wishes: read_wishes(body, wishes.push))
    return refuse(refused) if refused else HttpResponse(status=204)


@require_http_methods(["PUT"])
@with_user
def notices_subscription(request: HttpRequest, user: str) -> HttpResponseBase:
    """Remember where the user's browser takes push messages."""
    push = read_push(request.read(LONGEST_BODY + 1), SETTINGS.push)
    if isinstance(push, Refused):
        return refuse(push)
    desk().wish(user, lambda wishes: wishes.with_push(push))
    return HttpResponse(status=204)


@require_GET
@with_user
def notices_outbox(request: HttpRequest, user: str) -> HttpResponseBase:
    """Answer with what has become of each delivery to the user."""
    found = desk().outbox(user)
    return JsonResponse({"deliveries": [asdict(each) for each in found]})


@require_POST
@with_user
def notices_flush(request: HttpRequest, user: str) -> HttpResponseBase:
    """Send now what waits for a digest, or for the end of quiet hours."""
    desk().flush(user, time())
    return HttpResponse(status=204)


@require_POST
@with_user
def notices_revive(request: HttpRequest, user: str) -> HttpResponseBase:
    """Try again what was given up."""
    desk().revive(user, time())
    return HttpResponse(status=204)


@require_GET
@never_cache
async def notices_poll(request: HttpRequest) -> HttpResponseBase:
    """Answer with the next notice, as soon as it is there."""
    token = token_in(request.GET.dict().items(), time())
    if isinstance(token, Refused):
        return refuse(token)
    wait = wait_on_loop if is_asgi(request) else sync_to_async(wait_in_thread)
    seconds = min(number(request, "timeout", 20), LONGEST_WAIT)
    found = await wait(desk(), token.user, since_of(request), seconds)
    if not found:
        return HttpResponse(status=204)
    body = as_json(found[0][1], found[0][0])
    return HttpResponse(body, content_type="application/json")


@require_GET
@never_cache
async def notices_events(request: HttpRequest) -> HttpResponseBase:
    """Send what comes as server-sent events, until the client has left."""
    token = token_in(request.GET.dict().items(), time())
    if isinstance(token, Refused):
        return refuse(token)
    since = number_in(request.headers.get("Last-Event-ID", "")) or since_of(request)
    events = events_on_loop if is_asgi(request) else events_in_thread
    pieces = events(desk(), token.user, since)
    return StreamingHttpResponse(pieces, content_type=sse.CONTENT_TYPE)


def since_of(request: HttpRequest) -> int:
    """Return the number that the page has."""
    return number_in(request.GET.get("since", ""))


def refuse(why: Refused) -> JsonResponse:
    """Answer with the reason."""
    return JsonResponse({"error": why.sentence}, status=status_of(why))


urlpatterns = [
    path("systems/notices/", notices_page),
    path("systems/notices/token", notices_token),
    path("systems/notices/orders", notices_orders),
    path("systems/notices/preferences", notices_preferences),
    path("systems/notices/subscription", notices_subscription),
    path("systems/notices/outbox", notices_outbox),
    path("systems/notices/flush", notices_flush),
    path("systems/notices/revive", notices_revive),
    path("systems/notices/poll", notices_poll),
    path("systems/notices/events", notices_events),
]
