"""A chat, over a WebSocket: rooms, who is there, and what was said.

Read it beside `asgi_raw/systems/chat.py`. Starlette reads the request, and knows in
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
    token_in,
)
from asgi_compare.domain.systems.chat.hub import Client, Hub
from asgi_compare.domain.systems.pages import CHAT, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from starlette_app.systems.ports import broker

HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
FAREWELL = 10.0
"""Seconds that a close frame may take to a client that does not read."""


def hub() -> Hub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(broker())
    return HUBS[loop]


async def chat_page(request: Request) -> FileResponse:
    """Answer with the page."""
    return FileResponse(CHAT, headers=HEADERS)


async def chat_token(request: Request) -> JSONResponse:
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


async def chat(websocket: WebSocket) -> None:
    """Let a client in, and pass on what is said, both ways."""
    client = await enter(websocket)
    if client is None:
        return await websocket.close()  # before the accept: a 403
    try:
        await websocket.accept()
        # To return closes the connection, whatever is still on its way to the client.
        # So when all is sent, wait for the client to have read it, but not for ever.
        both = {
            asyncio.create_task(receive_all(client, websocket)),
            asyncio.create_task(send_all(client, websocket)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if client.ended:
                await asyncio.wait(both, timeout=FAREWELL)
        finally:
            for task in both:
                task.cancel()
    finally:
        await hub().disconnect(client)


async def receive_all(client: Client, websocket: WebSocket) -> None:
    """Pass on what a client says, until it has left."""
    # `iter_text` takes no bytes, and a client may send what it likes.
    while (event := await websocket.receive())["type"] == "websocket.receive":
        text = event.get("text")
        await hub().receive(client, event["bytes"] if text is None else text)
        await client.until_room()


async def enter(websocket: WebSocket) -> Client | None:
    """Return a client for who has a good token, and comes from a page of ours."""
    # Starlette has no check of the Origin: CORSMiddleware lets WebSockets pass.
    if not origin_allowed(websocket.headers.get("origin"), ALLOWED_ORIGINS):
        return None
    token = token_in(websocket.query_params.multi_items(), time())
    if isinstance(token, Refused):
        return None
    try:
        new = await hub().first(token.nonce, token.expires, time())
    except ConnectionError:
        return None
    client = await hub().connect(token.user) if new else None
    return client if isinstance(client, Client) else None


async def send_all(client: Client, websocket: WebSocket) -> None:
    """Send what waits for a client, until it must be closed."""
    ended = asyncio.create_task(client.until_ended())
    sending = asyncio.create_task(send_waiting(client, websocket))
    try:
        await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            return
        # To a client that does not read, sending may wait without end. The others need
        # not know of that: for them it has left now.
        await hub().disconnect(client)
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
        while text := await client.take():
            await websocket.send_text(text)


routes: list[BaseRoute] = [
    Route("/systems/chat/", chat_page),
    Route("/systems/chat/token", chat_token, methods=["POST"]),
    WebSocketRoute("/systems/chat/ws", chat),
]
