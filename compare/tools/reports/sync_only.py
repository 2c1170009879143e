"""An asynchronous view below a synchronous middleware."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path


class Sync:
    """Do nothing, in Django's old way."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Call what is inside."""
        return self.get_response(request)


async def view(request: Any) -> HttpResponse:
    """Wait for something."""
    await asyncio.sleep(0.3)
    return HttpResponse("" if request.method == "HEAD" else "hello")


urlpatterns = [path("", view)]
settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[f"{__name__}.Sync"],
    ROOT_URLCONF=sys.modules[__name__],
    SECRET_KEY="x",
)
django.setup()
application = get_asgi_application()
