"""Middlewares that take an object, which no JSON can say."""

from __future__ import annotations

from typing import Any

import bugsnag
import socketio
from bugsnag.asgi import BugsnagMiddleware
from hypercorn.middleware import DispatcherMiddleware, ProxyFixMiddleware
from starlette.authentication import AuthCredentials, SimpleUser
from starlette.middleware.authentication import AuthenticationMiddleware
from starsessions import InMemoryStore, SessionMiddleware
from timing_asgi import TimingMiddleware

bugsnag.configure(api_key="0" * 32, release_stage="check", notify_release_stages=[])


class Anybody:
    """Let everybody in."""

    async def authenticate(self, connection: Any) -> Any:
        """Say who it is."""
        return AuthCredentials(["authenticated"]), SimpleUser("somebody")


class Nowhere:
    """Take the time that a request took."""

    def timing(self, *args: Any, **kwargs: Any) -> None:
        """Drop it."""


def authentication(app: Any) -> Any:
    """Starlette's, with somebody logged in."""
    return AuthenticationMiddleware(app, backend=Anybody())


def sessions(app: Any) -> Any:
    """Sessions in memory."""
    return SessionMiddleware(app, store=InMemoryStore(), cookie_https_only=False)


def timing(app: Any) -> Any:
    """Times go nowhere."""
    return TimingMiddleware(app, client=Nowhere())


def proxy_fix(app: Any) -> Any:
    """Hypercorn's, for one proxy in front."""
    return ProxyFixMiddleware(app, mode="legacy", trusted_hops=1)


def dispatcher(app: Any) -> Any:
    """Hypercorn's, with the application at the root."""
    return DispatcherMiddleware({"/mounted": app, "": app})


def socket_io(app: Any) -> Any:
    """A Socket.IO server, with the application beside it."""
    return socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), app)


def socket_io_wsgi(app: Any) -> Any:
    """The same over WSGI."""
    return socketio.WSGIApp(socketio.Server(async_mode="threading"), app)


def errors_reported(app: Any) -> Any:
    """Bugsnag, which is told to report nothing."""
    return BugsnagMiddleware(app)
