"""Applications that break exactly one rule each, as data.

`BROKEN` holds them, and `BY_PROBES` the few that a plain server takes for good;
`tests.broken_apps:NAME` is the application of the case with
that attribute, as any tool that takes `module:attribute` wants it.
"""

from __future__ import annotations

from typing import Any

from tests.broken_apps import (
    asgi_bodies,
    asgi_http,
    asgi_lifespan,
    asgi_websocket,
    by_probes,
    http_rules,
    wsgi_rules,
)
from tests.broken_apps.apps import Case

BROKEN: tuple[Case, ...] = (
    *asgi_http.CASES,
    *asgi_bodies.CASES,
    *asgi_websocket.CASES,
    *asgi_lifespan.CASES,
    *http_rules.CASES,
    *wsgi_rules.CASES,
)
BY_PROBES: tuple[Case, ...] = by_probes.CASES
_BY_ATTRIBUTE = {case.attribute: case.application for case in (*BROKEN, *BY_PROBES)}


def __getattr__(name: str) -> Any:
    try:
        return _BY_ATTRIBUTE[name]
    except KeyError:
        raise AttributeError(name) from None
