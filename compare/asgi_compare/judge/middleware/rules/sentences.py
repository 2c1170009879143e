"""The sentences that several rules of layers lean on, each with its link."""

from __future__ import annotations

from asgi_compare.judge.rules.engine.rule import MAIN, PEP, RFC9110, RFC9112, WWW

BOTH_ROLES = (
    'code that plays the role of both server and application, taking in a "scope" and '
    'the "send"/"receive" awaitable callables, potentially modifying them, and then '
    "calling an inner application",
    MAIN + "middleware",
)
BOTH_SIDES = (
    "middleware components must conform to the restrictions and requirements of both "
    "the server and application sides of WSGI",
    PEP + "middleware-components-that-play-both-sides",
)
SEND_RETURNS = (
    "an awaitable callable taking a single event dictionary as a positional argument "
    "that will return once the send has been completed or the connection has been "
    "closed",
    MAIN + "applications",
)
DISCONNECT = (
    "Sent to the application if receive is called after a response has been sent or "
    "after the HTTP connection has been closed",
    WWW + "disconnect-receive-event",
)
DISCONNECTED = (
    "If send() is called on a disconnected client, the server should raise a "
    "server-specific subclass of OSError",
    WWW + "disconnected-client-send-exception",
)
TERMINATE = (
    "they must terminate the application instance and its associated connection if "
    "this happens",
    MAIN + "error-handling",
)
CANCELLED = (
    "In almost all situations the exception must be re-raised",
    "https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.CancelledError",
)
DUPLICATES = (
    "Duplicates are possible and must be preserved in the message as received",
    WWW + "http-connection-scope",
)
BLOCKS = (
    "middleware components must not block iteration waiting for multiple values from "
    "an application iterable",
    PEP + "middleware-handling-of-block-boundaries",
)
CLOSE = (
    "If the iterable returned by the application has a close() method, the server or "
    "gateway must call that method upon completion of the current request",
    PEP + "specification-details",
)
ONCE_PER_CONNECTION = (
    'The application is called once per "connection"',
    MAIN + "applications",
)
ONCE_PER_REQUEST = (
    "The server or gateway invokes the application callable once for each request it "
    "receives from an HTTP client",
    PEP + "the-server-gateway-side",
)
CODINGS = RFC9110 + "8.4"
STRONG = (
    'A "strong validator" is representation metadata that changes value whenever a '
    "change occurs to the representation data that would be observable in the content "
    "of a 200 (OK) response to GET",
    RFC9110 + "8.8.1",
)
INCOMPLETE = RFC9112 + "8"
