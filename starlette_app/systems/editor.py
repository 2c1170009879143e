"""An editor: one text, and many who type in it at once.

Read it beside `asgi_raw/systems/editor.py`. Starlette reads the request, and knows in
which state a WebSocket is. Tasks, tokens and the Origin are left to us.
"""

import asyncio
from contextlib import suppress
from time import time
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    LONGEST_BODY,
    sign_in,
)
from asgi_compare.domain.systems.editor import hub as operations
from asgi_compare.domain.systems.editor import relay as shared
from asgi_compare.domain.systems.editor.entrance import Asked, asked_for
from asgi_compare.domain.systems.editor.hub import Hub
from asgi_compare.domain.systems.editor.relay import Relay
from asgi_compare.domain.systems.pages import EDITOR, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from starlette_app.systems.ports import SharedText, broker

Client = operations.Client | shared.Client
HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Hub, Relay]] = (
    WeakKeyDictionary()
)
FAREWELL = 10.0
"""Seconds that a close frame may take to a client that does not read."""


def engines() -> tuple[Hub, Relay]:
    """Return the two engines of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(broker()), Relay(SharedText, broker())
    return HUBS[loop]


async def editor_page(request: Request) -> FileResponse:
    """Answer with the page."""
    return FileResponse(EDITOR, headers=HEADERS)


async def editor_token(request: Request) -> JSONResponse:
    """Answer with a token, which opens one connection."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            break
    token = sign_in(body, time())
    if isinstance(token, Refused):
        return JSONResponse({"error": token.sentence}, 400)
    return JSONResponse({"token": token}, headers={"cache-control": "no-store"})


async def editor(websocket: WebSocket) -> None:
    """Let a client in, and pass on what is edited, both ways."""
    hub, _ = engines()
    asked = await enter(websocket)
    user = asked.token.user if asked else ""
    client = asked and await hub.connect(user, asked.document, asked.since)
    if not isinstance(client, operations.Client):
        return await websocket.close()  # before the accept: a 403
    try:
        await both_ways(client, websocket)
    finally:
        await hub.disconnect(client)


async def editor_yjs(websocket: WebSocket) -> None:
    """Do the same for a client that speaks Yjs."""
    _, relay = engines()
    asked = await enter(websocket)
    client = asked and await relay.connect(asked.token.user, asked.document)
    if not isinstance(client, shared.Client):
        return await websocket.close()
    try:
        await both_ways(client, websocket)
    finally:
        relay.disconnect(client)


async def enter(websocket: WebSocket) -> Asked | None:
    """Return what is asked for with a good token, from a page of ours."""
    # Starlette has no check of the Origin: CORSMiddleware lets WebSockets pass.
    if not origin_allowed(websocket.headers.get("origin"), ALLOWED_ORIGINS):
        return None
    asked = asked_for(websocket.query_params.multi_items(), time())
    if isinstance(asked, Refused):
        return None
    hub, _ = engines()
    try:
        new = await hub.first(asked.token.nonce, asked.token.expires, time())
    except ConnectionError:
        return None
    return asked if new else None


async def both_ways(client: Client, websocket: WebSocket) -> None:
    """Accept, and receive and send, until either has ended."""
    await websocket.accept()
    both = {
        asyncio.create_task(receive_all(client, websocket)),
        asyncio.create_task(send_all(client, websocket)),
    }
    # To return closes the connection, whatever is still on its way to the client. So
    # when all is sent, wait for the client to have read it, but not for ever.
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if client.ended:
            await asyncio.wait(both, timeout=FAREWELL)
    finally:
        for task in both:
            task.cancel()


async def receive_all(client: Client, websocket: WebSocket) -> None:
    """Pass on what a client says, until it has left."""
    hub, relay = engines()
    # `iter_text` takes no bytes, and a client may send what it likes.
    while (event := await websocket.receive())["type"] == "websocket.receive":
        text = event.get("text")
        received = event["bytes"] if text is None else text
        if isinstance(client, operations.Client):
            await hub.receive(client, received)
        else:
            await relay.receive(client, received)
        await client.until_room()


async def send_all(client: Client, websocket: WebSocket) -> None:
    """Send what waits for a client, until it must be closed."""
    ended = asyncio.create_task(client.until_ended())
    sending = asyncio.create_task(send_waiting(client, websocket))
    try:
        await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            return
        # To a client that does not read, sending may wait without end.
        await asyncio.wait({sending}, timeout=0 if client.overflowed else 1)
        sending.cancel()
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await websocket.close(*ended.result())
    finally:
        ended.cancel()
        sending.cancel()


async def send_waiting(client: Client, websocket: WebSocket) -> None:
    """Send what waits; end quietly when the client has left."""
    # What Starlette makes of the server's OSError, and of a close that came before.
    with suppress(RuntimeError, WebSocketDisconnect):
        while (message := await client.take()) is not None:
            if isinstance(message, str):
                await websocket.send_text(message)
            else:
                await websocket.send_bytes(message)


routes: list[BaseRoute] = [
    Route("/systems/editor/", editor_page),
    Route("/systems/editor/token", editor_token, methods=["POST"]),
    WebSocketRoute("/systems/editor/ws", editor),
    WebSocketRoute("/systems/editor/yjs", editor_yjs),
]
