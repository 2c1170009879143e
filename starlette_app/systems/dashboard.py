"""A dashboard: figures that change, as server-sent events and over a WebSocket.

Read it beside `asgi_raw/systems/dashboard.py`. The stream is that of sse-starlette, as
in most projects: it writes the events, gives signs of life, and ends the generator when
the client has left.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from time import time
from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    LONGEST_BODY,
    sign_in,
    token_shown,
)
from asgi_compare.domain.systems.dashboard import to_json
from asgi_compare.domain.systems.dashboard.boards import refused_to_json
from asgi_compare.domain.systems.dashboard.entrance import Asked, asked_for, status_of
from asgi_compare.domain.systems.dashboard.figures import event_id, event_name
from asgi_compare.domain.systems.dashboard.hub import PULSE, Hub
from asgi_compare.domain.systems.pages import DASHBOARD, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from starlette_app.systems.ports import broker

HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(broker())
    return HUBS[loop]


async def dashboard_page(request: Request) -> FileResponse:
    """Answer with the page."""
    return FileResponse(DASHBOARD, headers=HEADERS)


async def dashboard_token(request: Request) -> JSONResponse:
    """Answer with a token."""
    token = sign_in(await short_body(request), time())
    if isinstance(token, Refused):
        return refuse(token)
    return JSONResponse({"token": token}, headers={"cache-control": "no-store"})


async def dashboard_figures(request: Request) -> Response:
    """Take a report. No page elsewhere can make one: it cannot set the header."""
    token = token_shown(request.headers.get("authorization", ""), time())
    if isinstance(token, Refused):
        return refuse(token)
    refused = await hub().report(token.user, await short_body(request))
    return refuse(refused) if refused else Response(status_code=204)


async def dashboard_events(request: Request) -> Response:
    """Send what changes, until the client has left."""
    from sse_starlette import EventSourceResponse  # only here: it is not Starlette's

    last = request.headers.get("last-event-id")
    asked = asked_for(request.query_params.multi_items(), last, time())
    if isinstance(asked, Refused):
        return refuse(asked)
    if refused := hub().why_not(asked.token.user, asked.board):
        return refuse(refused)
    return EventSourceResponse(changes(asked), ping=PULSE)


async def changes(asked: Asked) -> AsyncIterator[dict[str, Any]]:
    """Yield what changes, in the form that sse-starlette takes."""
    found = hub().events(asked.token.user, asked.board, asked.position)
    async with aclosing(found):
        async for event in found:
            if event:
                yield {
                    "event": event_name(event),
                    "id": event_id(event),
                    "data": to_json(event),
                }


async def dashboard(websocket: WebSocket) -> None:
    """Send what changes over a WebSocket, and take reports."""
    asked = await enter(websocket)
    if asked is None:
        return await websocket.close()  # before the accept: a 403
    await websocket.accept()
    both = {
        asyncio.create_task(receive_all(asked, websocket)),
        asyncio.create_task(send_all(asked, websocket)),
    }
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)


async def enter(websocket: WebSocket) -> Asked | None:
    """Return what is asked for with a good token, from a page of ours."""
    if not origin_allowed(websocket.headers.get("origin"), ALLOWED_ORIGINS):
        return None
    asked = asked_for(websocket.query_params.multi_items(), None, time())
    if isinstance(asked, Refused) or hub().why_not(asked.token.user, asked.board):
        return None
    try:
        new = await hub().first(asked.token.nonce, asked.token.expires, time())
    except ConnectionError:
        return None
    return asked if new else None


async def send_all(asked: Asked, websocket: WebSocket) -> None:
    """Send what changes; end quietly when the client has left."""
    found = hub().events(asked.token.user, asked.board, asked.position)
    # What Starlette makes of the server's OSError, and of a close that came before.
    with suppress(RuntimeError, WebSocketDisconnect):
        async with aclosing(found):
            async for event in found:
                if event:
                    await websocket.send_text(to_json(event))


async def receive_all(asked: Asked, websocket: WebSocket) -> None:
    """Take reports, until the client has left; say why one is not taken."""
    while (event := await websocket.receive())["type"] == "websocket.receive":
        text = event.get("text")
        received = event["bytes"] if text is None else text
        refused = await hub().report(asked.token.user, received)
        if refused:
            with suppress(RuntimeError, WebSocketDisconnect):
                await websocket.send_text(refused_to_json(refused))


async def short_body(request: Request) -> bytes:
    """Return the body, or its beginning if it is longer than anything we take."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            break
    return body


def refuse(why: Refused) -> JSONResponse:
    """Answer with the reason."""
    return JSONResponse({"error": why.sentence}, status_of(why))


routes: list[BaseRoute] = [
    Route("/systems/dashboard/", dashboard_page),
    Route("/systems/dashboard/token", dashboard_token, methods=["POST"]),
    Route("/systems/dashboard/figures", dashboard_figures, methods=["POST"]),
    Route("/systems/dashboard/events", dashboard_events),
    WebSocketRoute("/systems/dashboard/ws", dashboard),
]
