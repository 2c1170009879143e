"""The endpoints of the table, in Quart."""

from collections.abc import AsyncIterator

from quart import Quart, Response, request, send_file, websocket

application = Quart(__name__)


@application.get("/")
async def hello() -> str:
    return "Hello"


@application.post("/echo")
async def echo() -> bytes:
    return await request.get_data()


@application.get("/stream")
async def stream() -> AsyncIterator[str]:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("one", "two", "three"):
            yield piece

    return pieces()


@application.get("/nothing")
async def nothing() -> tuple[str, int]:
    return "", 204


@application.get("/file")
async def file() -> Response:
    return await send_file(__file__, mimetype="text/plain")


@application.get("/error")
async def error() -> str:
    raise ValueError("on purpose")


@application.websocket("/talk")
async def talk() -> None:
    while True:
        await websocket.send(await websocket.receive())
