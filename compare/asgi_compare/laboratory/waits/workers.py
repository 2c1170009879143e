"""What belongs to one worker: the state of a lifespan, and sessions in memory.

`/count` counts in the state of the lifespan. `/open` makes a session, `/poll?ID` knows
it or answers 404, and so does every message over the WebSocket that made one.
"""

import os
import secrets
from typing import Any

SESSIONS: set[str] = set()


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Answer."""
    if scope["type"] == "lifespan":
        await live(scope, receive, send)
    elif scope["type"] == "websocket":
        await talk(receive, send)
    else:
        status, text = page(scope)
        body = text.encode()
        headers = [(b"content-length", b"%d" % len(body))]
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body})


async def live(scope: Any, receive: Any, send: Any) -> None:
    """Put a counter into the state."""
    await receive()
    scope["state"]["counter"] = [0]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def page(scope: Any) -> tuple[int, str]:
    """Return the status and the text of a page."""
    if scope["path"] == "/count":
        counter = scope["state"]["counter"]
        counter[0] += 1
        return 200, f"{os.getpid()} {counter[0]}"
    if scope["path"] == "/open":
        SESSIONS.add(name := secrets.token_hex(8))
        return 200, name
    known = scope["query_string"].decode() in SESSIONS
    return (200, "known") if known else (404, "unknown")


async def talk(receive: Any, send: Any) -> None:
    """Make a session, and say for each message whether it is known here."""
    await receive()
    SESSIONS.add(name := secrets.token_hex(8))
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        text = "known" if name in SESSIONS else "unknown"
        await send({"type": "websocket.send", "text": text})
