"""A chat, over a WebSocket: rooms, who is there, and what was said.

    GET  /systems/chat/        the page
    POST /systems/chat/token   a token for the user that the body names
    WS   /systems/chat/ws      the connection: `?token=...`

What is said in it is in `asgi_compare.domain.systems.chat`. What is left for the
interface is this file. A WebSocket is two things at once here: this call receives, and
a task beside it sends what the others have to say.
"""

import asyncio
from contextlib import suppress
from time import time
from weakref import WeakKeyDictionary

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
from asgi_raw.events import (
    Receive,
    Scope,
    Send,
    body_pieces,
    header,
    json_object,
    query,
    respond,
)
from asgi_raw.systems.ports import broker

HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
FAREWELL = 10.0
"""Seconds that a close frame may take to a client that does not read."""


def hub() -> Hub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(broker())
    return HUBS[loop]


async def chat_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await respond(send, CHAT.read_bytes(), 200, headers)


async def chat_token(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a token, which opens one connection."""
    body = b""
    async for piece in body_pieces(receive):
        body += piece
        if len(body) > LONGEST_BODY:
            break
    token = sign_in(body, time())
    if isinstance(token, Refused):
        return await json_object(send, {"error": token.sentence}, 400)
    await json_object(send, {"token": token}, headers=[(b"cache-control", b"no-store")])


async def chat(scope: Scope, receive: Receive, send: Send) -> None:
    """Let a client in, and pass on what is said, both ways."""
    client = await enter(scope)
    if client is None:
        # Before the accept this is a 403: a page learns no more than that it failed.
        return await send({"type": "websocket.close"})
    try:
        await send({"type": "websocket.accept"})
        # To return closes the connection, whatever is still on its way to the client.
        # So when all is sent, wait for the client to have read it, but not for ever.
        both = {
            asyncio.create_task(receive_all(client, receive)),
            asyncio.create_task(send_all(client, send)),
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


async def receive_all(client: Client, receive: Receive) -> None:
    """Pass on what a client says, until it has left."""
    while (event := await receive())["type"] == "websocket.receive":
        text = event.get("text")
        await hub().receive(client, event["bytes"] if text is None else text)
        await client.until_room()


async def enter(scope: Scope) -> Client | None:
    """Return a client for who has a good token, and comes from a page of ours."""
    # A browser sends the Origin, and asks nobody whether it may open a WebSocket.
    origin = (header(scope, b"origin") or b"").decode("latin-1")
    if not origin_allowed(origin, ALLOWED_ORIGINS):
        return None
    token = token_in(query(scope), time())
    if isinstance(token, Refused):
        return None
    try:
        new = await hub().first(token.nonce, token.expires, time())
    except ConnectionError:
        return None
    client = await hub().connect(token.user) if new else None
    return client if isinstance(client, Client) else None


async def send_all(client: Client, send: Send) -> None:
    """Send what waits for a client, until it must be closed."""
    ended = asyncio.create_task(client.until_ended())
    sending = asyncio.create_task(send_waiting(client, send))
    try:
        await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            return
        # To a client that does not read, `send` may wait without end. The others need
        # not know of that: for them it has left now.
        await hub().disconnect(client)
        await asyncio.wait({sending}, timeout=0 if client.overflowed else 1)
        sending.cancel()
        code, reason = ended.result()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await send({"type": "websocket.close", "code": code, "reason": reason})
    finally:
        ended.cancel()
        sending.cancel()


async def send_waiting(client: Client, send: Send) -> None:
    """Send what waits; end quietly when the client has left."""
    with suppress(OSError):
        while text := await client.take():
            await send({"type": "websocket.send", "text": text})


HTTP = {
    "/systems/chat/": (chat_page, ("GET", "HEAD")),
    "/systems/chat/token": (chat_token, ("POST",)),
}
WEBSOCKET = {"/systems/chat/ws": chat}
