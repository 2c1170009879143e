"""An editor: one text, and many who type in it at once.

    GET  /systems/editor/        the page
    POST /systems/editor/token   a token for the user that the body names
    WS   /systems/editor/ws      operational transformation:
                                 `?token=...&document=...&since=...`
    WS   /systems/editor/yjs     the messages of Yjs: `?token=...&document=...`

What is said, and all that makes the texts one, is in
`asgi_compare.domain.systems.editor`. Either WebSocket is two things at once: this call
receives, and a task beside it sends.
"""

import asyncio
from contextlib import suppress
from time import time
from weakref import WeakKeyDictionary

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
from asgi_raw.systems.ports import SharedText, broker

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


async def editor_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await respond(send, EDITOR.read_bytes(), 200, headers)


async def editor_token(scope: Scope, receive: Receive, send: Send) -> None:
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


async def editor(scope: Scope, receive: Receive, send: Send) -> None:
    """Let a client in, and pass on what is edited, both ways."""
    hub, _ = engines()
    asked = await enter(scope)
    user = asked.token.user if asked else ""
    client = asked and await hub.connect(user, asked.document, asked.since)
    if not isinstance(client, operations.Client):
        # Before the accept this is a 403: a page learns no more than that it failed.
        return await send({"type": "websocket.close"})
    try:
        await both_ways(client, receive, send)
    finally:
        await hub.disconnect(client)


async def editor_yjs(scope: Scope, receive: Receive, send: Send) -> None:
    """Do the same for a client that speaks Yjs."""
    _, relay = engines()
    asked = await enter(scope)
    client = asked and await relay.connect(asked.token.user, asked.document)
    if not isinstance(client, shared.Client):
        return await send({"type": "websocket.close"})
    try:
        await both_ways(client, receive, send)
    finally:
        relay.disconnect(client)


async def enter(scope: Scope) -> Asked | None:
    """Return what is asked for with a good token, from a page of ours."""
    # A browser sends the Origin, and asks nobody whether it may open a WebSocket.
    origin = (header(scope, b"origin") or b"").decode("latin-1")
    if not origin_allowed(origin, ALLOWED_ORIGINS):
        return None
    asked = asked_for(query(scope), time())
    if isinstance(asked, Refused):
        return None
    hub, _ = engines()
    try:
        new = await hub.first(asked.token.nonce, asked.token.expires, time())
    except ConnectionError:
        return None
    return asked if new else None


async def both_ways(client: Client, receive: Receive, send: Send) -> None:
    """Accept, and receive and send, until either has ended."""
    await send({"type": "websocket.accept"})
    both = {
        asyncio.create_task(receive_all(client, receive)),
        asyncio.create_task(send_all(client, send)),
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


async def receive_all(client: Client, receive: Receive) -> None:
    """Pass on what a client says, until it has left."""
    hub, relay = engines()
    while (event := await receive())["type"] == "websocket.receive":
        text = event.get("text")
        received = event["bytes"] if text is None else text
        if isinstance(client, operations.Client):
            await hub.receive(client, received)
        else:
            await relay.receive(client, received)
        await client.until_room()


async def send_all(client: Client, send: Send) -> None:
    """Send what waits for a client, until it must be closed."""
    ended = asyncio.create_task(client.until_ended())
    sending = asyncio.create_task(send_waiting(client, send))
    try:
        await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            return
        # To a client that does not read, `send` may wait without end.
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
        while (message := await client.take()) is not None:
            key = "text" if isinstance(message, str) else "bytes"
            await send({"type": "websocket.send", key: message})


HTTP = {
    "/systems/editor/": (editor_page, ("GET", "HEAD")),
    "/systems/editor/token": (editor_token, ("POST",)),
}
WEBSOCKET = {"/systems/editor/ws": editor, "/systems/editor/yjs": editor_yjs}
