"""An application around an application.

A middleware is called by the server (or by another middleware) as an application, and
calls the application inside it as a server would. It can hand on the scope, `receive`
and `send` as they are, or put its own in their place. That is all there is to it.

Here are the two that no application should be without. They do not know any route.
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
    """

    async def with_errors(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(event: Event) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await app(scope, receive, watched)
        except ClientDisconnected:
            pass  # Nobody is there to be answered.
        except BadRequest as error:
            await text(send, str(error), status=400)
        except Exception:
            if not started:
                # Whatever becomes of this answer, it is the error that the server
                # should hear of.
                with contextlib.suppress(Exception):
                    await text(send, "Internal Server Error", status=500)
            raise

    return with_errors


class _Answered(Exception):
    """The response to HEAD is complete, and the endpoint need not go on."""


def head(app: Application) -> Application:
    """Answer HEAD as GET, without the body (RFC 9110, 9.3.2).

    The server should cut a body off, and not every one does so with a body in pieces.
    It also spares the endpoint the making of a body, which could be endless, that
    nobody will see.
    """

    async def with_head(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "HEAD":
            return await app(scope, receive, send)

        async def start_only(event: Event) -> None:
            if event["type"] != "http.response.start":
                raise _Answered
            await send(event)
            await send({"type": "http.response.body", "body": b""})

        with contextlib.suppress(_Answered):
            await app(scope, receive, start_only)

    return with_head
