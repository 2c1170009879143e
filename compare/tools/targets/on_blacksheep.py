"""The endpoints of the table, in BlackSheep."""

from collections.abc import AsyncIterator

from blacksheep import (
    Application,
    Content,
    Request,
    Response,
    StreamedContent,
    WebSocket,
    WebSocketDisconnectError,
    file,
    get,
    no_content,
    post,
    text,
    ws,
)

application = Application()


@get("/")
async def hello() -> Response:
    return text("Hello")


@post("/echo")
async def echo(request: Request) -> Response:
    return Response(200, content=Content(b"text/plain", await request.read() or b""))


@get("/stream")
async def stream() -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"one", b"two", b"three"):
            yield piece

    return Response(200, content=StreamedContent(b"text/plain", pieces))


@get("/nothing")
async def nothing() -> Response:
    return no_content()


@get("/file")
async def own_source() -> Response:
    return file(__file__, "text/plain")


@get("/error")
async def error() -> Response:
    raise ValueError("on purpose")


@ws("/talk")
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnectError:
        pass
