"""A gateway: one request in, one or several out, and one answer back.

    GET /systems/gateway/                  the page
    GET /systems/gateway/status            how each upstream fares
    GET /systems/gateway/fan?of=a&of=b     the JSON of several, as one; `path` is what
                                           each is asked for, `required` who must answer
    *   /systems/gateway/pass/NAME/REST    what one upstream says, as it comes

What a gateway decides is in `asgi_compare.domain.systems.gateway`, what speaks HTTP is
in `upstreams.py`. Left for the interface is to pass pieces on, and to stop when the
client leaves: a task waits for that, beside the one that does the work, and cancels it.
"""

import asyncio
import os
from collections.abc import Coroutine
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from asgi_compare.domain.systems.gateway import (
    TOO_LONG,
    Deadline,
    Gate,
    Refusal,
    read_settings,
    to_client,
    to_upstream,
)
from asgi_compare.domain.systems.gateway.loop import Asked, Client, fan_out, open_answer
from asgi_compare.domain.systems.pages import GATEWAY, HEADERS
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
from asgi_raw.systems import upstreams

GATE = Gate(read_settings(os.environ))
CLIENTS: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()


def client() -> Client:
    """Return the HTTP client of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in CLIENTS:
        CLIENTS[loop] = upstreams.client()
    return CLIENTS[loop]


async def gateway_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page."""
    headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await respond(send, GATEWAY.read_bytes(), 200, headers)


async def gateway_status(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the state of each breaker, and how many requests are open."""
    no_store = [(b"cache-control", b"no-store")]
    await json_object(send, GATE.state(monotonic()), headers=no_store)


async def gateway_fan(scope: Scope, receive: Receive, send: Send) -> None:
    """Ask several upstreams at once, and answer with what has come in time."""
    if refusal := GATE.admit(caller(scope), monotonic()):
        return await refuse(send, refusal)
    asked = query(scope)
    path = dict(asked).get("path", "json")
    urls = {name: GATE.address(name, path) for key, name in asked if key == "of"}
    found = {name: url for name, url in urls.items() if isinstance(url, str)}
    if len(found) < len(urls) or not found:
        return await refuse(send, Refusal(400, "Expected `of` to name upstreams."))
    required = [name for key, name in asked if key == "required"]

    async def answer() -> None:
        merged = await fan_out(GATE, client(), found, required)
        await json_object(send, merged.document, merged.status)

    await while_there(receive, answer())


async def gateway_pass(
    scope: Scope, receive: Receive, send: Send, name: str, rest: str
) -> None:
    """Pass a request on to an upstream, and its answer back, piece by piece."""
    if refusal := GATE.admit(caller(scope), monotonic()):
        return await refuse(send, refusal)
    url = GATE.address(name, rest, scope["query_string"].decode("latin-1"))
    if isinstance(url, Refusal):
        return await refuse(send, url)
    body = b""
    async for part in body_pieces(receive):
        body += part
        if len(body) > GATE.settings.longest_body:
            return await refuse(send, TOO_LONG)
    asked = Asked(scope["method"], url, to_upstream(scope["headers"]), body)
    await while_there(receive, pass_on(send, name, asked))


async def pass_on(send: Send, name: str, asked: Asked) -> None:
    """Ask, and send what is answered."""
    http = client()  # to make the first one takes some time
    deadline = Deadline(monotonic() + GATE.settings.deadline)
    answer = await open_answer(GATE, http, name, asked, deadline)
    if isinstance(answer, Refusal):
        return await refuse(send, answer)
    try:
        await start(send, answer.status, to_client(answer.fields))
        # An error on the way is raised: the server breaks the answer off, and nobody
        # takes it for a whole one.
        async for part in answer.pieces():
            await piece(send, part)
        await end(send)
    finally:
        await answer.close()


async def while_there(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do it, but no longer than the client is there."""
    task, leaving = asyncio.create_task(work), watch(receive)
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if not task.cancelled():
        task.result()


def caller(scope: Scope) -> str:
    """Return by what the rate of a client is counted: its key, or its address."""
    address = scope.get("client") or ("", 0)
    return (header(scope, b"x-api-key") or b"").decode("latin-1") or str(address[0])


async def refuse(send: Send, refusal: Refusal) -> None:
    """Answer in place of an upstream."""
    fields = [(k.encode(), v.encode()) for k, v in refusal.fields.items()]
    await json_object(send, {"error": refusal.sentence}, refusal.status, fields)


HTTP = {
    "/systems/gateway/": (gateway_page, ("GET", "HEAD")),
    "/systems/gateway/status": (gateway_status, ("GET", "HEAD")),
    "/systems/gateway/fan": (gateway_fan, ("GET", "HEAD")),
}
PATTERNS = {
    r"(?s)/systems/gateway/pass/(?P<name>[\w-]{1,32})/(?P<rest>.*)": (gateway_pass, ()),
}
WEBSOCKET: dict[str, Any] = {}
