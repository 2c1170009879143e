"""What becomes of variables that belong to a context on the way to another thread."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

VARIABLES = "asgi_compare.laboratory.within.in_django:variables"
THERE, BACK = "seen there", "seen here afterwards"


def run(effort: Effort) -> Iterator[Observation]:
    """Set each kind here, look there, set it there, look here; once for each way."""
    for way, kinds in in_child(VARIABLES).items():
        for kind, (there, back) in kinds.items():
            case = {"way": way, "kind": kind}
            yield Observation(THERE, there, "", case)
            yield Observation(BACK, back, "", case)


def read(found: Observations) -> Answer:
    """Count the ways on which a ContextVar arrives, and comes back changed."""
    ways, kinds = found.cases("way"), found.cases("kind")
    if not found.of(THERE):
        return not_answered("No way was tried.")
    rows = [(way, *(arrow(found, way, kind) for kind in kinds)) for way in ways]
    there = [way for way in ways if sum(found.values(THERE, way=way, kind=kinds[0]))]
    back = [way for way in ways if sum(found.values(BACK, way=way, kind=kinds[0]))]
    lost = [way for way in ways if way not in there]
    return Answer(
        "yes"
        if len(there) == len(back) == len(ways)
        else "it depends"
        if there
        else "no",
        f"A ContextVar is seen on {len(there)} of {len(ways)} ways"
        + (f" (not with {', '.join(lost)})" if lost else "")
        + f", and its change is seen afterwards on {len(back)}.",
        (
            Table.of(
                ("way", *kinds),
                rows,
                "there: seen on the other side; back: what was set there is seen here",
            ),
        ),
        turning_point="asgiref brings the changes back, asyncio does not: a task and "
        "asyncio.to_thread work on a copy.",
    )


def arrow(found: Observations, way: str, kind: str) -> str:
    """Return in words which way a value went."""
    words = {THERE: "there", BACK: "back"}
    went = [
        word
        for measure, word in words.items()
        if sum(found.values(measure, way=way, kind=kind))
    ]
    return " and ".join(went) or "no"


EXPERIMENT = Experiment(
    name="variables-across-hops",
    topic="Threads",
    question="Does a ContextVar survive the way to a thread, and come back changed?",
    sources=(Source("https://github.com/encode/starlette/pull/1525"),),
    conditions="One value of each kind, set on both sides; functions called once.",
    measured="Whether the value was seen there, and the new one here afterwards.",
    decided_by="Yes if a ContextVar goes there and back on each way, it depends if on "
    "some.",
    refuted_by="No way on which it arrives.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
