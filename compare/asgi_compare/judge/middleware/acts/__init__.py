"""What the application inside does: one function for each act, by name.

`http.py`, `websocket.py` and `lifespan.py` hold the acts over ASGI, `wsgi.py` those
over WSGI. An act is legal in every part of it, so whatever goes wrong is not its fault.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic_ns as now
from typing import Any

from asgi_compare.judge.middleware.acts import http, lifespan, websocket
from asgi_compare.judge.middleware.inside import Inside, Scene

TABLES: dict[str, dict[str, Callable[[Any], Awaitable[None]]]] = {
    "http": http.ACTS,
    "websocket": websocket.ACTS,
    "lifespan": lifespan.ACTS,
}


async def returns(call: Any) -> None:
    """Know a type of scope that nobody else knows, and have nothing to do."""


def find(scope: Any, act: str) -> Callable[[Any], Awaitable[None]]:
    """Return what the application does in a scope when it is told to do `act`."""
    table = TABLES.get(scope["type"], {})
    # Of a request while the application lives, say: the ordinary act of its protocol.
    return table.get(act) or next(iter(table.values()), returns)


def asgi_application(scene: Scene) -> Any:
    """Make the ASGI application: a coroutine function, which everybody knows as one."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        call = Inside(scene, scope)
        call.begins(receive, send)
        try:
            await find(scope, scene.act)(call)
        except BaseException as error:
            call.failed(error)
            raise
        finally:
            call.ended, call.finished = now(), True

    return application
