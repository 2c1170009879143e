"""Numbered events to EventSource, in three ways to treat those who come back.

`/live` ignores Last-Event-ID. `/history` sends what is newer than that, and subscribes
afterwards. `/subscribe` subscribes first, and leaves out what it has sent already. To
read the history takes a moment, as a query does.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

EVERY = 0.005
READS = 0.03
EVENTS: list[int] = []
LISTENERS: set[asyncio.Queue[int]] = set()


async def publish() -> None:
    """Publish an event all the time."""
    while True:
        EVENTS.append(number := len(EVENTS) + 1)
        for queue in LISTENERS:
            queue.put_nowait(number)
        await asyncio.sleep(EVERY)


async def newer(last: int) -> list[int]:
    """Read the history: what is newer than an event."""
    found = EVENTS[last:]
    await asyncio.sleep(READS)
    return found


async def live(last: int) -> AsyncIterator[int]:
    """Yield from now on."""
    async for number in subscribed(asyncio.Queue()):
        yield number


async def subscribed(queue: asyncio.Queue[int]) -> AsyncIterator[int]:
    """Yield what is published from now on."""
    LISTENERS.add(queue)
    try:
        while True:
            yield await queue.get()
    finally:
        LISTENERS.discard(queue)


async def history(last: int) -> AsyncIterator[int]:
    """Yield the history, then subscribe: what comes between is lost."""
    for number in await newer(last):
        yield number
    async for number in live(last):
        yield number


async def subscribe(last: int) -> AsyncIterator[int]:
    """Subscribe, then yield the history, and then what is newer than that."""
    queue: asyncio.Queue[int] = asyncio.Queue()
    LISTENERS.add(queue)
    for number in await newer(last):
        yield (last := number)
    async for number in subscribed(queue):
        if number > last:
            yield (last := number)


WAYS = {"/live": live, "/history": history, "/subscribe": subscribe}


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Stream the events."""
    if scope["type"] == "lifespan":
        await receive()
        publishing = asyncio.create_task(publish())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        publishing.cancel()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "http" and scope["path"] in WAYS:
        last = dict(scope["headers"]).get(b"last-event-id")
        # A first visit begins now, and is owed no history.
        numbers = WAYS[scope["path"]](int(last) if last else len(EVENTS))
        headers = [(b"content-type", b"text/event-stream")]
        start = {"type": "http.response.start", "status": 200, "headers": headers}
        await send(start)
        streaming = asyncio.create_task(stream(numbers, send))
        while (await receive())["type"] != "http.disconnect":
            pass
        streaming.cancel()


async def stream(numbers: AsyncIterator[int], send: Any) -> None:
    """Send each number as an event."""
    async for number in numbers:
        body = b"id: %d\ndata: %d\n\n" % (number, number)
        await send({"type": "http.response.body", "body": body, "more_body": True})
