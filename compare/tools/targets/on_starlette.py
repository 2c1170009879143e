"""The endpoints of the table, in Starlette."""

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket


async def hello(request: Request) -> Response:
    return PlainTextResponse("Hello")


async def echo(request: Request) -> Response:
    return Response(await request.body())


async def stream(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("one", "two", "three"):
            yield piece

    return StreamingResponse(pieces())


async def nothing(request: Request) -> Response:
    return Response(status_code=204)


async def file(request: Request) -> Response:
    return FileResponse(__file__, media_type="text/plain")


async def error(request: Request) -> Response:
    raise ValueError("on purpose")


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    async for message in websocket.iter_text():
        await websocket.send_text(message)


application = Starlette(
    routes=[
        Route("/", hello),
        Route("/echo", echo, methods=["POST"]),
        Route("/stream", stream),
        Route("/nothing", nothing),
        Route("/file", file),
        Route("/error", error),
        WebSocketRoute("/talk", talk),
    ]
)
