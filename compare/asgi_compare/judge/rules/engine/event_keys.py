"""The keys of every event, as the specifications list them.

Each of these keys is looked after by a rule of its own chapter. Any other key is an
extra one, which both sides must put up with, and whose value need only be of one of the
types that may be inside an event at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asgi_compare.judge.rules.engine.values import is_a

_START = frozenset({"type", "status", "headers", "trailers"})
_BODY = frozenset({"type", "body", "more_body"})

KEYS: dict[str, frozenset[str]] = {
    "http.request": _BODY,
    "http.disconnect": frozenset({"type"}),
    "http.response.start": _START,
    "http.response.body": _BODY,
    "http.response.push": frozenset({"type", "path", "headers"}),
    "http.response.zerocopysend": frozenset(
        {"type", "file", "offset", "count", "more_body"}
    ),
    "http.response.pathsend": frozenset({"type", "path"}),
    "http.response.early_hint": frozenset({"type", "links"}),
    "http.response.trailers": frozenset({"type", "headers", "more_trailers"}),
    "http.response.debug": frozenset({"type", "info"}),
    "websocket.connect": frozenset({"type"}),
    "websocket.accept": frozenset({"type", "subprotocol", "headers"}),
    "websocket.receive": frozenset({"type", "bytes", "text"}),
    "websocket.send": frozenset({"type", "bytes", "text"}),
    "websocket.disconnect": frozenset({"type", "code", "reason"}),
    "websocket.close": frozenset({"type", "code", "reason"}),
    "websocket.http.response.start": _START,
    "websocket.http.response.body": _BODY,
    "lifespan.startup": frozenset({"type"}),
    "lifespan.startup.complete": frozenset({"type"}),
    "lifespan.startup.failed": frozenset({"type", "message"}),
    "lifespan.shutdown": frozenset({"type"}),
    "lifespan.shutdown.complete": frozenset({"type"}),
    "lifespan.shutdown.failed": frozenset({"type", "message"}),
}


def keys_of(
    event: dict[Any, Any], unknown: Iterable[str] = ("type",)
) -> frozenset[str]:
    """Return the keys of an event of this type.

    `unknown` where there is no such type.
    """
    kind = dict.get(event, "type")
    known = KEYS.get(kind) if is_a(kind, str) else None
    return frozenset(unknown) if known is None else known
