"""Apply a probe to an exchange that the user asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request
from asgi_compare.judge.application.probe import Asked, Exchange, Probe, Trial
from asgi_compare.model.transcript import Transcript

LONG = 20.0
"""Seconds for a dozen requests, with every object's origin remembered."""
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
    if probe.needs == "letter":
        return encoded(exchange.target) != exchange.target
    if probe.needs == "validator":
        return exchange.method == "GET"
    return probe.needs == "" or probe.needs == exchange.method


VALIDATORS = ((b"etag", b"if-none-match"), (b"last-modified", b"if-modified-since"))
"""A field of a response, and that by which a client asks whether it is still so."""


def with_validators(asked: Asked, plain: Transcript) -> Asked | None:
    """Ask whether what was answered is still so; None if nothing can be asked."""
    exchange, response = asked.exchange, plain.response
    if response is None or not isinstance(exchange, Request):
        return None
    added = [(b, v) for a, b in VALIDATORS for v in response.header(a)[:1]]
    if not added or response.status != 200:
        return None
    headers = with_fields(exchange.headers, added)
    return replace(asked, exchange=replace(exchange, headers=headers))


ONE_ONLY = frozenset({b"range", b"if-none-match", b"if-modified-since"})
"""Fields of a request, of which a client sends one (RFC 9110, 5.3)."""
Fields = Iterable[tuple[bytes, bytes]]


def with_fields(given: Fields, added: Fields) -> tuple[tuple[bytes, bytes], ...]:
    """Add fields to a request; one that may be there once takes the other's place."""
    added = tuple(added)
    taken = {name for name, _ in added} & ONE_ONLY
    return (*(each for each in given if each[0].lower() not in taken), *added)


def trial(probe: Probe, asked: Asked, deadline: float, seed: int) -> Trial:
    """Make the trial: the exchange, changed as the probe says."""
    name = f"{probe.id} {asked.label}" if asked.words else probe.id
    exchange: Exchange = asked.exchange
    if probe.protocol in ("lifespan", "other"):
        exchange = Lifetime(state="state" not in probe.server.without)
    else:
        exchange = changed(probe, asked.exchange, seed)
    if probe.server.repeats:
        deadline = LONG
    return Trial(
        "",
        name,
        probe.plays,
        exchange,
        deadline=probe.server.cancels_after or deadline,
        server=probe.server,
        seed=seed,
    )


def reference(probe: Probe, asked: Asked, deadline: float, seed: int) -> Trial:
    """Make what a probe is compared with, where that is not the plain exchange."""
    other = replace(probe, changes=probe.against or {}, body="as it is")
    made = trial(other, asked, deadline, seed)
    return replace(made, case=f"{probe.id} {asked.label} (compared)")


def changed(
    probe: Probe, exchange: Request | Conversation, seed: int
) -> Request | Conversation:
    """Return the exchange with what the probe changes about it."""
    changes: dict[str, Any] = dict(probe.changes)
    if suffix := changes.pop("suffix", b""):
        path, mark, query = exchange.target.partition(b"?")
        changes["target"] = path.rstrip(b"/") + suffix + mark + query
    if query := changes.pop("query", b""):
        path, mark, given = changes.get("target", exchange.target).partition(b"?")
        changes["target"] = path + b"?" + given + (b"&" if mark else b"") + query
    if changes.pop("encoded", False):
        changes["target"] = encoded(exchange.target)
    if "headers" in changes:
        changes["headers"] = with_fields(exchange.headers, changes["headers"])
    if isinstance(exchange, Request) and probe.body != "as it is":
        changes["body"] = cut(probe.body, b"".join(exchange.body), seed)
    return replace(exchange, **changes)


LAST_LETTER = re.compile(rb"([A-Za-z])([^A-Za-z]*)\Z")


def encoded(target: bytes) -> bytes:
    """Encode the last letter of a path, which makes no other path of it."""
    path, mark, query = target.partition(b"?")
    if b"%" in path[-3:]:
        return target
    return LAST_LETTER.sub(lambda m: b"%%%02X" % m[1][0] + m[2], path) + mark + query


def another(exchange: Request) -> Request:
    """Return what another client asks for meanwhile: the like, and not the same."""
    if body := b"".join(exchange.body):
        middle = len(body) // 2 or 1
        turned = body[::-1]
        return replace(exchange, body=(turned[:middle], turned[middle:]))
    mark = b"&" if b"?" in exchange.target else b"?"
    return replace(exchange, target=exchange.target + mark + b"another=1")


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
