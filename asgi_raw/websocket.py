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
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from asgi_raw.events import TEXT, Event, Receive, Scope, Send, query, spec_version
from asgi_raw.routes import SYSTEMS, path_below_root

KNOWN_SUBPROTOCOLS = ("chat.v2", "chat.v1")
"""The best one first."""
CLOSE_CODE = re.compile(r"1000|[34][0-9]{3}")
"""What an application may close with: the code for "all is done", or one of those that
the protocol has not kept for itself (RFC 6455, 7.4)."""


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait for the connection, and hand it to the endpoint of its path."""
    event = await receive()
    if event["type"] != "websocket.connect":
        raise ValueError(f"Expected 'websocket.connect', but got {event['type']!r}.")
    # It must be answered, by accepting or by closing (www, "Connect"). The connection
    # lasts as long as this call: when it returns, or raises, and the socket is still
    # open, the server closes it (www, "Websocket Connection Scope").
    endpoint = PATHS.get(path_below_root(scope), ws_reject)
    await endpoint(scope, receive, send)


async def messages(receive: Receive) -> AsyncIterator[Event]:
    """Yield each message, until the client has left.

    However that came about, there is one event for it (www, "Disconnect"), and an
    application should end then: nobody is there to talk to.
    """
    while (event := await receive())["type"] == "websocket.receive":
        yield event
    if event["type"] != "websocket.disconnect":
        raise ValueError(f"Expected 'websocket.receive', but got {event['type']!r}.")


def echo_of(event: Event) -> Event:
    """Make the event that sends a message back."""
    # Exactly one of the two keys is not None; the other may be there or not. An empty
    # message is a message, so ask for None and not for truth (www, "Receive"). The same
    # holds for what we send (www, "Send").
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
    # Optional, and any iterable (www, "Websocket Connection Scope").
    offered = set(scope.get("subprotocols", ()))
    chosen = next((name for name in KNOWN_SUBPROTOCOLS if name in offered), None)
    # The one that was chosen has a key of its own, and must not be among the `headers`
    # that an accept may have (www, "Accept"). None stands for none.
    await send({"type": "websocket.accept", "subprotocol": chosen})
    await send({"type": "websocket.send", "text": chosen or "none"})
    await send({"type": "websocket.close"})


async def ws_close(scope: Scope, receive: Receive, send: Send) -> None:
    """Close with the code and the reason of the query, at the first message."""
    wanted = dict(query(scope))
    close: Event = {"type": "websocket.close"}
    if "code" in wanted:  # Without one, 1000 is sent.
        if not CLOSE_CODE.fullmatch(wanted["code"]):
            return await ws_reject(scope, receive, send)
        close["code"] = int(wanted["code"])
    if "reason" in wanted and spec_version(scope) >= (2, 3):
        # An older server does not know the key (www, "Spec Versions"). The frame has
        # room for 123 bytes of it (RFC 6455, 5.5).
        reason = wanted["reason"].encode()[:123]
        close["reason"] = reason.decode("utf-8", "ignore")
    await send({"type": "websocket.accept"})
    async for _ in messages(receive):
        return await send(close)


async def ws_reject(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse the handshake: the server answers it with 403."""
    # That is what a close means before the accept (www, "Close").
    await send({"type": "websocket.close"})


async def ws_deny(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse with a response of our own, where the server offers to send one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        # An extension may be used only if it is offered (ASGI, "Extensions"); this one
        # is described apart (extensions, "Websocket Denial Response").
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
    # (www, "Disconnected Client"). An application must live with both. To let the error
    # pass would do as well: the server that raised it knows what it means.
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
for system in SYSTEMS:
    PATHS |= system.WEBSOCKET
