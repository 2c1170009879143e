"""Threads that one process of Django starts, and what becomes of their connections."""

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

COUNT = "asgi_compare.laboratory.within.in_django:threads_and_connections"
REQUESTS = 10
THREADS = "threads started"
OPENED, LEFT = "connections opened", "connections left open"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask pages that query, one after the other, with and without a max age."""
    for how, counts in in_child(COUNT, REQUESTS).items():
        case = {"how": how}
        yield Observation(THREADS, counts["threads"], "", case)
        yield Observation(OPENED, counts["opened"], "", case)
        yield Observation(LEFT, counts["left"], "", case)


def read(found: Observations) -> Answer:
    """Divide the threads by the requests, and look at the connections."""
    threads = [value for how in found.cases("how") for value in found.values(THREADS)]
    if not threads:
        return not_answered("No request was made.")
    rows = [
        (how, *(found.interval(each, how=how) for each in (THREADS, OPENED, LEFT)))
        for how in found.cases("how")
    ]
    fresh = min(threads) >= REQUESTS
    kept = sum(found.values(OPENED)) < REQUESTS * len(rows)
    left = {how: sum(found.values(LEFT, how=how)) for how in found.cases("how")}
    worst = max(left, key=lambda how: left[how])
    return Answer(
        "yes" if fresh else "no",
        f"{REQUESTS} requests, one after the other, start at least "
        f"{min(threads):.0f} threads"
        + (
            f", and of the connections to the database {left[worst]:.0f} are still "
            f"open afterwards ({worst})."
            if left[worst]
            else "."
        ),
        (Table.of(("how", THREADS, OPENED, LEFT), rows),),
        turning_point=(
            ""
            if kept
            else "No connection was ever used again: CONN_MAX_AGE only keeps it open "
            "while the thread that it belongs to has ended, until it is collected as "
            "garbage. Leave it at 0 under ASGI, and use a pool."
        ),
    )


EXPERIMENT = Experiment(
    name="fresh-thread-each-request",
    topic="Async Django",
    question="Does each request get a fresh thread, and who closes its connection?",
    sources=(
        Source(
            "https://github.com/gyrinx-app/gyrinx/pull/2083",
            "runs each request's sync ORM work on a fresh single-use thread",
            "claim",
        ),
        Source(
            "https://github.com/Datateknologerna-vid-Abo-Akademi/date-website/pull/1154",
            "threads that run sync middleware/views under Django's ASGI handler are "
            "long-lived and reused",
            "claim",
        ),
        Source("https://github.com/pennlabs/penn-clubs/pull/879"),
    ),
    conditions=f"{REQUESTS} requests one after the other to Django's ASGIHandler, "
    "without middleware; one query each, SQLite in a file. What is left open is "
    "counted while somebody still refers to it, so before garbage is collected.",
    measured="Threads started; connections opened, and those still open at the end.",
    decided_by="Yes if at least as many threads as requests are started.",
    refuted_by="Fewer threads than requests.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
