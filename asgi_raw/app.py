"""The entry: one call is one request, one WebSocket, or one lifespan.

The specification calls each of the three a connection, however many of them come over
one socket. The server names its protocol in `scope["type"]`. Each has its own events,
and so its own coroutine here. A call has its connection for itself, from the beginning
to the end (ASGI, "Connection Scope"): there is no other place that would hear of it.

A call that ends early leaves the rest to the server:

                returns                              raises
    http        before the start: most answer 500    500
                after it: the socket is closed       the socket is closed
    websocket   before the accept: 500 or 403        500 or 403
                after it: most close with 1011       most close with 1011
    lifespan    before its first answer: most        the server goes on without lifespan
                servers go on without lifespan
"""

from asgi_raw.events import Receive, Scope, Send
from asgi_raw.lifespan import lifespan, refuse_to_start
from asgi_raw.middleware import errors, head
from asgi_raw.routes import dispatch
from asgi_raw.websocket import websocket

# HEAD is outside, so that the answer to an error has no body either.
http = head(errors(dispatch))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the connection to the coroutine that speaks its protocol."""
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await websocket(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    else:
        # Silence would be taken for consent (ASGI, "Protocol Specifications").
        raise ValueError(
            "Expected a scope of type 'http', 'websocket' or 'lifespan', "
            f"but got {scope['type']!r}."
        )


# Two variations of it, to see what a server does with them.


async def startup_fails(scope: Scope, receive: Receive, send: Send) -> None:
    """The same application, with a start-up that fails."""
    if scope["type"] == "lifespan":
        await lifespan(scope, receive, send, refuse_to_start)
    else:
        await application(scope, receive, send)


async def without_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """The same application, if it had never heard of lifespan."""
    if scope["type"] == "lifespan":
        raise ValueError("Expected a scope of type 'http', but got 'lifespan'.")
    await application(scope, receive, send)
