"""Async methods of the ORM and the cache: how many hops, where the query runs."""

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

WHERE = "asgi_compare.laboratory.waits.orm:where_it_runs"
HOPS, ELSEWHERE = "hops to a thread", "queries in another thread than the loop's"


def run(effort: Effort) -> Iterator[Observation]:
    """Call each method once; a count needs no second round."""
    for method, found in in_child(WHERE).items():
        yield Observation(HOPS, found["hops"], "", {"method": method})
        yield Observation(ELSEWHERE, found["elsewhere"], "", {"method": method})


def read(found: Observations) -> Answer:
    """Look for a method that leaves the event loop."""
    counts = {name: found.values(HOPS, method=name) for name in found.cases("method")}
    hopping = [name for name, values in counts.items() if values and values[0]]
    if not counts:
        return not_answered("No method was called.")
    rows = [
        (
            name,
            found.interval(HOPS, method=name),
            found.interval(ELSEWHERE, method=name),
        )
        for name in counts
    ]
    queries = sum(found.values(ELSEWHERE))
    return Answer(
        "no" if hopping else "yes",
        f"{len(hopping)} of {len(counts)} async methods hand their work to a thread, "
        f"and {queries:.0f} queries ran outside the thread of the event loop."
        if hopping
        else "No async method left the thread of the event loop.",
        (Table.of(("method", HOPS, ELSEWHERE), rows),),
        turning_point=(
            "A third-party backend may bring asynchronous connections of its own; the "
            "methods of Django's managers and caches do not use any."
            if hopping
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="orm-natively-async",
    topic="Async Django",
    question="Is Django's async ORM asynchronous down to the database?",
    sources=(
        Source(
            "https://saurabh-kumar.com/articles/2026/06/"
            "django-orm-from-sync_to_async-threads-to-native-psycopg3/",
            "Django 6.0 fixed it for real in December 2025.",
            "claim",
        ),
        Source("https://github.com/django/new-features/issues/7"),
    ),
    conditions="SQLite, the local-memory cache, the Django that is installed; one call "
    "of each method.",
    measured="Calls of sync_to_async, and the thread in which each query was executed.",
    decided_by="No if one method hops to a thread.",
    refuted_by="Methods that run their query without a hop.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
