"""A stream of Litestar's that fails, with a handler of errors."""

from __future__ import annotations

from collections.abc import AsyncIterator

from litestar import Litestar, Request, Response, get
from litestar.response import Stream


async def pieces() -> AsyncIterator[bytes]:
    """Fail after the first piece."""
    yield b"one"
    raise OSError("no disk")


@get("/")
async def stream() -> Stream:
    """Answer with it."""
    return Stream(pieces())


def handler(request: Request, error: Exception) -> Response:
    """Answer in the place of it."""
    return Response("failed", status_code=500)


application = Litestar([stream], exception_handlers={Exception: handler})
