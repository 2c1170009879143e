"""A counter in the state of the lifespan, with two workers."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import on_each, until

PAGES = "asgi_compare.laboratory.waits.workers"
SERVERS = ("uvicorn", "hypercorn", "granian", "gunicorn-asgi")
TWO = {server: ("--workers", "2") for server in SERVERS}
REQUESTS = 40
COUNTERS, MOST = "counters", "highest count"


def run(effort: Effort) -> Iterator[Observation]:
    """Count on each server."""
    yield from on_each(SERVERS, PAGES, one, options=TWO)


def one(server: str, serving: Serving) -> list[Observation]:
    """Ask until both workers have counted, and then some more."""
    counts: dict[str, int] = {}

    def count() -> None:
        pid, number = get(serving, "/count").body.decode().split()
        counts[pid] = int(number)

    def both() -> bool:
        count()
        return len(counts) > 1

    until(both, 4.0)
    while sum(counts.values()) < REQUESTS:
        count()
    case = {"server": server}
    return [
        Observation(COUNTERS, len(counts), "", case),
        Observation(MOST, max(counts.values()), "", case),
    ]


def read(found: Observations) -> Answer:
    """See how many counters there were."""
    counters = {
        server: values[0]
        for server in found.cases("server")
        if (values := found.values(COUNTERS, server=server))
    }
    if not counters:
        return not_answered("No server was asked.")
    rows = [
        (each, found.interval(COUNTERS, server=each), found.interval(MOST, server=each))
        for each in counters
    ]
    told = ", ".join(f"{count:.0f} on {each}" for each, count in counters.items())
    shared = [each for each, count in counters.items() if count == 1]
    return Answer(
        "it depends" if 0 < len(shared) < len(counters) else "yes" if shared else "no",
        f"Two workers have so many counters: {told}. Each has run the lifespan, and "
        "has a state of its own.",
        (Table.of(("server", COUNTERS, MOST), rows),),
        turning_point="One counter would mean that one worker answered everything, "
        "which is what an idle machine may do. What all workers must know belongs into "
        "a database or Redis; what must run once does not belong into a lifespan.",
    )


EXPERIMENT = Experiment(
    name="lifespan-state-shared",
    topic="Workers",
    question="Is the state of the lifespan shared between workers?",
    sources=(
        Source("https://github.com/Kludex/uvicorn/pull/1818"),
        Source("https://github.com/Kludex/uvicorn/issues/775"),
    ),
    conditions=f"Two workers; at least {REQUESTS} requests, each on a connection of "
    "its own.",
    measured="How many counters there are, by the process that has them, and the "
    "highest count.",
    decided_by="No if each server has two.",
    refuted_by="One counter that all requests are counted in.",
    run=run,
    read=read,
)
