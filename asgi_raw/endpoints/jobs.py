"""Chapter 10: work that outlives its request.

The answer is 202 and an address. The call of the application ends with it, so somebody
else has to do the job: see `work.py`. Who watches a job looks at it again and again; it
costs little, and works in the same way when another process does the job.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from asgi_compare.domain.jobs import (
    LARGEST,
    LOOK_EVERY,
    Refusal,
    Watch,
    as_status,
    read_order,
    result_of,
)
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
    start,
    watch,
)
from asgi_raw.lifespan import shared
from asgi_raw.work import Work

Endpoint = Callable[..., Awaitable[None]]


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused with its sentence; endpoints refuse before they start."""

    async def answered(
        scope: Scope, receive: Receive, send: Send, **parameters: Any
    ) -> None:
        try:
            await endpoint(scope, receive, send, **parameters)
        except Refusal as refusal:
            later = [(b"retry-after", b"1")] if refusal.again else []
            content = {"error": refusal.sentence}
            await json_object(send, content, refusal.status, later)

    return answered


@refusals
async def start_job(scope: Scope, receive: Receive, send: Send) -> None:
    """Take an upload, and answer with the address of a job."""
    body = b""
    async for received in body_pieces(receive):
        if len(body) <= LARGEST:  # more is read, and not kept
            body += received
    key = header(scope, b"idempotency-key")
    named = key.decode("latin-1") if key is not None else None
    order = read_order(named, dict(query(scope)), body)
    await work_of(scope).begin(order)
    address = (b"location", b"/jobs/" + order.key.encode())
    await json_object(send, {"id": order.key}, 202, [address])


@refusals
async def job(scope: Scope, receive: Receive, send: Send, key: str) -> None:
    """Answer with how far a job has come."""
    await json_object(send, as_status(await work_of(scope).look(key)))


@refusals
async def job_events(scope: Scope, receive: Receive, send: Send, key: str) -> None:
    """Say all that happens to a job, until it is over or the client has left."""
    work = work_of(scope)
    found = await work.look(key)
    last = header(scope, b"last-event-id") or b""
    watcher = Watch(last.decode("latin-1"))
    leaving = watch(receive)
    try:
        kind = (b"content-type", b"text/event-stream")
        await start(send, 200, [kind, (b"cache-control", b"no-store")])
        while not leaving.done():
            for each in watcher.news(found):
                await piece(send, each)
            if found.is_over:
                return await end(send)
            await asyncio.wait({leaving}, timeout=LOOK_EVERY)
            found = await work.look(key)
    finally:
        leaving.cancel()


@refusals
async def job_result(scope: Scope, receive: Receive, send: Send, key: str) -> None:
    """Answer with what came of a job, or say why there is nothing."""
    await json_object(send, result_of(await work_of(scope).look(key)))


@refusals
async def cancel_job(scope: Scope, receive: Receive, send: Send, key: str) -> None:
    """Have a job end at its next step, and say where that can be seen."""
    found = await work_of(scope).cancel(key)
    address = (b"location", b"/jobs/" + key.encode())
    await json_object(send, {"id": found.order.key}, 202, [address])


def work_of(scope: Scope) -> Work:
    """Return what does the jobs of this loop."""
    found: Work = shared(scope)["work"]
    return found
