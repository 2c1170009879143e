"""A Django project in one file, whose page asks an upstream: in each step of a move.

The environment says how: ASGI_COMPARE_UPSTREAM is the address to ask, and
ASGI_COMPARE_MIDDLEWARE is `startproject`, `async` or `none`. `wsgi` and `asgi` are
Django's own entries, `beside_channels` is Channels' router in front of the latter.
"""

import os

import httpx2
from channels.routing import ProtocolTypeRouter, URLRouter
from django.http import HttpRequest, HttpResponse
from django.urls import path

from asgi_compare.laboratory.waits.contract_settings import configure
from asgi_compare.laboratory.within.middleware import DEFAULT, only_async

MIDDLEWARE = {
    "startproject": list(DEFAULT),
    "async": [f"{only_async.__module__}.only_async"] * len(DEFAULT),
    "none": [],
}
UPSTREAM = os.environ.get("ASGI_COMPARE_UPSTREAM", "")
AT_ONCE = httpx2.Limits(max_connections=None, max_keepalive_connections=None)

WANTED = os.environ.get("ASGI_COMPARE_MIDDLEWARE", "startproject")
configure(__name__, MIDDLEWARE=MIDDLEWARE[WANTED])

from django.core.asgi import get_asgi_application  # noqa: E402  after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402

# Made before the first request: fifty threads that come at once would make fifty.
CLIENT = httpx2.Client(limits=AT_ONCE)
ASYNC_CLIENT = httpx2.AsyncClient(limits=AT_ONCE)


def ask(request: HttpRequest) -> HttpResponse:
    """Ask the upstream, and hold a thread meanwhile."""
    answer = CLIENT.get(UPSTREAM, params={"latency": request.GET["t"]})
    return HttpResponse(answer.content, status=answer.status_code)


async def ask_async(request: HttpRequest) -> HttpResponse:
    """Ask the upstream, and let others run meanwhile."""
    answer = await ASYNC_CLIENT.get(UPSTREAM, params={"latency": request.GET["t"]})
    return HttpResponse(answer.content, status=answer.status_code)


async def ask_anew(request: HttpRequest) -> HttpResponse:
    """Do the same with a client of its own, as in many a tutorial."""
    async with httpx2.AsyncClient() as own:
        answer = await own.get(UPSTREAM, params={"latency": request.GET["t"]})
    return HttpResponse(answer.content, status=answer.status_code)


urlpatterns = [path("sync", ask), path("async", ask_async), path("anew", ask_anew)]

wsgi = get_wsgi_application()
asgi = get_asgi_application()
beside_channels = ProtocolTypeRouter({"http": asgi, "websocket": URLRouter([])})
