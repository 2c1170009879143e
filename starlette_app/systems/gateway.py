"""A gateway: one request in, one or several out, and one answer back.

Read it beside `asgi_raw/systems/gateway.py`. Starlette reads the request and streams
the answer. It does not stop an endpoint whose client has left, and with a server of
spec_version 2.4 a stream neither, before it sends; so that is left to us here, too.
"""

import asyncio
import os
from collections.abc import Coroutine
from time import monotonic
from typing import TypeVar
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from asgi_compare.domain.systems.gateway import (
    TOO_LONG,
    Deadline,
    Gate,
    Refusal,
    read_settings,
    to_client,
    to_upstream,
)
from asgi_compare.domain.systems.gateway.loop import (
    Answer,
    Asked,
    Client,
    fan_out,
    open_answer,
)
from asgi_compare.domain.systems.pages import GATEWAY, HEADERS
from starlette_app.systems import upstreams

Result = TypeVar("Result")

GATE = Gate(read_settings(os.environ))
CLIENTS: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()


def client() -> Client:
    """Return the HTTP client of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in CLIENTS:
        CLIENTS[loop] = upstreams.client()
    return CLIENTS[loop]


async def gateway_page(request: Request) -> FileResponse:
    """Answer with the page."""
    return FileResponse(GATEWAY, headers=HEADERS)


async def gateway_status(request: Request) -> JSONResponse:
    """Answer with the state of each breaker, and how many requests are open."""
    headers = {"cache-control": "no-store"}
    return JSONResponse(GATE.state(monotonic()), headers=headers)


async def gateway_fan(request: Request) -> Response:
    """Ask several upstreams at once, and answer with what has come in time."""
    await request.body()
    if refusal := GATE.admit(caller(request), monotonic()):
        return refused(refusal)
    path = request.query_params.get("path", "json")
    names = request.query_params.getlist("of")
    urls = {name: GATE.address(name, path) for name in names}
    found = {name: url for name, url in urls.items() if isinstance(url, str)}
    if len(found) < len(urls) or not found:
        return refused(Refusal(400, "Expected `of` to name upstreams."))
    required = request.query_params.getlist("required")
    work = fan_out(GATE, client(), found, required)
    merged = await while_there(request.receive, work)
    if merged is None:
        return Response()  # to nobody
    return JSONResponse(merged.document, merged.status)


async def gateway_pass(request: Request) -> Response:
    """Pass a request on to an upstream, and its answer back, piece by piece."""
    if refusal := GATE.admit(caller(request), monotonic()):
        return refused(refusal)
    name, rest = request.path_params["name"], request.path_params["rest"]
    url = GATE.address(name, rest, request.url.query)
    if isinstance(url, Refusal):
        return refused(url)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > GATE.settings.longest_body:
            return refused(TOO_LONG)
    asked = Asked(request.method, url, to_upstream(request.headers.raw), body)
    http = client()  # to make the first one takes some time
    deadline = Deadline(monotonic() + GATE.settings.deadline)
    work = open_answer(GATE, http, name, asked, deadline)
    answer = await while_there(request.receive, work)
    if answer is None:
        return Response()  # to nobody
    if isinstance(answer, Refusal):
        return refused(answer)
    return PassedOn(answer)


class PassedOn(StreamingResponse):
    """The answer of an upstream; `background` would not run if the client leaves."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.pieces(), answer.status)
        # Given as `headers`, which is a mapping, two Set-Cookie would be one.
        self.raw_headers = to_client(answer.fields)
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, while somebody is there."""
        try:
            await while_there(receive, super().__call__(scope, receive, send))
        finally:
            await self.answer.close()


async def while_there(
    receive: Receive, work: Coroutine[object, object, Result]
) -> Result | None:
    """Do it, but no longer than the client is there; the request must be read."""

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task, leaving = asyncio.create_task(work), asyncio.create_task(left())
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    return None if task.cancelled() else task.result()


def caller(request: Request) -> str:
    """Return by what the rate of a client is counted: its key, or its address."""
    address = request.client.host if request.client else ""
    return request.headers.get("x-api-key") or address


def refused(refusal: Refusal) -> JSONResponse:
    """Return an answer in place of an upstream's."""
    content = {"error": refusal.sentence}
    return JSONResponse(content, refusal.status, refusal.fields)


ANY: list[str] = []
routes: list[BaseRoute] = [
    Route("/systems/gateway/", gateway_page),
    Route("/systems/gateway/status", gateway_status),
    Route("/systems/gateway/fan", gateway_fan),
    Route("/systems/gateway/pass/{name}/{rest:path}", gateway_pass, methods=ANY),
]
