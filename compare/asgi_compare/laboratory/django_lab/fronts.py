"""What stands before Django in an experiment, and changes what it gets to see.

Each is an ASGI middleware around the whole of Django, which changes the scope. So it
can be shown what a part of Django's handler is for, without touching the handler.
"""

from __future__ import annotations

import contextlib
import string
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]


def changing_scope(app: Application, change: Callable[[Scope], Scope]) -> Application:
    """Change some keys of each scope."""

    async def changed(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, **change(scope)}, receive, send)

    return changed


def ascii_query(scope: Scope) -> Scope:
    """Percent-encode what is not ASCII in a query."""
    query = quote(scope["query_string"], safe=string.printable)
    return {"query_string": query.encode()}


def one_cookie_field(scope: Scope) -> Scope:
    """Join several Cookie fields by a semicolon (RFC 9113 section 8.2.3)."""
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    others = [pair for pair in scope["headers"] if pair[0] != b"cookie"]
    return {"headers": [*others, (b"cookie", b"; ".join(cookies))]}


def first_fields(scope: Scope) -> Scope:
    """Leave only the first of several fields of one name."""
    kept: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        kept.setdefault(name, value)
    return {"headers": list(kept.items())}


def hyphens(scope: Scope) -> Scope:
    """Write hyphens for the underscores in names of fields."""
    fields: Fields = scope["headers"]
    return {"headers": [(name.replace(b"_", b"-"), value) for name, value in fields]}


def tomorrow(scope: Scope) -> Scope:
    """Name a protocol that nobody knows yet."""
    return {"type": "tomorrow"}


def older(app: Application) -> Application:
    """Be a server from before version 2.4 of the specification.

    From then on `send` raises OSError when the client has left (www, "Disconnected
    Client"). Before, it did nothing, and only "http.disconnect" told.
    """

    async def before_2_4(scope: Scope, receive: Receive, send: Send) -> None:
        async def into_the_void(event: Mapping[str, Any]) -> None:
            with contextlib.suppress(OSError):
                await send(event)

        asgi = {**scope["asgi"], "spec_version": "2.3"}
        await app({**scope, "asgi": asgi}, receive, into_the_void)

    return before_2_4


def with_lifespan(app: Application) -> Application:
    """Answer the lifespan: this is all that it takes to have one."""

    async def lifespan_as_well(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        while True:
            event = await receive()
            await send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return

    return lifespan_as_well


def with_websocket(app: Application) -> Application:
    """Answer each WebSocket with an echo, in the place where Channels goes."""

    async def websocket_as_well(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})

    return websocket_as_well
