"""A Django project in one file, whose views wait: `t` seconds, given in the query.

`asgi` and `wsgi` are its two entries. The settings are those of `django_app`. The
environment variable ASGI_COMPARE_MIDDLEWARE is `none` to leave its middleware out.
"""

import asyncio
import os
import threading
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from asgi_compare.domain import Gauge
from django_app import settings as of_the_contract

WITHOUT_MIDDLEWARE = os.environ.get("ASGI_COMPARE_MIDDLEWARE") == "none"

if not settings.configured:
    chosen = {k: v for k, v in vars(of_the_contract).items() if k.isupper()}
    chosen |= {"ROOT_URLCONF": __name__}
    if WITHOUT_MIDDLEWARE:
        chosen |= {"MIDDLEWARE": []}
    settings.configure(**chosen)

from django.core.asgi import get_asgi_application  # noqa: E402  after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402

RUNNING = Gauge()


def answer(running: int) -> HttpResponse:
    """Answer how many were running, and in which thread."""
    return JsonResponse({"running": running, "thread": threading.get_ident()})


def wait(request: HttpRequest) -> HttpResponse:
    """Wait, and hold a thread meanwhile."""
    with RUNNING as running:
        time.sleep(float(request.GET.get("t", "0")))
    return answer(running)


async def wait_async(request: HttpRequest) -> HttpResponse:
    """Wait, and let others run meanwhile."""
    with RUNNING as running:
        await asyncio.sleep(float(request.GET.get("t", "0")))
    return answer(running)


urlpatterns = [path("sync", wait), path("async", wait_async)]

asgi = get_asgi_application()
wsgi = get_wsgi_application()
