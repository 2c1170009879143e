"""A Django project in one file, whose views wait: `t` seconds, given in the query.

`asgi` and `wsgi` are its two entries. The settings are those of `django_app`. The
environment variable ASGI_COMPARE_MIDDLEWARE is `none` to leave its middleware out.
"""

import asyncio
import os
import threading
import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from asgi_compare.domain import Gauge
from asgi_compare.laboratory.waits.contract_settings import configure

WITHOUT_MIDDLEWARE = os.environ.get("ASGI_COMPARE_MIDDLEWARE") == "none"

configure(__name__, **({"MIDDLEWARE": []} if WITHOUT_MIDDLEWARE else {}))

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
