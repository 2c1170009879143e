"""What the application inside does in a scope of type `websocket`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from asgi_compare.judge.middleware.inside import Inside, Planned

FOREVER = 3600.0


async def accept(call: Inside) -> None:
    """Accept, with the first subprotocol that is offered."""
    await call.receive()
    event = {"type": "websocket.accept", "headers": [(b"x-inside", b"1")]}
    offered = list(call.given.get("subprotocols") or ())
    await call.send(event | {"subprotocol": offered[0] if offered else None})


async def echoes(call: Inside) -> None:
    """Send every message back, until the client leaves."""
    await accept(call)
    while (event := await call.receive())["type"] == "websocket.receive":
        key = "text" if event.get("text") is not None else "bytes"
        await call.send({"type": "websocket.send", key: event[key]})


async def closes(call: Inside) -> None:
    """Send a message, and close with a code and a reason."""
    await accept(call)
    await call.send({"type": "websocket.send", "text": "bye"})
    await call.send({"type": "websocket.close", "code": 4001, "reason": "policy"})


async def refuses(call: Inside) -> None:
    """Close before the socket is open."""
    await call.receive()
    await call.send({"type": "websocket.close", "code": 4003})


async def denies(call: Inside) -> None:
    """Refuse with a response, if the server can send one."""
    await call.receive()
    if "websocket.http.response" not in (call.given.get("extensions") or {}):
        await call.send({"type": "websocket.close"})
        return
    start = "websocket.http.response.start"
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"4")]
    await call.send({"type": start, "status": 401, "headers": headers})
    for body, more in ((b"no", True), (b"no", False)):
        event = {"type": "websocket.http.response.body", "body": body}
        await call.send(event | {"more_body": more})


async def raises(call: Inside) -> None:
    """Fail when the socket is open."""
    await accept(call)
    raise Planned


async def sleeps(call: Inside) -> None:
    """Wait for something, until it is cancelled."""
    await accept(call)
    await asyncio.sleep(FOREVER)


ACTS: dict[str, Callable[[Inside], Awaitable[None]]] = {
    "echoes messages": echoes,
    "closes": closes,
    "refuses": refuses,
    "denies": denies,
    "raises": raises,
    "sleeps": sleeps,
}
