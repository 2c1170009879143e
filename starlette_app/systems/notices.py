"""Notices: one event, told to a user in many ways.

Read it beside `asgi_raw/systems/notices.py`. Starlette has a pool of threads for what
blocks. Its streams end when the client has left: a server of an older version says so
by an event, and a newer one at the next piece, which is a sign of life at the latest.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from time import time
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    LONGEST_BODY,
    sign_in,
    token_in,
    token_shown,
)
from asgi_compare.domain.systems.notices.desk import Desk
from asgi_compare.domain.systems.notices.letters import as_json
from asgi_compare.domain.systems.notices.loop import Senders
from asgi_compare.domain.systems.notices.news import (
    LONGEST_WAIT,
    events_on_loop,
    number_in,
    wait_on_loop,
)
from asgi_compare.domain.systems.notices.settings import read_settings
from asgi_compare.domain.systems.notices.wishes import (
    read_order,
    read_push,
    read_wishes,
    status_of,
)
from asgi_compare.domain.systems.pages import HEADERS, NOTICES
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from starlette_app.systems.senders import channels
from starlette_app.systems.store import Store

SETTINGS = read_settings(os.environ)
DESK = Desk(Store(), SETTINGS.schedule, SETTINGS.lease)
SENDERS: WeakKeyDictionary[asyncio.AbstractEventLoop, Senders] = WeakKeyDictionary()
NO_STORE = {"cache-control": "no-store"}


def desk() -> Desk:
    """Return the desk, and see that somebody sends what is put on it."""
    loop = asyncio.get_running_loop()
    if loop not in SENDERS:
        make = partial(channels, DESK, SETTINGS)
        SENDERS[loop] = Senders(DESK, make, SETTINGS)
    return DESK


async def notices_page(request: Request) -> FileResponse:
    """Answer with the page."""
    return FileResponse(NOTICES, headers=HEADERS)


async def notices_token(request: Request) -> JSONResponse:
    """Answer with a token."""
    token = sign_in(await short_body(request), time())
    if isinstance(token, Refused):
        return refuse(token)
    return JSONResponse({"token": token}, headers=NO_STORE)


Endpoint = Callable[[Request], Awaitable[Response]]


def with_user(endpoint: Callable[[Request, str], Awaitable[Response]]) -> Endpoint:
    """Call an endpoint with the user whose token the request has.

    No page elsewhere can make such a request: it cannot set the header.
    """

    async def for_user(request: Request) -> Response:
        token = token_shown(request.headers.get("authorization", ""), time())
        if isinstance(token, Refused):
            return refuse(token)
        return await endpoint(request, token.user)

    return for_user


@with_user
async def notices_orders(request: Request, user: str) -> Response:
    """Take an order; its notice is written in the same transaction."""
    order = read_order(await short_body(request))
    if isinstance(order, Refused):
        return refuse(order)
    done = await run_in_threadpool(desk().order, user, order, time())
    if isinstance(done, Refused):
        return refuse(done)
    return JSONResponse({"order": done.id}, 201)


@with_user
async def notices_preferences(request: Request, user: str) -> Response:
    """Answer with how the user wants to be told, or remember it."""
    if request.method == "GET":
        wishes = await run_in_threadpool(desk().wishes, user)
        return Response(wishes.document, 200, NO_STORE, "application/json")
    body = await short_body(request)
    refused = await run_in_threadpool(
        desk().wish, user, lambda wishes: read_wishes(body, wishes.push)
    )
    return refuse(refused) if refused else Response(status_code=204)


@with_user
async def notices_subscription(request: Request, user: str) -> Response:
    """Remember where the user's browser takes push messages."""
    push = read_push(await short_body(request), SETTINGS.push)
    if isinstance(push, Refused):
        return refuse(push)
    await run_in_threadpool(desk().wish, user, lambda wishes: wishes.with_push(push))
    return Response(status_code=204)


@with_user
async def notices_outbox(request: Request, user: str) -> Response:
    """Answer with what has become of each delivery to the user."""
    found = await run_in_threadpool(desk().outbox, user)
    content = {"deliveries": [asdict(each) for each in found]}
    return JSONResponse(content, headers=NO_STORE)


@with_user
async def notices_flush(request: Request, user: str) -> Response:
    """Send now what waits for a digest, or for the end of quiet hours."""
    await run_in_threadpool(desk().flush, user, time())
    return Response(status_code=204)


@with_user
async def notices_revive(request: Request, user: str) -> Response:
    """Try again what was given up."""
    await run_in_threadpool(desk().revive, user, time())
    return Response(status_code=204)


async def notices_poll(request: Request) -> Response:
    """Answer with the next notice, as soon as it is there."""
    token = token_in(request.query_params.multi_items(), time())
    if isinstance(token, Refused):
        return refuse(token)
    since = number_in(request.query_params.get("since", ""))
    timeout = request.query_params.get("timeout", "20")
    seconds = min(float(timeout) if timeout.isdecimal() else 20, LONGEST_WAIT)
    found = await wait_on_loop(desk(), token.user, since, seconds)
    if not found:
        return Response(status_code=204, headers=NO_STORE)
    body = as_json(found[0][1], found[0][0])
    return Response(body, 200, NO_STORE, "application/json")


async def notices_events(request: Request) -> Response:
    """Send what comes as server-sent events, until the client has left."""
    token = token_in(request.query_params.multi_items(), time())
    if isinstance(token, Refused):
        return refuse(token)
    last = number_in(request.headers.get("last-event-id", ""))
    since = last or number_in(request.query_params.get("since", ""))
    events = events_on_loop(desk(), token.user, since)
    return StreamingResponse(events, 200, NO_STORE, sse.CONTENT_TYPE)


async def notices(websocket: WebSocket) -> None:
    """Send what comes over a WebSocket; what the client says is not listened to."""
    token = token_in(websocket.query_params.multi_items(), time())
    origin = websocket.headers.get("origin")
    if isinstance(token, Refused) or not origin_allowed(origin, ALLOWED_ORIGINS):
        return await websocket.close()  # before the accept: a 403
    await websocket.accept()
    both = {
        asyncio.create_task(left(websocket)),
        asyncio.create_task(send_all(websocket, token.user)),
    }
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)


async def left(websocket: WebSocket) -> None:
    """Wait until the client has left."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def send_all(websocket: WebSocket, user: str) -> None:
    """Send what comes; end quietly when the client has left."""
    since = number_in(websocket.query_params.get("since", ""))
    with suppress(RuntimeError, WebSocketDisconnect):
        while True:
            for number, notice in await wait_on_loop(desk(), user, since, 60):
                await websocket.send_text(as_json(notice, number))
                since = number


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


POST, PUT = ["POST"], ["PUT"]
routes: list[BaseRoute] = [
    Route("/systems/notices/", notices_page),
    Route("/systems/notices/token", notices_token, methods=POST),
    Route("/systems/notices/orders", notices_orders, methods=POST),
    Route("/systems/notices/preferences", notices_preferences, methods=["GET", "PUT"]),
    Route("/systems/notices/subscription", notices_subscription, methods=PUT),
    Route("/systems/notices/outbox", notices_outbox),
    Route("/systems/notices/flush", notices_flush, methods=POST),
    Route("/systems/notices/revive", notices_revive, methods=POST),
    Route("/systems/notices/poll", notices_poll),
    Route("/systems/notices/events", notices_events),
    WebSocketRoute("/systems/notices/ws", notices),
]
