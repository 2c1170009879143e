"""A hop from the event loop to a thread and back, many times, in a quiet process and in
one that computes."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.load.statistics import Interval
from asgi_compare.measure.timing.machine import places

TIME_HOPS = "asgi_compare.laboratory.waits.hops:time_all"
SAME = "sync_to_async, thread is there"
NEW = "sync_to_async, first of a request"
QUIET, BUSY = "nothing", "one thread that computes"
COUNTS = {QUIET: 300, BUSY: 20}
"""How many hops are timed; they are slow beside a thread that computes."""
HOP = "a hop"
CLAIMED = 1e-3


def run(effort: Effort) -> Iterator[Observation]:
    """Time all kinds in a fresh process each round, quiet and beside a thread."""
    core = places()[0]
    for number in range(effort.rounds):
        for beside, (label, count) in enumerate(COUNTS.items()):
            found = in_child(TIME_HOPS, count, beside, core=core)
            for kind, seconds in found.items():
                case = {"kind": kind, "beside": label}
                yield Observation(HOP, seconds, "s", case, number)


def read(found: Observations) -> Answer:
    """Compare the fastest round with the millisecond of the claim."""
    micro: dict[tuple[str, str], Interval] = {
        (kind, beside): each.scaled(1e6)
        for kind in found.cases("kind")
        for beside in COUNTS
        if (each := found.interval(HOP, kind=kind, beside=beside))
    }
    same = micro.get((SAME, QUIET))
    if same is None:
        return not_answered("No hop was timed.")
    new, busy = micro.get((NEW, QUIET)), micro.get((SAME, BUSY))
    rows = [
        (kind, micro.get((kind, QUIET)), micro.get((kind, BUSY)))
        for kind in found.cases("kind")
    ]
    columns = ("hop", "µs, nothing beside", "µs, a thread that computes beside")
    return Answer(
        "no" if same.low < CLAIMED * 1e6 / 2 else "yes",
        f"In the fastest round, a hop took {same.low:,.0f} µs once its thread was there"
        + (f", and {new.low:,.0f} µs with the start of the thread" if new else "")
        + f"; a millisecond is {CLAIMED * 1e6 / same.low:.0f} times as much.",
        (Table.of(columns, rows),),
        (
            Bars(
                "A hop, with nothing beside it",
                "µs",
                tuple(
                    (k, each) for (k, beside), each in micro.items() if beside == QUIET
                ),
            ),
        ),
        turning_point=(
            "If another thread of the process computes, each hop waits for Python's "
            f"interpreter lock: {busy.median / 1e3:.1f} ms. A thread keeps it for up "
            "to 5 ms (sys.getswitchinterval)."
            if busy and busy.median > 2 * same.median
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="hop-cost",
    topic="Threads",
    question="Does each switch between async and sync code cost a millisecond?",
    sources=(
        Source(
            "https://docs.djangoproject.com/en/5.2/topics/async/#performance",
            "causes a small performance penalty of around a millisecond",
            "claim",
        ),
        Source("https://github.com/adamchainz/django-cors-headers/issues/560"),
    ),
    conditions="One process on one core; functions that do nothing; no other requests.",
    measured="The time of a hop to a thread and back: the mean of many, in each round.",
    decided_by=(
        "No if the fastest round took less than half a millisecond: what else runs on "
        "the machine can only make a hop longer."
    ),
    refuted_by="No round with a hop of less than half a millisecond.",
    run=run,
    read=read,
    needs=("asgiref",),
)
