"""Streams and WebSockets that go on for ever, and note what they hear of the end.

The file that the environment variable ASGI_COMPARE_HEARD names gets a line with the
time, who heard it, and what.
"""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

FILE = Path(os.environ["ASGI_COMPARE_HEARD"])
EVERY = 0.05


def note(who: str, what: str) -> None:
    """Write down what was heard, and when."""
    with FILE.open("a") as file:
        file.write(f"{time.monotonic()} {who} {what}\n")


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Go on for ever."""
    await {"lifespan": live, "websocket": talk, "http": stream}[scope["type"]](
        receive, send
    )


async def live(receive: Any, send: Any) -> None:
    """Note when the end is announced."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    note("lifespan", "shutdown")
    await send({"type": "lifespan.shutdown.complete"})


async def heard(who: str, receive: Any, sending: Any) -> None:
    """Send, and note what comes first: an event, a cancellation, or an error."""
    tasks = [asyncio.create_task(sending), asyncio.create_task(told(receive))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = next(task for task in tasks if task.done())
        error = first.exception()
        note(who, type(error).__name__ if error else str(first.result()))
    except asyncio.CancelledError:
        note(who, "CancelledError")
        raise
    finally:
        for task in tasks:
            task.cancel()


async def told(receive: Any) -> str:
    """Return the event that ends it, with its code."""
    while not (event := await receive())["type"].endswith("disconnect"):
        pass
    return f"{event['type'].partition('.')[2]} {event.get('code', '')}".strip()


async def stream(receive: Any, send: Any) -> None:
    """Stream."""

    async def sending() -> None:
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)
        while True:
            event = {"type": "http.response.body", "body": b".", "more_body": True}
            await send(event)
            await asyncio.sleep(EVERY)

    await receive()
    await heard("stream", receive, sending())


async def talk(receive: Any, send: Any) -> None:
    """Send messages."""

    async def sending() -> None:
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", "text": "."})
            await asyncio.sleep(EVERY)

    await receive()
    await heard("WebSocket", receive, sending())
