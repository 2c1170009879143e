"""Step 5: start-up, shut-down, and the state that requests share.

    uvicorn asgi_raw.steps.step5:application

Before its first request the server calls the application with a scope of the type
"lifespan", and this call lasts until the server ends. Two events come, and each has to
be answered: the server waits for both answers (lifespan, "Startup" and "Shutdown").

What start-up puts into `scope["state"]` comes back in the scope of every request and
WebSocket, as a shallow copy: a key that a request adds is gone after it, while the list
below is one object for all (lifespan, "Lifespan State").

    # produced: conversations
    A life with two requests:
    called with {'type': 'lifespan', 'state': {...}, ...}
    -> {'type': 'lifespan.startup'}
    <- {'type': 'lifespan.startup.complete'}
    called with {'type': 'http', 'method': 'GET', 'path': '/', 'state': {...}, ...}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'9')]}
    <- {'type': 'http.response.body', 'body': b'visitor 1'}
    returns; the client gets 200, 9 bytes
    called with {'type': 'http', 'method': 'GET', 'path': '/', 'state': {...}, ...}
    <- {'type': 'http.response.start',
        'status': 200,
        'headers': [(b'content-type', b'text/plain; charset=utf-8'),
                    (b'content-length', b'9')]}
    <- {'type': 'http.response.body', 'body': b'visitor 2'}
    returns; the client gets 200, 9 bytes
    -> {'type': 'lifespan.shutdown'}
    <- {'type': 'lifespan.shutdown.complete'}
    returns

    A start-up that fails:
    called with {'type': 'lifespan', ...}
    -> {'type': 'lifespan.startup'}
    <- {'type': 'lifespan.startup.failed',
        'message': 'Expected a server that offers a state.'}
    returns
    # end

To fail, send "lifespan.startup.failed": the server logs the message and exits. To raise
means "I do not know lifespan", and the server goes on without it, so that an error in
start-up would be overlooked (lifespan, "Scope" and "Startup Failed"). For shut-down
there is "lifespan.shutdown.failed".

There is one lifespan in each event loop. A server with four workers calls it four
times, in four processes that share nothing: this counter counts for one of them. And a
few servers (Daphne is one) never call it; then no request has a state, and this
application cannot answer. `lifespan.py` shows what can stand in for it.

Picture: docs/steps/step5.svg.

What is missing: a server cannot speak first in HTTP. Step 6 has a connection on which
both sides can.
"""

from asgi_raw.events import Receive, Scope, Send


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve two protocols: a lifespan, and the requests in it."""
    if scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    elif scope["type"] == "http":
        await visit(scope, send)
    else:
        raise ValueError(f"Expected 'http' or 'lifespan', but got {scope['type']!r}.")


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Make the list of visitors, and give it back in the end."""
    await receive()  # "lifespan.startup" always comes first.
    if "state" not in scope:  # It is optional, and an older server has none.
        message = "Expected a server that offers a state."
        await send({"type": "lifespan.startup.failed", "message": message})
        return
    visitors: list[str] = []  # In earnest this would be a pool of connections.
    # The key has our name in it, lest a middleware chooses the same.
    scope["state"]["step5.visitors"] = visitors
    await send({"type": "lifespan.startup.complete"})

    await receive()  # "lifespan.shutdown": when the last request has ended.
    visitors.clear()
    await send({"type": "lifespan.shutdown.complete"})


async def visit(scope: Scope, send: Send) -> None:
    """Answer with the number of visitors so far."""
    visitors = scope["state"]["step5.visitors"]
    visitors.append("somebody")
    body = b"visitor %d" % len(visitors)
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
