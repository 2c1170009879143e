"""A dashboard: figures that change, as server-sent events and over a WebSocket.

    GET  /systems/dashboard/         the page
    POST /systems/dashboard/token    a token for the user that the body names
    POST /systems/dashboard/figures  a report: figures of a board, as they are now
    GET  /systems/dashboard/events   what changes: `?token=...&board=...`
    WS   /systems/dashboard/ws       the same; a report may be sent by it, too

Boards and figures are in `asgi_compare.domain.systems.dashboard`. What is left for the
interface is this file: to stop when the client has left, and to hold nothing back.
"""

import asyncio
from contextlib import aclosing, suppress
from time import time
from weakref import WeakKeyDictionary

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    LONGEST_BODY,
    sign_in,
    token_shown,
)
from asgi_compare.domain.systems.dashboard import format_event, to_json
from asgi_compare.domain.systems.dashboard.boards import refused_to_json
from asgi_compare.domain.systems.dashboard.entrance import Asked, asked_for, status_of
from asgi_compare.domain.systems.dashboard.hub import Hub
from asgi_compare.domain.systems.pages import DASHBOARD, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from asgi_raw.events import (
    Receive,
    Scope,
    Send,
    body_pieces,
    end,
    header,
    json_object,
    piece,
    query,
    respond,
    start,
    watch,
)
from asgi_raw.systems.ports import broker

HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()
NO_STORE = (b"cache-control", b"no-store")
EVENTS = (
    (b"content-type", sse.CONTENT_TYPE.encode()),
    NO_STORE,
    # nginx and others would collect small pieces; this asks them not to.
    (b"x-accel-buffering", b"no"),
)


def hub() -> Hub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(broker())
    return HUBS[loop]


async def dashboard_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await respond(send, DASHBOARD.read_bytes(), 200, headers)


async def dashboard_token(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a token."""
    token = sign_in(await short_body(receive), time())
    if isinstance(token, Refused):
        return await refuse(send, token)
    await json_object(send, {"token": token}, headers=[NO_STORE])


async def dashboard_figures(scope: Scope, receive: Receive, send: Send) -> None:
    """Take a report. No page elsewhere can make one: it cannot set the header."""
    authorization = (header(scope, b"authorization") or b"").decode("latin-1")
    token = token_shown(authorization, time())
    if isinstance(token, Refused):
        return await refuse(send, token)
    refused = await hub().report(token.user, await short_body(receive))
    if refused:
        return await refuse(send, refused)
    await respond(send, b"", 204, ())


async def dashboard_events(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what changes, until the client has left."""
    last = (header(scope, b"last-event-id") or b"").decode("latin-1")
    asked = asked_for(query(scope), last, time())
    if isinstance(asked, Refused):
        return await refuse(send, asked)
    if refused := hub().why_not(asked.token.user, asked.board):
        return await refuse(send, refused)
    # An older server says only by "http.disconnect" that the client has left, a newer
    # one by an OSError as well, at the next piece: this may be long after.
    both = {watch(receive), asyncio.create_task(send_events(asked, send))}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)


async def send_events(asked: Asked, send: Send) -> None:
    """Send what changes as server-sent events."""
    with suppress(OSError):
        await start(send, 200, EVENTS)
        events = hub().events(asked.token.user, asked.board, asked.position)
        async with aclosing(events):
            async for event in events:
                text = format_event(event) if event else sse.format_comment()
                await piece(send, text.encode())
        await end(send)


async def dashboard(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what changes over a WebSocket, and take reports."""
    asked = await enter(scope)
    if asked is None:
        return await send({"type": "websocket.close"})  # before the accept: a 403
    await send({"type": "websocket.accept"})
    both = {
        asyncio.create_task(receive_all(asked, receive, send)),
        asyncio.create_task(send_all(asked, send)),
    }
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)


async def enter(scope: Scope) -> Asked | None:
    """Return what is asked for with a good token, from a page of ours."""
    origin = (header(scope, b"origin") or b"").decode("latin-1")
    if not origin_allowed(origin, ALLOWED_ORIGINS):
        return None
    asked = asked_for(query(scope), None, time())
    if isinstance(asked, Refused) or hub().why_not(asked.token.user, asked.board):
        return None
    try:
        new = await hub().first(asked.token.nonce, asked.token.expires, time())
    except ConnectionError:
        return None
    return asked if new else None


async def send_all(asked: Asked, send: Send) -> None:
    """Send what changes; end quietly when the client has left."""
    events = hub().events(asked.token.user, asked.board, asked.position)
    with suppress(OSError):
        async with aclosing(events):
            async for event in events:
                if event:
                    await send({"type": "websocket.send", "text": to_json(event)})


async def receive_all(asked: Asked, receive: Receive, send: Send) -> None:
    """Take reports, until the client has left; say why one is not taken."""
    while (event := await receive())["type"] == "websocket.receive":
        text = event.get("text")
        received = event["bytes"] if text is None else text
        refused = await hub().report(asked.token.user, received)
        if refused:
            with suppress(OSError):
                text = refused_to_json(refused)
                await send({"type": "websocket.send", "text": text})


async def short_body(receive: Receive) -> bytes:
    """Return the body, or its beginning if it is longer than anything we take."""
    body = b""
    async for part in body_pieces(receive):
        body += part
        if len(body) > LONGEST_BODY:
            break
    return body


async def refuse(send: Send, why: Refused) -> None:
    """Answer with the reason."""
    await json_object(send, {"error": why.sentence}, status_of(why))


HTTP = {
    "/systems/dashboard/": (dashboard_page, ("GET", "HEAD")),
    "/systems/dashboard/token": (dashboard_token, ("POST",)),
    "/systems/dashboard/figures": (dashboard_figures, ("POST",)),
    "/systems/dashboard/events": (dashboard_events, ("GET",)),
}
WEBSOCKET = {"/systems/dashboard/ws": dashboard}
