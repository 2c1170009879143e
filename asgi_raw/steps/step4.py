"""Step 4: a response in pieces, the client that leaves, and no response at all.

    uvicorn asgi_raw.steps.step4:application
    curl -N http://127.0.0.1:8000/ticks

`more_body` works both ways: as long as it is True, the response goes on; without the
key it is False (www, "Response Body"). `send` returns when the server has taken the
piece. If the client reads slowly it takes long: that is back-pressure, and to await is
all you have to do for it.

`receive` gives, in this order:

1. the pieces of the request (step 2);
2. nothing: it waits, as long as the client waits for its answer;
3. "http.disconnect", when the client has left or the response is complete (www,
   "Disconnect"). Take it once and ask no more: a second `receive` gives it again or
   never returns, depending on the server.

So, as long as the response is not complete, a task that awaits `receive` learns at once
that the client has left. `send` should tell too, at the next piece, by an OSError. A
server whose spec_version is below 2.4 need not raise one, and some newer ones do not,
uvicorn among them: `send` does nothing then (www, "Disconnected Client"). Do not catch
the OSError, unless there is something to clean up: the server knows it, and logs
nothing.

    # produced: conversations
    A client that stays:
    called with {'type': 'http', 'method': 'GET', 'path': '/ticks', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8')]}
    <- {'type': 'http.response.body', 'body': b'tick 1, ', 'more_body': True}
    <- {'type': 'http.response.body', 'body': b'tick 2, ', 'more_body': True}
    <- {'type': 'http.response.body', 'body': b'tick 3, ', 'more_body': True}
    <- {'type': 'http.response.body', 'body': b'end'}
    returns; the client gets 200, 27 bytes

    A client that leaves:
    called with {'type': 'http', 'method': 'GET', 'path': '/ticks', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8')]}
    <- {'type': 'http.response.body', 'body': b'tick 1, ', 'more_body': True}
    <- {'type': 'http.response.body', 'body': b'tick 2, ', 'more_body': True}
    the client leaves
    -> {'type': 'http.disconnect'}
    returns; the client gets 200, 16 bytes, not whole

    After a complete response:
    called with {'type': 'http', 'method': 'GET', 'path': '/after', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8')]}
    <- {'type': 'http.response.body', 'body': b'complete'}
    -> {'type': 'http.disconnect'}
    returns; the client gets 200, 8 bytes

    No response at all:
    called with {'type': 'http', 'method': 'GET', 'path': '/nothing', ...}
    -> {'type': 'http.request', 'body': b'', 'more_body': False}
    returns; the client gets 500, 21 bytes
    # end

* After a complete response, "http.disconnect" does not mean that the client has left.
* The call may go on after its response, "plus a little longer if there is cleanup to
  do" (ASGI, "Overview"). The client does not wait for it. If the application sends one
  more event then, `send` should do nothing; in most servers it raises.
* If the application raises before the start of its response, the server answers 500 by
  itself. After the start there can be no other status: the server breaks the connection
  off, so that the client sees a body that is not whole (ASGI, "Error Handling").
* If the application returns without a response, most servers answer 500 as well. The
  specification does not ask them to, and Daphne lets the client wait. If it returns
  after the start and before the last piece, the connection is broken off.

Picture: docs/steps/step4.svg.

What is missing: each request is alone. Step 5 makes something when the server starts,
which all requests share.
"""

import asyncio

from asgi_raw.events import Receive, Scope, Send

START = {
    "type": "http.response.start",
    "status": 200,
    # No Content-Length: nobody knows how long the client will stay.
    "headers": [(b"content-type", b"text/plain; charset=utf-8")],
}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Call the function of the path, once the request is whole."""
    if scope["type"] != "http":
        raise ValueError(f"Expected a scope of type 'http', but got {scope['type']!r}.")
    event = await receive()
    while event.get("more_body", False):
        event = await receive()
    if event["type"] == "http.disconnect":
        return
    if scope["path"] == "/ticks":
        await ticks(receive, send)
    elif scope["path"] == "/after":
        await after(receive, send)
    # For any other path it returns without a response. That is a fault, shown on
    # purpose: `asgi-compare check` finds it.


async def ticks(receive: Receive, send: Send) -> None:
    """Send three pieces, or fewer if the client leaves."""
    leaving = asyncio.create_task(disconnect(receive))
    try:
        await send(START)
        for number in (1, 2, 3):
            tick = b"tick %d, " % number
            await send({"type": "http.response.body", "body": tick, "more_body": True})
            # Wait for a moment, or until the client leaves, whichever comes first.
            await asyncio.wait({leaving}, timeout=0.01)
            if leaving.done():
                return
        await send({"type": "http.response.body", "body": b"end"})
    finally:
        # This is run however it ends: also if `send` raises, or if the server cancels
        # this call because it shuts down.
        leaving.cancel()


async def disconnect(receive: Receive) -> None:
    """Wait for "http.disconnect"."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def after(receive: Receive, send: Send) -> None:
    """Send a complete response, and ask once more."""
    await send(START)
    await send({"type": "http.response.body", "body": b"complete"})
    await receive()
