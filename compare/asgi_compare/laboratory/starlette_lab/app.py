"""The entry: no middleware, and the same with each that Starlette brings.

    uvicorn asgi_compare.laboratory.starlette_lab.app:application
    uvicorn asgi_compare.laboratory.starlette_lab.app:with_trusted_hosts

What is not a page of the laboratory is one of the contract.
"""

import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from asgi_compare.laboratory.starlette_lab.pages import pages
from asgi_compare.laboratory.starlette_lab.running import running
from starlette_app.lifespan import lifespan
from starlette_app.routes import routes

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

OUR_HOSTS = ["localhost", "127.0.0.1", "testserver"]


def made(*middleware: Middleware, debug: bool = False) -> Starlette:
    """Make the application with some middleware around it."""
    return Starlette(
        routes=[*pages, *running, *routes],
        middleware=middleware,
        lifespan=lifespan,
        debug=debug,
    )


application = made()
with_trusted_hosts = made(Middleware(TrustedHostMiddleware, allowed_hosts=OUR_HOSTS))
with_https_redirect = made(Middleware(HTTPSRedirectMiddleware))
with_gzip = made(Middleware(GZipMiddleware, minimum_size=200))
with_sessions = made(
    Middleware(SessionMiddleware, secret_key="for loopback only", max_age=1209600)
)
with_debug = made(debug=True)


async def older(scope: Scope, receive: Receive, send: Send) -> None:
    """The same, called by a server whose `send` does not say that nobody hears it.

    From version 2.4 of the specification on it raises OSError then (www, "Disconnected
    Client"); before, only "http.disconnect" told.
    """

    async def into_the_void(event: Event) -> None:
        with contextlib.suppress(OSError):
            await send(event)

    asgi = {**scope["asgi"], "spec_version": "2.3"}
    await application({**scope, "asgi": asgi}, receive, into_the_void)


async def of_tomorrow(scope: Scope, receive: Receive, send: Send) -> None:
    """The same, called with a protocol that nobody knows yet."""
    await application({**scope, "type": "tomorrow"}, receive, send)
