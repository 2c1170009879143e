"""The endpoints of the table, in FastAPI."""

from collections.abc import AsyncIterator

from fastapi import Body, FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel

application = FastAPI()


class Hello(BaseModel):
    text: str = "Hello"


@application.get("/")
async def hello() -> Hello:
    return Hello()


@application.post("/echo")
async def echo(content: bytes = Body(media_type="text/plain")) -> bytes:
    return content


@application.get("/stream")
async def stream() -> StreamingResponse:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("one", "two", "three"):
            yield piece

    return StreamingResponse(pieces())


@application.get("/nothing", status_code=204)
async def nothing() -> None:
    return None


@application.get("/file")
def file() -> FileResponse:
    return FileResponse(__file__, media_type="text/plain")


@application.get("/error")
def error() -> None:
    raise ValueError("on purpose")


@application.websocket("/talk")
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
