"""Queries that are asked for together in one request: how many run at a time?"""

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

OVERLAPPING = "asgi_compare.laboratory.within.in_django:overlapping"
QUERIES = 8
AT_ONCE = "queries at a time"
OPENED, LEFT = "connections opened", "connections left open"


def run(effort: Effort) -> Iterator[Observation]:
    """Gather the same queries in each way."""
    for way, counts in in_child(OVERLAPPING, QUERIES).items():
        case = {"way": way}
        yield Observation(AT_ONCE, counts["at once"], "", case)
        yield Observation(OPENED, counts["opened"], "", case)
        yield Observation(LEFT, counts["left"], "", case)


def read(found: Observations) -> Answer:
    """Look at the way that the methods of the ORM go."""
    ways = [way for way in found.cases("way") if found.values(AT_ONCE, way=way)]
    if not ways:
        return not_answered("No query was made.")
    usual, *others = (found.values(AT_ONCE, way=way)[0] for way in ways)
    rows = [
        (way, *(found.interval(each, way=way) for each in (AT_ONCE, OPENED, LEFT)))
        for way in ways
    ]
    left = sum(found.values(LEFT))
    return Answer(
        "no" if usual == 1 else "yes",
        f"Of {QUERIES} queries that asyncio.gather awaits together in one request, "
        f"{usual:.0f} ran at a time: all go to the one thread of the request.",
        (Table.of(("way", AT_ONCE, OPENED, LEFT), rows),),
        turning_point=(
            f"Threads of a pool run up to {max(others):.0f} at a time here (Python "
            "allows four more than there are cores), each with a connection of its "
            "own, outside of the transaction of the request. "
            f"{left:.0f} of those were still open after request_finished, which only "
            "closes the one of the request's thread."
            if others and left
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="gathered-queries",
    topic="Async Django",
    question="Do queries run at the same time if asyncio.gather awaits them?",
    sources=(
        Source(
            "https://capypad.com/en/learn/s-en-8c394f59-63da-4111-a30c-a21e4f7e6ade",
            "multiple database queries execute simultaneously instead of sequentially",
            "claim",
        ),
        Source(
            "https://dev.to/sizan_mahmud0_e7c3fd0cb68/unleash-performance-a-deep-dive-"
            "into-djangos-asynchronous-orm-queries-1bkc"
        ),
    ),
    conditions=f"One request; {QUERIES} queries of 30 ms; SQLite in a file.",
    measured="How many ran at a time; connections opened, and left open afterwards.",
    decided_by="No if one ran at a time.",
    refuted_by="Two queries of the ORM at a time.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
