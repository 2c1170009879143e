"""Streams by hand, in Starlette and in Django, that note how they end.

`/raw`, `/starlette`, `/based` (behind a BaseHTTPMiddleware), `/async` and `/sync` (a
generator of Django, of either kind) each send something all the time; with `?silent`
they send once, and then only wait. The file that the environment variable
ASGI_COMPARE_ENDS names gets a line when one ends.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from asgi_compare.laboratory.within.by_hand import configure

FILE = Path(os.environ["ASGI_COMPARE_ENDS"])
SECONDS = 5.0
"""How long a stream lasts by itself."""
EVERY = 0.05


@contextmanager
def noted(name: str) -> Iterator[None]:
    """Note how the block ends."""
    how = "its own end"
    try:
        yield
    except BaseException as error:
        how = type(error).__name__
        raise
    finally:
        with FILE.open("a") as file:
            file.write(f"{name} {how}\n")


def waits(silent: bool) -> list[float]:
    """Return how long to wait after each piece."""
    return [SECONDS] if silent else [EVERY] * round(SECONDS / EVERY)


async def pieces(name: str, silent: bool) -> AsyncIterator[bytes]:
    """Yield for a while."""
    with noted(name):
        for wait in waits(silent):
            yield b"."
            await asyncio.sleep(wait)


def sync_pieces(name: str, silent: bool) -> Iterator[bytes]:
    """Yield for a while."""
    with noted(name):
        for wait in waits(silent):
            yield b"."
            time.sleep(wait)


def label(name: str, silent: bool) -> str:
    """Return what is noted."""
    return f"{name}-silent" if silent else name


async def raw(scope: Any, receive: Any, send: Any) -> None:
    """Stream by hand, and listen for the client at the same time, as one must."""
    silent = b"silent" in scope["query_string"]

    async def streamed() -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for wait in waits(silent):
            event = {"type": "http.response.body", "body": b".", "more_body": True}
            await send(event)
            await asyncio.sleep(wait)

    async def told() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with noted(label("raw", silent)):
        tasks = [asyncio.create_task(streamed()), asyncio.create_task(told())]
        done, pending = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
        for task in pending:
            task.cancel()
        if tasks[1] in done:
            raise ClientGone
        tasks[0].result()


class ClientGone(Exception):
    """The server has told that the client is gone."""


class Based(BaseHTTPMiddleware):
    """Do nothing."""

    async def dispatch(
        self, request: Request, call_next: RequestResponseEndpoint
    ) -> Response:
        """Go on."""
        return await call_next(request)


def starlette(name: str, middleware: list[Middleware]) -> Starlette:
    """Return an application whose page streams."""

    async def page(request: Request) -> Response:
        silent = "silent" in request.url.query
        return StreamingResponse(pieces(label(name, silent), silent))

    return Starlette(routes=[Route(f"/{name}", page)], middleware=middleware)


async def by_async(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from an async generator."""
    silent = "silent" in request.GET
    return StreamingHttpResponse(pieces(label("async", silent), silent))


def by_sync(request: HttpRequest) -> StreamingHttpResponse:
    """Stream from a sync generator."""
    silent = "silent" in request.GET
    return StreamingHttpResponse(sync_pieces(label("sync", silent), silent))


urlpatterns = [path("async", by_async), path("sync", by_sync)]
configure(__name__)

from django.core.asgi import get_asgi_application  # noqa: E402  after the settings

DJANGO = get_asgi_application()
PAGES: dict[str, Any] = {
    "/raw": raw,
    "/starlette": starlette("starlette", []),
    "/based": starlette("based", [Middleware(Based)]),
    "/async": DJANGO,
    "/sync": DJANGO,
}


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Hand the request to whose it is."""
    if scope["type"] == "http":
        await PAGES[scope["path"]](scope, receive, send)
