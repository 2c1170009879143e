"""An application around an application.

A middleware is called by the server (or by another middleware) as an application, and
calls the application inside it as a server would. It can hand on `environ` and
`start_response` as they are, or put its own in their place, and it may stand between
the server and the body. Then it has the duties of both sides: to give each block on as
it comes, and to close what it was given (PEP, "Middleware Handling of Block Boundaries"
and "Specification Details").

Here are the two that no application should be without. They do not know any route.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from wsgiref.types import StartResponse

from wsgi_app.environ import (
    TEXT,
    Application,
    BadRequest,
    Body,
    ClientDisconnected,
    ClosingBody,
    Environ,
    close,
    status_line,
)


def errors(app: Application) -> Application:
    """Answer 500 if the application raises before its response has begun."""

    def with_errors(environ: Environ, start_response: StartResponse) -> Body:
        try:
            body = app(environ, start_response)
        except Exception as error:
            return instead(error, environ, start_response)

        def guarded() -> Iterator[bytes]:
            # The application is not done when it has returned: a generator has only
            # begun, and may raise at any block.
            try:
                yield from body
            except Exception as error:
                yield from instead(error, environ, start_response)

        return ClosingBody(guarded(), partial(close, body))

    return with_errors


def instead(error: Exception, environ: Environ, start_response: StartResponse) -> Body:
    """Start the response anew, while an exception is being handled.

    A second call of `start_response` must bring the exception with it. If the header
    section is still here, the server forgets the first call. If it has gone out, the
    server raises the exception again, and we let it: it breaks the response off, and
    writes the exception down (PEP, "Error Handling").
    """
    status, message = 500, "Internal Server Error"
    if isinstance(error, BadRequest | ClientDisconnected):
        # Of a client that has left, nobody is there to be answered, but the interface
        # wants an answer.
        status, message = 400, str(error)
    body = message.encode()
    headers = [TEXT, ("content-length", str(len(body)))]
    start_response(status_line(status), headers, sys.exc_info())
    if status == 500:
        # From here on nobody but us knows of the exception, so we write it down. To be
        # sure that it is written, flush (PEP, "Input and Error Streams").
        traceback.print_exception(error, file=environ["wsgi.errors"])
        environ["wsgi.errors"].flush()
    return [body]


def head(app: Application) -> Application:
    """Answer HEAD as GET, without the body (RFC 9110, 9.3.2).

    Most servers cut the body off anyway. It spares the endpoint the making of a body,
    which could be endless, that nobody will see.
    """

    def with_head(environ: Environ, start_response: StartResponse) -> Body:
        if environ["REQUEST_METHOD"] != "HEAD":
            return app(environ, start_response)
        started = False

        def watched(*call: object) -> Callable[[bytes], object]:
            nonlocal started
            started = True
            start_response(*call)  # type: ignore[arg-type]
            # The other way to send a body, for programs that cannot do without (PEP,
            # "The write() Callable"). What this one takes goes nowhere.
            return lambda block: None

        body = app(environ, watched)

        def nothing() -> Iterator[bytes]:
            if not started:
                # An application may leave the call until it is asked for its first
                # block (PEP, "The start_response() Callable").
                next(iter(body), None)
            # No block at all would do, but some servers wait for one to begin with.
            yield b""

        return ClosingBody(nothing(), partial(close, body))

    return with_head
