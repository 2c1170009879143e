"""slowapi's middleware, with a Starlette in the scope that has a limited endpoint."""

from __future__ import annotations

from typing import Any

from slowapi import Limiter
from slowapi.middleware import SlowAPIASGIMiddleware
from slowapi.util import get_remote_address
from starlette.applications import Starlette
from starlette.routing import Route

METHODS = ["GET", "HEAD", "POST", "OPTIONS"]


async def endpoint(request: Any) -> None:
    """Be found: the application is called in its place."""


def layer(app: Any) -> Any:
    """Put the limiter around the application."""
    site = Starlette(routes=[Route("/{rest:path}", endpoint, methods=METHODS)])
    site.state.limiter = Limiter(
        get_remote_address, default_limits=["1000000/minute"], headers_enabled=True
    )
    return Around(SlowAPIASGIMiddleware(app), site)


class Around:
    """Name the Starlette in the scope, as a Starlette does for what it holds."""

    def __init__(self, app: Any, site: Any) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Call it."""
        await self.app({**scope, "app": self.site}, receive, send)
