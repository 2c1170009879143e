"""Step 6: a WebSocket: messages both ways, until one side closes.

    uvicorn asgi_raw.steps.step6:application
    websockets ws://127.0.0.1:8000/echo

One call is one connection, however long it lasts. A WebSocket begins as an HTTP
request, so the scope has a path, a query and headers, but no method. Then:

    -> websocket.connect      the client asks; nothing is promised yet
    <- websocket.accept       yes: the server completes the handshake with 101
    <- websocket.close        no, if sent instead: the client gets 403

The first event that is sent must be one of these two, or belong to an extension that
the server offers; and no message comes before the accept (www, "Connect"). An accept
may have headers, and a `subprotocol`, one of those that the client offers in
`scope["subprotocols"]` (www, "Accept"). After it messages come and go, whole ones, and
each has either `text` or `bytes` (www, "Receive" and "Send").

    # produced: conversations
    A client that closes:
    called with {'type': 'websocket', 'path': '/echo', ...}
    -> {'type': 'websocket.connect'}
    <- {'type': 'websocket.accept'}
    -> {'type': 'websocket.receive', 'text': 'hello'}
    <- {'type': 'websocket.send', 'text': 'hello'}
    -> {'type': 'websocket.receive', 'bytes': b'hello'}
    <- {'type': 'websocket.send', 'bytes': b'hello'}
    the client leaves
    -> {'type': 'websocket.disconnect', 'code': 1001, 'reason': ''}
    returns; the client gets 101, 2 messages

    The application closes:
    called with {'type': 'websocket', 'path': '/echo', ...}
    -> {'type': 'websocket.connect'}
    <- {'type': 'websocket.accept'}
    -> {'type': 'websocket.receive', 'text': 'bye'}
    <- {'type': 'websocket.close', 'code': 1000}
    returns; the client gets 101, close code 1000

    The application refuses:
    called with {'type': 'websocket', 'path': '/nowhere', ...}
    -> {'type': 'websocket.connect'}
    <- {'type': 'websocket.close'}
    returns; the client gets 403
    # end

The connection ends in one of three ways:

* The client closes or is lost, or the server shuts down: "websocket.disconnect" comes,
  with the code that the client sent, 1005 if it sent none, 1006 if the connection
  broke. Do not answer it; `send` should raise an OSError now, or else does nothing
  (www, "Disconnected Client").
* We send "websocket.close" with a `code`: 1000, which is also the default, or one from
  3000 to 4999, whose meaning is ours; and, from version 2.3 on, with a `reason`. Before
  the accept the client gets 403, whatever the code. After a close nothing more may be
  sent (www, "Close"); `receive` gives "websocket.disconnect".
* We return or raise: the server ends it for us (www, "Websocket Connection Scope").
  Before the accept most answer 500, and some 403; after it most close with 1011, and
  uvicorn drops the connection without a code. So close by yourself.

Pings, fragments and masks are the server's business. So is a limit for the size of a
message. `send` waits for a slow client, as in step 4. To send while you wait, give each
its own task: one awaits `receive`, any number await `send`. You can refuse with a
response of your own if the server offers an extension: see `ws_deny` in `websocket.py`.

Picture: docs/steps/step6.svg.

What is missing: what every application needs would have to be written into every
application. Step 7 puts it around them.
"""

from asgi_raw.events import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send every message back, until somebody has enough."""
    if scope["type"] != "websocket":
        raise ValueError(f"Expected 'websocket', but got {scope['type']!r}.")
    await receive()  # "websocket.connect" always comes first.
    if scope["path"] != "/echo":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        # Exactly one is not None, and the other key may be missing. An empty message
        # is a message too, so do not ask whether it is true.
        if event.get("text") == "bye":
            await send({"type": "websocket.close", "code": 1000})
            return
        if event.get("text") is not None:
            await send({"type": "websocket.send", "text": event["text"]})
        else:
            await send({"type": "websocket.send", "bytes": event["bytes"]})
