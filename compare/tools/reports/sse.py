"""A stream of sse-starlette's that ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sse_starlette.sse import EventSourceResponse


async def events() -> AsyncIterator[dict[str, str]]:
    """Yield two events."""
    yield {"data": "one"}
    yield {"data": "two"}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request with the stream."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await EventSourceResponse(events())(scope, receive, send)
