"""The second protocol: messages both ways, as long as the connection lasts.

One call of the application is one WebSocket connection. The first event that comes is
"websocket.connect", in the middle of the handshake: nothing has been promised to the
client yet. Sending "websocket.accept" completes the handshake; "websocket.close" at
this point refuses it with 403. After that come and go "websocket.receive" and
"websocket.send", until "websocket.disconnect" tells that it is over.

Pings, fragments and masks are the server's business. It delivers whole messages, either
as `text` or as `bytes`.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from asgi_raw.events import TEXT, Event, Receive, Scope, Send, query
from asgi_raw.routes import path_below_root

KNOWN_SUBPROTOCOLS = ("chat.v2", "chat.v1")
"""The best one first."""


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait for the connection, and hand it to the endpoint of its path."""
    event = await receive()
    if event["type"] != "websocket.connect":
        raise ValueError(f"Expected 'websocket.connect', but got {event['type']!r}.")
    # It must be answered, by accepting or by closing (www, "Connect").
    endpoint = PATHS.get(path_below_root(scope), ws_reject)
    await endpoint(scope, receive, send)


async def messages(receive: Receive) -> AsyncIterator[Event]:
    """Give each message, until the client has left, however that came about."""
    while (event := await receive())["type"] == "websocket.receive":
        yield event
    if event["type"] != "websocket.disconnect":
        raise ValueError(f"Expected 'websocket.receive', but got {event['type']!r}.")


def echo_of(event: Event) -> Event:
    """Make the event that sends a message back."""
    # Exactly one of the two keys is not None; the other may be there or not. An empty
    # message is a message, so ask for None and not for truth (www, "Receive").
    if event.get("text") is not None:
        return {"type": "websocket.send", "text": event["text"]}
    return {"type": "websocket.send", "bytes": event["bytes"]}


async def ws_echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Send every message back."""
    await send({"type": "websocket.accept"})
    async for event in messages(receive):
        await send(echo_of(event))


async def ws_subprotocol(scope: Scope, receive: Receive, send: Send) -> None:
    """Take the best of the subprotocols offered, say which, and close."""
    offered = scope.get("subprotocols", [])
    chosen = next((name for name in KNOWN_SUBPROTOCOLS if name in offered), None)
    await send({"type": "websocket.accept", "subprotocol": chosen})
    await send({"type": "websocket.send", "text": chosen or "none"})
    await send({"type": "websocket.close"})


async def ws_close(scope: Scope, receive: Receive, send: Send) -> None:
    """Close with the code and the reason of the query, at the first message."""
    wanted = dict(query(scope))
    await send({"type": "websocket.accept"})
    async for _ in messages(receive):
        close: Event = {"type": "websocket.close"}  # The code would be 1000.
        if "code" in wanted:
            close["code"] = int(wanted["code"])
        if "reason" in wanted:
            close["reason"] = wanted["reason"]
        return await send(close)


async def ws_reject(scope: Scope, receive: Receive, send: Send) -> None:
    """Close before accepting: the server answers the handshake with 403."""
    await send({"type": "websocket.close"})


async def ws_deny(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse with a response of our own, where the server offers to send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        # An extension may be used only if it is offered (ASGI, "Extensions").
        return await ws_reject(scope, receive, send)
    body = b"sign in first"
    length = b"%d" % len(body)
    await send(
        {
            "type": "websocket.http.response.start",
            "status": 401,
            "headers": [
                TEXT,
                (b"content-length", length),
                (b"www-authenticate", b"Bearer"),
            ],
        }
    )
    await send({"type": "websocket.http.response.body", "body": body})


async def ws_late(scope: Scope, receive: Receive, send: Send) -> None:
    """Go on sending when the client has left, and then end quietly."""
    await send({"type": "websocket.accept"})
    async for event in messages(receive):
        await send(echo_of(event))
    # Since version 2.4 the server should raise OSError; before, sending did nothing
    # (www, "Disconnected Client"). An application must live with both.
    with contextlib.suppress(OSError):
        await send({"type": "websocket.send", "text": "too late"})


PATHS: dict[str, Callable[[Scope, Receive, Send], Awaitable[None]]] = {
    "/ws/echo": ws_echo,
    "/ws/subprotocol": ws_subprotocol,
    "/ws/close": ws_close,
    "/ws/reject": ws_reject,
    "/ws/deny": ws_deny,
    "/ws/late": ws_late,
}
