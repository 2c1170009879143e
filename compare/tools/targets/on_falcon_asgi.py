"""The endpoints of the table, in Falcon over ASGI."""

from collections.abc import AsyncIterator
from pathlib import Path

from falcon import WebSocketDisconnected
from falcon.asgi import App, Request, Response, WebSocket


class Hello:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = "Hello"


class Echo:
    async def on_post(self, req: Request, resp: Response) -> None:
        resp.data = await req.stream.read()


class Stream:
    async def on_get(self, req: Request, resp: Response) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for piece in (b"one", b"two", b"three"):
                yield piece

        resp.stream = pieces()


class Nothing:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.status = 204


class Error:
    async def on_get(self, req: Request, resp: Response) -> None:
        raise ValueError("on purpose")


class Talk:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnected:
            pass


HERE = Path(__file__)

application = App()
application.add_route("/", Hello())
application.add_route("/echo", Echo())
application.add_route("/stream", Stream())
application.add_route("/nothing", Nothing())
application.add_route("/error", Error())
application.add_route("/talk", Talk())
application.add_static_route("/file", HERE.parent, fallback_filename=HERE.name)
