"""An application around an application.

A middleware is called by the server (or by another middleware) as an application, and
calls the application inside it as a server would. It can hand on the scope, `receive`
and `send` as they are, or put its own in their place. That is all there is to it. Only
the scope must not be changed where it is, since it belongs to others as well: who wants
another one makes a copy (ASGI, "Middleware").

Here are the two that no application should be without. They do not know any route. Both
are put around what speaks HTTP (`app.py`). One that is put around a whole application
hands on every other type of scope first, as in step 7.
"""

import contextlib

from asgi_raw.events import (
    Application,
    BadRequest,
    ClientDisconnected,
    Event,
    Receive,
    Scope,
    Send,
    text,
)


def errors(app: Application) -> Application:
    """Answer 500 (or 400) if the application raises before its response has begun.

    Without it the server would answer, in words of its own. The exception is raised
    again either way, so that the server can log it; and if the response has begun, an
    exception is the only way to have it broken off (ASGI, "Error Handling").

    CancelledError is no `Exception`, and passes: a server that cancels us is not to be
    kept waiting.
    """

    async def with_errors(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(event: Event) -> None:
            nonlocal started
            started = started or event["type"] == "http.response.start"
            await send(event)

        try:
            await app(scope, receive, watched)
        except ClientDisconnected:
            pass  # Nobody is there to be answered.
        except Exception as error:
            if started:
                raise  # A second start would be an error of its own.
            if isinstance(error, BadRequest):
                # The client's mistake, and none that the server should hear of.
                return await text(send, str(error), status=400)
            # Whatever becomes of this answer, the server should hear of the error.
            with contextlib.suppress(Exception):
                await text(send, "Internal Server Error", status=500)
            raise

    return with_errors


def head(app: Application) -> Application:
    """Answer HEAD as GET, without the body (RFC 9110, 9.3.2).

    The server should cut a body off, and not every one does so with a body in pieces.
    So an empty body follows the start at once, and the one that the endpoint sends is
    dropped. The response is complete by then: an endpoint that watches for
    "http.disconnect" gets it, and can stop.
    """

    async def with_head(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "HEAD":
            return await app(scope, receive, send)

        answered = False

        async def start_only(event: Event) -> None:
            nonlocal answered
            if answered:
                return
            await send(event)
            if event["type"] == "http.response.start":
                # A start is followed by a body, even by one of nothing at all (www,
                # "Response Start").
                await send({"type": "http.response.body", "body": b""})
                answered = True

        await app(scope, receive, start_only)

    return with_head
