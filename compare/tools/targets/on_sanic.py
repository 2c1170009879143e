"""The endpoints of the table, in Sanic, which speaks ASGI besides its own server."""

from sanic import Request, Sanic, Websocket, empty, file, raw, text
from sanic.response import HTTPResponse

application = Sanic("Table", configure_logging=False)


@application.get("/")
async def hello(request: Request) -> HTTPResponse:
    return text("Hello")


@application.post("/echo")
async def echo(request: Request) -> HTTPResponse:
    return raw(request.body)


@application.get("/stream")
async def stream(request: Request) -> None:
    response = await request.respond(content_type="text/plain")
    for piece in ("one", "two", "three"):
        await response.send(piece)
    await response.eof()


@application.get("/nothing")
async def nothing(request: Request) -> HTTPResponse:
    return empty()


@application.get("/file")
async def own_source(request: Request) -> HTTPResponse:
    return await file(__file__, mime_type="text/plain")


@application.get("/error")
async def error(request: Request) -> HTTPResponse:
    raise ValueError("on purpose")


@application.websocket("/talk")
async def talk(request: Request, ws: Websocket) -> None:
    async for message in ws:
        await ws.send(message)
