"""What Starlette's BaseHTTPMiddleware changes for what is inside it."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from asgi_compare.laboratory.within.by_hand import ask

VARIABLE: ContextVar[str] = ContextVar("VARIABLE", default="")
SEEN: list[str] = []


class Based(BaseHTTPMiddleware):
    """Set a variable, and note what the endpoint set."""

    async def dispatch(
        self, request: Request, call_next: RequestResponseEndpoint
    ) -> Response:
        """Do so around the endpoint."""
        VARIABLE.set("middleware")
        response = await call_next(request)
        SEEN.append(f"middleware saw {VARIABLE.get()}")
        return response


class Plain:
    """The same as an ASGI middleware."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Do so around the endpoint."""
        VARIABLE.set("middleware")
        await self.app(scope, receive, send)
        SEEN.append(f"middleware saw {VARIABLE.get()}")


async def endpoint(request: Request) -> Response:
    """Note what the middleware set, and set it anew."""
    SEEN.append(f"endpoint saw {VARIABLE.get()}")
    VARIABLE.set("endpoint")
    return PlainTextResponse("done")


async def in_background() -> None:
    """Take a while after the answer."""
    await asyncio.sleep(0.05)
    SEEN.append("background done")


async def with_task(request: Request) -> Response:
    """Answer, and go on."""
    return PlainTextResponse("done", background=BackgroundTask(in_background))


async def endless() -> AsyncIterator[bytes]:
    """Yield for a while."""
    try:
        for _ in range(20):
            SEEN.append("piece")
            yield b"."
            await asyncio.sleep(0.02)
        SEEN.append("ended by itself")
    except BaseException as error:
        SEEN.append(f"ended by {type(error).__name__}")
        raise


async def stream(request: Request) -> Response:
    """Stream for a while."""
    return StreamingResponse(endless())


async def told(request: Request) -> Response:
    """Wait until the client leaves, by asking for it."""
    for _ in range(50):
        if await request.is_disconnected():
            SEEN.append("told that the client left")
            return PlainTextResponse("late")
        await asyncio.sleep(0.01)
    SEEN.append("never told")
    return PlainTextResponse("done")


ROUTES = [
    Route("/", endpoint),
    Route("/task", with_task),
    Route("/stream", stream),
    Route("/told", told),
]
MIDDLEWARE: dict[str, list[Middleware]] = {
    "none": [],
    "an ASGI middleware": [Middleware(Plain)],
    "BaseHTTPMiddleware": [Middleware(Based)],
}


ENDED = ("ended by CancelledError", "ended by GeneratorExit")


async def left(application: Any, page: str) -> None:
    """Ask for a page, and leave in the middle."""
    gone = asyncio.Event()
    asyncio.get_running_loop().call_later(0.06, gone.set)
    await asyncio.gather(ask(application, page, gone=gone), return_exceptions=True)


def changes() -> dict[str, dict[str, int]]:
    """Return for each middleware what worked: 1 or 0 for each thing."""

    async def of(middleware: list[Middleware]) -> dict[str, int]:
        application = Starlette(routes=ROUTES, middleware=middleware)
        found = {}
        SEEN.clear()
        await ask(application)
        found["down"] = int("endpoint saw middleware" in SEEN)
        found["up"] = int("middleware saw endpoint" in SEEN)
        await ask(application, "/task")
        found["task"] = int("background done" in SEEN)
        await left(application, "/stream")
        await asyncio.sleep(0.1)
        found["stream"] = int(any(each in SEEN for each in ENDED))
        await left(application, "/told")
        found["told"] = int("told that the client left" in SEEN)
        return found

    return {name: asyncio.run(of(each)) for name, each in MIDDLEWARE.items()}
