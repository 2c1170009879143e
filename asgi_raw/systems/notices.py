"""Notices: one event, told to a user in many ways.

    GET  /systems/notices/             the page
    POST /systems/notices/token        a token for the user that the body names
    POST /systems/notices/orders       an order, which causes a notice
    GET, PUT .../preferences           how the user wants to be told
    PUT  .../subscription              where the user's browser takes push messages
    GET  .../outbox                    what has become of each delivery
    POST .../flush, .../revive         send now what waits; try again what is dead
    GET  .../events, WS .../ws         what comes: `?token=...&since=NUMBER`
    GET  .../poll                      the next one, as soon as it is there

What is true of notices is in `asgi_compare.domain.systems.notices`. The database
blocks, so it is called in threads (`store.py`). Who sends are tasks of this loop
(`senders.py`), from the first request on.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import asdict
from functools import partial
from time import time
from typing import Any
from weakref import WeakKeyDictionary

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
from asgi_raw.events import (
    JSON,
    Receive,
    Scope,
    Send,
    body_pieces,
    header,
    json_object,
    number,
    piece,
    query,
    respond,
    start,
)
from asgi_raw.systems.senders import channels
from asgi_raw.systems.store import Store

SETTINGS = read_settings(os.environ)
DESK = Desk(Store(), SETTINGS.schedule, SETTINGS.lease)
SENDERS: WeakKeyDictionary[asyncio.AbstractEventLoop, Senders] = WeakKeyDictionary()
NO_STORE = (b"cache-control", b"no-store")
EVENTS = ((b"content-type", sse.CONTENT_TYPE.encode()), NO_STORE)


def desk() -> Desk:
    """Return the desk, and see that somebody sends what is put on it."""
    loop = asyncio.get_running_loop()
    if loop not in SENDERS:
        make = partial(channels, DESK, SETTINGS)
        SENDERS[loop] = Senders(DESK, make, SETTINGS)
    return DESK


async def notices_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await respond(send, NOTICES.read_bytes(), 200, headers)


async def notices_token(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a token."""
    token = sign_in(await short_body(receive), time())
    if isinstance(token, Refused):
        return await refuse(send, token)
    await json_object(send, {"token": token}, headers=[NO_STORE])


def with_user(endpoint: Callable[[str, Scope, Receive, Send], Awaitable[None]]) -> Any:
    """Call an endpoint with the user whose token the request has.

    No page elsewhere can make such a request: it cannot set the header.
    """

    async def for_user(scope: Scope, receive: Receive, send: Send) -> None:
        field = (header(scope, b"authorization") or b"").decode("latin-1")
        token = token_shown(field, time())
        if isinstance(token, Refused):
            return await refuse(send, token)
        await endpoint(token.user, scope, receive, send)

    return for_user


async def notices_orders(user: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Take an order; its notice is written in the same transaction."""
    order = read_order(await short_body(receive))
    if isinstance(order, Refused):
        return await refuse(send, order)
    done = await asyncio.to_thread(desk().order, user, order, time())
    if isinstance(done, Refused):
        return await refuse(send, done)
    await json_object(send, {"order": done.id}, 201)


async def notices_preferences(
    user: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer with how the user wants to be told, or remember it."""
    body = await short_body(receive)
    if scope["method"] == "GET":
        wishes = await asyncio.to_thread(desk().wishes, user)
        return await respond(send, wishes.document.encode(), 200, (JSON, NO_STORE))
    refused = await asyncio.to_thread(
        desk().wish, user, lambda wishes: read_wishes(body, wishes.push)
    )
    if refused:
        return await refuse(send, refused)
    await respond(send, b"", 204, ())


async def notices_subscription(
    user: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Remember where the user's browser takes push messages."""
    push = read_push(await short_body(receive), SETTINGS.push)
    if isinstance(push, Refused):
        return await refuse(send, push)
    await asyncio.to_thread(desk().wish, user, lambda wishes: wishes.with_push(push))
    await respond(send, b"", 204, ())


async def notices_outbox(user: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what has become of each delivery to the user."""
    found = await asyncio.to_thread(desk().outbox, user)
    content = {"deliveries": [asdict(each) for each in found]}
    await json_object(send, content, headers=[NO_STORE])


async def notices_flush(user: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Send now what waits for a digest, or for the end of quiet hours."""
    await asyncio.to_thread(desk().flush, user, time())
    await respond(send, b"", 204, ())


async def notices_revive(user: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Try again what was given up."""
    await asyncio.to_thread(desk().revive, user, time())
    await respond(send, b"", 204, ())


async def notices_poll(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the next notice, as soon as it is there."""
    token = token_in(query(scope), time())
    if isinstance(token, Refused):
        return await refuse(send, token)
    since, seconds = since_of(scope), min(number(scope, "timeout", 20), LONGEST_WAIT)

    async def answer() -> None:
        found = await wait_on_loop(desk(), token.user, since, seconds)
        if not found:
            return await respond(send, b"", 204, (NO_STORE,))
        body = as_json(found[0][1], found[0][0]).encode()
        await respond(send, body, 200, (JSON, NO_STORE))

    await while_there(receive, answer())


async def notices_events(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what comes as server-sent events, until the client has left."""
    token = token_in(query(scope), time())
    if isinstance(token, Refused):
        return await refuse(send, token)
    last = (header(scope, b"last-event-id") or b"").decode("latin-1")
    since = number_in(last) or since_of(scope)

    async def answer() -> None:
        await start(send, 200, EVENTS)
        async with aclosing(events_on_loop(desk(), token.user, since)) as events:
            async for event in events:
                await piece(send, event)

    await while_there(receive, answer())


async def notices(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what comes over a WebSocket; what the client says is not listened to."""
    origin = (header(scope, b"origin") or b"").decode("latin-1")
    token = token_in(query(scope), time())
    if isinstance(token, Refused) or not origin_allowed(origin, ALLOWED_ORIGINS):
        return await send({"type": "websocket.close"})  # before the accept: a 403
    await send({"type": "websocket.accept"})

    async def send_all() -> None:
        since = since_of(scope)
        while True:
            for n, notice in await wait_on_loop(desk(), token.user, since, 60):
                text = as_json(notice, n)
                await send({"type": "websocket.send", "text": text})
                since = n

    await while_there(receive, send_all(), "websocket.disconnect")


async def while_there(
    receive: Receive, work: Awaitable[None], ends: str = "http.disconnect"
) -> None:
    """Do it, but no longer than the client is there."""

    async def left() -> None:
        while (await receive())["type"] != ends:
            pass

    both = (asyncio.ensure_future(work), asyncio.create_task(left()))
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)
    with suppress(asyncio.CancelledError, OSError):
        both[0].result()


def since_of(scope: Scope) -> int:
    """Return the number that the page has."""
    return number_in(dict(query(scope)).get("since", ""))


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
    "/systems/notices/": (notices_page, ("GET", "HEAD")),
    "/systems/notices/token": (notices_token, ("POST",)),
    "/systems/notices/orders": (with_user(notices_orders), ("POST",)),
    "/systems/notices/preferences": (with_user(notices_preferences), ("GET", "PUT")),
    "/systems/notices/subscription": (with_user(notices_subscription), ("PUT",)),
    "/systems/notices/outbox": (with_user(notices_outbox), ("GET",)),
    "/systems/notices/flush": (with_user(notices_flush), ("POST",)),
    "/systems/notices/revive": (with_user(notices_revive), ("POST",)),
    "/systems/notices/poll": (notices_poll, ("GET",)),
    "/systems/notices/events": (notices_events, ("GET",)),
}
WEBSOCKET = {"/systems/notices/ws": notices}
