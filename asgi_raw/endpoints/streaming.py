"""Chapter 5: responses that take time, and clients that leave.

A coroutine can wait for two things at once. That is what ASGI has over WSGI: while it
sends or waits, it can wait for "http.disconnect" as well, and stop when nobody is there
any more.
"""

import asyncio
import re

from asgi_raw.events import (
    TEXT,
    Receive,
    Scope,
    Send,
    end,
    header,
    json_object,
    number,
    piece,
    query,
    read_body,
    respond,
    start,
    watch,
)
from asgi_raw.lifespan import shared

EVENT_ID = re.compile(rb"[0-9]{1,9}")
"""What an id of ours looks like; int() takes more, and fails at what is too long."""


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with pieces, one after the other, without saying how long it will be."""
    pieces, size = int(number(scope, "pieces", 3)), int(number(scope, "size", 10))
    await start(send, 200, [TEXT])
    for n in range(pieces):
        # Each of these waits while the client is slower than we are: that is
        # back-pressure, and all an application has to do for it is to await.
        await piece(send, bytes([ord("a") + n % 26]) * size)
    await end(send)


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with server-sent events, from the one after Last-Event-ID on."""
    seen = header(scope, b"last-event-id") or b""
    # Not one of ours: from the start.
    last = int(seen) if EVENT_ID.fullmatch(seen) else 0
    kind = (b"content-type", b"text/event-stream")
    await start(send, 200, [kind, (b"cache-control", b"no-store")])
    retry = b"retry: 1000\n"
    for n in range(last + 1, 4):
        await piece(send, retry + b"id: %d\ndata: event %d\n\n" % (n, n))
        retry = b""
    await end(send)


async def drip(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a line every 10 ms, 200 times or until the client has left."""
    page, ledger = dict(query(scope)).get("id", ""), shared(scope)["ledger"]
    ledger.open(page)
    outcome = "stopped"
    leaving = watch(receive)
    try:
        await start(send, 200, [TEXT])
        for n in range(200):
            await piece(send, b"tick %d\n" % n)
            await asyncio.wait({leaving}, timeout=0.01)
            if leaving.done():
                return
        await end(send)
        outcome = "ran to its end"
    finally:
        # However it ends: the client has left, `send` has raised, or the server has
        # cancelled us because it is shutting down.
        leaving.cancel()
        ledger.write(page, outcome)


async def poll(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait for the next event of a topic; after the time-out, 204."""
    topic, timeout = dict(query(scope)).get("topic", ""), number(scope, "timeout", 1)
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    def deliver(event: str) -> None:
        # It may be published in another thread; this is the one call of a loop that
        # is allowed from there.
        loop.call_soon_threadsafe(arrived.put_nowait, event)

    unsubscribe = shared(scope)["board"].subscribe(topic, deliver)
    next_event = asyncio.create_task(arrived.get())
    leaving = watch(receive)
    try:
        await asyncio.wait(
            {next_event, leaving},
            timeout=timeout,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if leaving.done():
            return
        if next_event.done():
            return await json_object(send, {"event": next_event.result()})
        await respond(send, b"", 204, ())
    finally:
        unsubscribe()
        next_event.cancel()
        leaving.cancel()


async def announce(scope: Scope, receive: Receive, send: Send) -> None:
    """Publish the body as an event of a topic, and say how many got it."""
    topic = dict(query(scope)).get("topic", "")
    event = (await read_body(receive)).decode("utf-8", "replace")
    delivered = shared(scope)["board"].publish(topic, event)
    await json_object(send, {"delivered": delivered})


async def log(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was written down about an id."""
    page = dict(query(scope)).get("id", "")
    await json_object(send, {"log": shared(scope)["ledger"].read(page)})
