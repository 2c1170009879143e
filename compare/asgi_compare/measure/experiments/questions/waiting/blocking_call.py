"""A call that blocks, in a coroutine: what the others wait for."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import at_once, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

TARGET = "asgi_compare.laboratory.waits.blocking:application"
USERS, WAIT = 8, 0.1
SERVERS = ("uvicorn", "hypercorn")
WALL = "seconds until all have answered"


def run(effort: Effort) -> Iterator[Observation]:
    """Let users ask at once for a page that awaits, and for one that blocks."""
    for server in installed(SERVERS):
        with serve(TARGET, server) as serving:
            for number in range(effort.rounds):
                for page in ("awaits", "blocks"):
                    seconds, _ = at_once(serving, f"/{page}?t={WAIT}", USERS)
                    case = {"server": server, "page": page}
                    yield Observation(WALL, seconds, "s", case, number)


def read(found: Observations) -> Answer:
    """Compare the two pages."""
    rows, bars, factors = [], [], []
    for server in found.cases("server"):
        awaits = found.interval(WALL, server=server, page="awaits")
        blocks = found.interval(WALL, server=server, page="blocks")
        rows.append((server, awaits, blocks))
        if awaits and blocks:
            factors.append(blocks.median / awaits.median)
            bars += [(f"{server}, awaits", awaits), (f"{server}, blocks", blocks)]
    if not factors:
        return not_answered("No server was asked.")
    return Answer(
        "yes" if min(factors) > 2 else "no",
        f"{USERS} users who ask at once for a page that blocks for {WAIT:g} s wait "
        f"{min(factors):.1f} to {max(factors):.1f} times as long as with one that "
        "awaits.",
        (Table.of(("server", "awaits, s", "blocks, s"), rows, WALL),),
        (Bars(f"Until {USERS} users have their answer", "s", tuple(bars)),),
        turning_point=(
            "In a thread (asyncio.to_thread, sync_to_async, a sync view) the same call "
            "holds up nobody else."
        ),
    )


EXPERIMENT = Experiment(
    name="one-blocking-call",
    topic="Waiting",
    question="Does one blocking call in a coroutine hold up all other requests?",
    sources=(Source("https://github.com/fastapi/fastapi/issues/1624"),),
    conditions=f"One worker; {USERS} users at once; {WAIT:g} s each.",
    measured="Seconds until all have their answer.",
    decided_by="Yes if blocking takes more than twice as long on every server.",
    refuted_by="A server on which both pages take the same time.",
    run=run,
    read=read,
)
