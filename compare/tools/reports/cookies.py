"""A view of Django's that says which cookies it got."""

from __future__ import annotations

import sys
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import JsonResponse
from django.urls import path


def view(request: Any) -> JsonResponse:
    """Say them."""
    return JsonResponse({name: len(value) for name, value in request.COOKIES.items()})


urlpatterns = [path("", view)]
settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=sys.modules[__name__], SECRET_KEY="x"
)
django.setup()
application = get_asgi_application()
