"""Chapter 5: responses that take time, and clients that leave.

A `StreamingResponse` stops when its client has left: older servers tell it of that by
"http.disconnect", newer ones by an OSError from `send`. An endpoint that waits before
it has a response is told nothing, and has to ask.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from asgi_compare.domain import Board, Ledger

BOARD = Board()
LEDGER = Ledger()
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
"""What a number may look like: float() takes "nan", "1_0" and "inf" as well."""
EVENT_ID = re.compile(r"[0-9]{1,9}")
"""What an id of ours looks like; int() takes more, and fails at what is too long."""
POLL_INTERVAL = 0.2
"""Seconds between two looks for whether the client is still there."""


def number(request: Request, name: str, default: float) -> float:
    """Return a query parameter as a number; 400 if it is none."""
    value = request.query_params.get(name, str(default))
    if not NUMBER.fullmatch(value):
        message = f"Expected a number for {name!r}, but got {value!r}."
        raise HTTPException(400, message)
    return float(value)


async def stream(request: Request) -> StreamingResponse:
    """Answer with pieces, one after the other, without saying how long it will be."""
    pieces = int(number(request, "pieces", 3))
    size = int(number(request, "size", 10))
    return StreamingResponse(letters(pieces, size), media_type="text/plain")


async def letters(pieces: int, size: int) -> AsyncIterator[bytes]:
    """Return the pieces; the next one is asked for when the last one is sent."""
    for n in range(pieces):
        yield bytes([ord("a") + n % 26]) * size


async def events(request: Request) -> StreamingResponse:
    """Answer with server-sent events, from the one after Last-Event-ID on."""
    seen = request.headers.get("last-event-id", "")
    # Not one of ours: from the start.
    last = int(seen) if EVENT_ID.fullmatch(seen) else 0
    # The media type goes in as a header field: given as `media_type`, a text/... would
    # get a charset, which this one does not have.
    headers = {"content-type": "text/event-stream", "cache-control": "no-store"}
    return StreamingResponse(events_after(last), headers=headers)


async def events_after(last: int) -> AsyncIterator[bytes]:
    """Return the events, one a piece."""
    retry = b"retry: 1000\n"
    for n in range(last + 1, 4):
        yield retry + b"id: %d\ndata: event %d\n\n" % (n, n)
        retry = b""


async def drip(request: Request) -> StreamingResponse:
    """Send a line every 10 ms, 200 times or until the client has left."""
    page = request.query_params.get("id", "")
    LEDGER.open(page)
    return StreamingResponse(ticks(page), media_type="text/plain")


async def ticks(page: str) -> AsyncIterator[bytes]:
    """Return the lines, and write down how it ended."""
    outcome = "stopped"
    try:
        for n in range(200):
            yield b"tick %d\n" % n
            await asyncio.sleep(0.01)
        outcome = "ran to its end"
    finally:
        # On an older server Starlette waits for "http.disconnect" beside the sending,
        # and cancels us. On a newer one sending fails, and nobody closes a generator
        # then: this is reached when Python collects it, which is soon. To ask
        # `is_disconnected` here would take events from the one that waits for them.
        LEDGER.write(page, outcome)


async def poll(request: Request) -> Response:
    """Wait for the next event of a topic; after the time-out, 204."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + number(request, "timeout", 1)
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def deliver(event: str) -> None:
        # It may be published in another thread; only this call may come from there.
        loop.call_soon_threadsafe(arrived.put_nowait, event)

    unsubscribe = BOARD.subscribe(request.query_params.get("topic", ""), deliver)
    try:
        while (left := deadline - loop.time()) > 0:
            with suppress(TimeoutError):
                event = await asyncio.wait_for(arrived.get(), min(left, POLL_INTERVAL))
                return JSONResponse({"event": event})
            if await request.is_disconnected():
                break
    finally:
        unsubscribe()
    return Response(status_code=204)


async def announce(request: Request) -> JSONResponse:
    """Publish the body as an event of a topic, and say how many got it."""
    topic = request.query_params.get("topic", "")
    event = (await request.body()).decode("utf-8", "replace")
    return JSONResponse({"delivered": BOARD.publish(topic, event)})


async def log(request: Request) -> JSONResponse:
    """Answer with what was written down about an id."""
    page = request.query_params.get("id", "")
    return JSONResponse({"log": LEDGER.read(page)})
