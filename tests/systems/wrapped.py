"""Our applications behind middleware that is known to get in the way of streams."""

import os
from importlib import import_module
from typing import Any, cast

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from asgi_raw.app import application as raw
from starlette_app.app import application as starlette


async def passes_on(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Add a field, as such middleware does."""
    response = await call_next(request)
    response.headers["x-passed"] = "1"
    return response


base_http = BaseHTTPMiddleware(starlette, passes_on)
raw_gzip = GZipMiddleware(cast("ASGIApp", raw))
starlette_gzip = GZipMiddleware(starlette)


def __getattr__(name: str) -> Any:
    """Make Django's application only where it is asked for: it has one setting more."""
    if name not in ("django_gzip", "django_wsgi_gzip"):
        raise AttributeError(name)
    from django_app import settings

    settings.MIDDLEWARE.insert(0, "django.middleware.gzip.GZipMiddleware")
    os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"
    interface = "wsgi" if "wsgi" in name else "asgi"
    return import_module(f"django_app.{interface}").application
