"""Layers as users of Starlette write them."""

from __future__ import annotations

from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware


class NoOp(BaseHTTPMiddleware):
    """Do nothing."""

    async def dispatch(self, request: Any, call_next: Any) -> Any:
        """Call what is inside."""
        return await call_next(request)


class ReadsTheBody(BaseHTTPMiddleware):
    """Read the body of the request, and call what is inside."""

    async def dispatch(self, request: Any, call_next: Any) -> Any:
        """Read, and call."""
        await request.body()
        return await call_next(request)
