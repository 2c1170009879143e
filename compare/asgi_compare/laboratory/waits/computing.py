"""Views of Django that compute for `t` seconds, and one that answers at once."""

import time

from django.http import HttpRequest, HttpResponse
from django.urls import path

from asgi_compare.laboratory.within.by_hand import configure


def compute(seconds: float) -> None:
    """Compute for so long, in pure Python."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(1000))


async def compute_async(request: HttpRequest) -> HttpResponse:
    """Compute in the event loop."""
    compute(float(request.GET["t"]))
    return HttpResponse("done")


def compute_sync(request: HttpRequest) -> HttpResponse:
    """Compute in a thread."""
    compute(float(request.GET["t"]))
    return HttpResponse("done")


async def hello(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse("hello")


urlpatterns = [
    path("async", compute_async),
    path("sync", compute_sync),
    path("hello", hello),
]
configure(__name__)

from django.core.asgi import get_asgi_application  # noqa: E402  after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402

asgi = get_asgi_application()
wsgi = get_wsgi_application()
