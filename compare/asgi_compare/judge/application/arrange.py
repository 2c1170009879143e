"""Apply a probe to an exchange that the user asked for."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request
from asgi_compare.judge.application.probe import Asked, Exchange, Probe, Trial

PIECES = 4
"""Into how many pieces a body is cut."""


def fits(probe: Probe, asked: Asked) -> bool:
    """Return whether a probe makes sense with what the user asked for."""
    exchange = asked.exchange
    if isinstance(exchange, Conversation):
        return probe.protocol == "websocket"
    if probe.protocol not in ("http", "wsgi"):
        return False
    if probe.needs == "body":
        return bool(b"".join(exchange.body))
    return probe.needs == "" or probe.needs == exchange.method


def trial(probe: Probe, asked: Asked, deadline: float, seed: int) -> Trial:
    """Make the trial: the exchange, changed as the probe says."""
    name = f"{probe.id} {asked.label}" if asked.words else probe.id
    exchange: Exchange = asked.exchange
    if probe.protocol in ("lifespan", "other"):
        exchange = Lifetime(state="state" not in probe.server.without)
    else:
        exchange = changed(probe, asked.exchange, seed)
    return Trial(
        "", name, probe.plays, exchange, deadline=deadline, server=probe.server
    )


def changed(
    probe: Probe, exchange: Request | Conversation, seed: int
) -> Request | Conversation:
    """Return the exchange with what the probe changes about it."""
    changes: dict[str, Any] = dict(probe.changes)
    if suffix := changes.pop("suffix", b""):
        path, mark, query = exchange.target.partition(b"?")
        changes["target"] = path.rstrip(b"/") + suffix + mark + query
    if "headers" in changes:
        changes["headers"] = (*exchange.headers, *changes["headers"])
    if isinstance(exchange, Request) and probe.body != "as it is":
        changes["body"] = cut(probe.body, b"".join(exchange.body), seed)
    return replace(exchange, **changes)


def cut(how: str, body: bytes, seed: int) -> tuple[bytes, ...]:
    """Cut a body into the pieces in which it arrives."""
    if how == "bytes":
        return tuple(body[n : n + 1] for n in range(len(body)))
    if how == "only empty pieces" or not body:
        return (b"", b"", b"")
    random = Random(seed)
    inside = range(1, len(body))
    places = sorted(random.sample(inside, min(PIECES - 1, len(inside))))
    ends = [*places, len(body)]
    pieces = [body[a:b] for a, b in zip([0, *places], ends, strict=True)]
    if how == "empty pieces":
        return (b"", *(each for piece in pieces for each in (piece, b"")))
    return tuple(pieces)
