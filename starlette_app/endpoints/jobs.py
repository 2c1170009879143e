"""Chapter 10: work that outlives its request.

The answer is 202 and an address. The job is done by a task of the application and not
of the response: see `work.py`. Who watches a job looks at it again and again; it costs
little, and works in the same way when another process does the job.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from asgi_compare.domain.jobs import (
    LARGEST,
    LOOK_EVERY,
    Job,
    Refusal,
    Watch,
    as_status,
    read_order,
    result_of,
)
from starlette_app.work import Work, stand_in

Endpoint = Callable[[Request], Awaitable[Response]]


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused with its sentence; endpoints refuse before they start."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            later = {"retry-after": "1"} if refusal.again else {}
            content = {"error": refusal.sentence}
            return JSONResponse(content, refusal.status, later)

    return answered


@refusals
async def start_job(request: Request) -> Response:
    """Take an upload, and answer with the address of a job."""
    body = b""
    async for received in request.stream():
        if len(body) <= LARGEST:  # more is read, and not kept
            body += received
    key = request.headers.get("idempotency-key")
    order = read_order(key, request.query_params, body)
    await work_of(request).begin(order)
    address = {"location": f"/jobs/{order.key}"}
    return JSONResponse({"id": order.key}, 202, address)


@refusals
async def job(request: Request) -> Response:
    """Answer with how far a job has come."""
    found = await work_of(request).look(request.path_params["key"])
    return JSONResponse(as_status(found))


@refusals
async def job_events(request: Request) -> Response:
    """Say all that happens to a job, until it is over or the client has left."""
    work = work_of(request)
    found = await work.look(request.path_params["key"])
    watcher = Watch(request.headers.get("last-event-id"))
    # The media type goes in as a header field: given as `media_type`, a text/... would
    # get a charset, which this one does not have.
    headers = {"content-type": "text/event-stream", "cache-control": "no-store"}
    return StreamingResponse(events_of(work, found, watcher), headers=headers)


async def events_of(work: Work, found: Job, watcher: Watch) -> AsyncIterator[bytes]:
    """Return the events, one a piece."""
    while True:
        for each in watcher.news(found):
            yield each
        if found.is_over:
            return
        await asyncio.sleep(LOOK_EVERY)
        found = await work.look(found.order.key)


@refusals
async def job_result(request: Request) -> Response:
    """Answer with what came of a job, or say why there is nothing."""
    found = await work_of(request).look(request.path_params["key"])
    return JSONResponse(result_of(found))


@refusals
async def cancel_job(request: Request) -> Response:
    """Have a job end at its next step, and say where that can be seen."""
    found = await work_of(request).cancel(request.path_params["key"])
    address = {"location": f"/jobs/{found.order.key}"}
    return JSONResponse({"id": found.order.key}, 202, address)


def work_of(request: Request) -> Work:
    """Return what does the jobs of this loop, or what stands in for it."""
    found: Work | None = getattr(request.state, "work", None)
    return found or stand_in()
