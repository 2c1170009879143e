"""The endpoints of the table, in Litestar."""

from collections.abc import AsyncIterator
from pathlib import Path

from litestar import Litestar, Request, get, post, websocket_listener
from litestar.response import File, Stream


@get("/")
async def hello() -> str:
    return "Hello"


@post("/echo", status_code=200)
async def echo(request: Request) -> bytes:
    return await request.body()


@get("/stream")
async def stream() -> Stream:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("one", "two", "three"):
            yield piece

    return Stream(pieces())


@get("/nothing", status_code=204)
async def nothing() -> None:
    return None


@get("/file")
async def file() -> File:
    return File(path=Path(__file__), media_type="text/plain")


@get("/error")
async def error() -> None:
    raise ValueError("on purpose")


@websocket_listener("/talk")
async def talk(data: str) -> str:
    return data


application = Litestar([hello, echo, stream, nothing, file, error, talk])
