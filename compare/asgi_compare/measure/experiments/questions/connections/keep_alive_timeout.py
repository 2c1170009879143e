"""How long each server keeps an idle connection, against 60 s of a load balancer."""

from __future__ import annotations

import time
from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import (
    ASGI_SERVERS,
    WSGI_SERVERS,
    connected,
    head,
    on_each,
    read_to_end,
)

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = (*ASGI_SERVERS, *WSGI_SERVERS)
KEPT = "seconds until the server closes"
QUICK, CAREFUL = 7.0, 65.0
"""Seconds for which it is watched."""
BALANCER = 60.0


def run(effort: Effort) -> Iterator[Observation]:
    """Ask each server once, and watch all connections together."""
    watched = QUICK if effort.is_quick else CAREFUL

    def one(server: str, serving: Serving) -> list[Observation]:
        with connected(serving, watched) as connection:
            connection.sendall(head("/unread"))
            connection.recv(1 << 16)
            began = time.monotonic()
            _, end = read_to_end(connection)
        note = f"more than {watched:g} s" if end == "open" else ""
        seconds = watched if note else time.monotonic() - began
        return [Observation(KEPT, seconds, "s", {"server": server}, note=note)]

    yield from on_each(SERVERS, PAGES, one, at_once=len(SERVERS))


def read(found: Observations) -> Answer:
    """Count those that close before a load balancer does."""
    rows = found.of(KEPT).rows
    if not rows:
        return not_answered("No server was asked.")
    early = [row for row in rows if not row.note and row.value < BALANCER]
    told = ", ".join(f"{row.case['server']} after {row.value:.0f} s" for row in early)
    cells = [(row.case["server"], row.note or f"{row.value:.1f} s") for row in rows]
    open_still = [row.case["server"] for row in rows if row.note]
    return Answer(
        "yes" if len(early) == len(rows) else "it depends" if early else "no",
        f"{len(early)} of {len(rows)} servers close an idle connection before the "
        f"{BALANCER:.0f} s for which a load balancer keeps it: {told or 'none'}.",
        (Table.of(("server", "closes an idle connection after"), cells),),
        turning_point="Whoever closes first must be the side that sends requests: set "
        "the timeout of the server above that of the proxy, or a request that is "
        "under way when the server closes becomes a 502."
        + (
            f" Not closed while it was watched: {', '.join(open_still)}."
            if open_still
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="keep-alive-timeout",
    topic="Connections",
    question="Does a server close idle connections that a load balancer still uses?",
    sources=(
        Source(
            "https://github.com/kserve/kserve/issues/5446",
            "uvicorn closes an idle connection that the proxy still considers alive",
            "claim",
        ),
        Source("https://github.com/alphagov/notifications-admin/pull/4826"),
        Source("https://github.com/Kludex/uvicorn/issues/194"),
    ),
    conditions=f"The servers as they come; one request; {QUICK:g} s of watching with "
    f"--quick, {CAREFUL:g} s without.",
    measured="Seconds from the answer until the server closes the connection.",
    decided_by=f"Yes if each server closes before {BALANCER:.0f} s, it depends if some "
    "do.",
    refuted_by="Servers that keep it longer.",
    run=run,
    read=read,
)
