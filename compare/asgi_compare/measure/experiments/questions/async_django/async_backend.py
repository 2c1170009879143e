"""An async database backend: does a query go without a thread, and is it quicker?"""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.drive.services import postgres
from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

COMPARE = "asgi_compare.laboratory.within.async_backend:compare"
DJANGO, BACKEND = "Django", "django-async-backend"
HOPS, TIME = "hops to a thread", "time of a query"
QUERIES, QUICK_QUERIES = 2000, 300


def run(effort: Effort) -> Iterator[Observation]:
    """Ask in both ways, in a fresh process and an empty database each time."""
    queries = QUICK_QUERIES if effort.is_quick else QUERIES
    for number in range(effort.rounds):
        with postgres() as service:
            seen = in_child(COMPARE, service.url, queries)
        for who, methods in seen.items():
            for method, each in methods.items():
                case = {"who": who, "method": method}
                yield Observation(HOPS, each["hops"], "", case, number)
                yield Observation(TIME, each["seconds"], "s", case, number)


def read(found: Observations) -> Answer:
    """Look for a method of the backend that went to a thread."""
    methods = found.cases("method")
    if set(found.cases("who")) != {DJANGO, BACKEND}:
        return not_answered("One of the two was not measured.")
    rows, ratios = [], []
    for method in methods:
        hops = [found.interval(HOPS, who=w, method=method) for w in (DJANGO, BACKEND)]
        times = [found.interval(TIME, who=w, method=method) for w in (DJANGO, BACKEND)]
        rows.append((method, *hops, *(each and each.scaled(1e6) for each in times)))
        if times[0] and times[1]:
            ratios.append(times[1].median / times[0].median)
    went = sum(
        any(found.values(HOPS, who=BACKEND, method=method)) for method in methods
    )
    columns = (
        "method",
        *(f"{HOPS}, {who}" for who in (DJANGO, BACKEND)),
        *(f"µs, {who}" for who in (DJANGO, BACKEND)),
    )
    return Answer(
        "no" if went else "yes",
        f"With {BACKEND} {went:.0f} of {len(methods)} methods go to a thread; a query "
        f"takes from {min(ratios):.2f} to {max(ratios):.2f} times as long as with "
        "Django.",
        (Table.of(columns, rows),),
        turning_point="It has a manager of its own (async_objects), and no "
        "prefetch_related, related managers or aiterator. A connection belongs to the "
        "task that first used it: asyncio.gather over one raises RuntimeError.",
    )


EXPERIMENT = Experiment(
    name="async-database-backend",
    topic="Async Django",
    question="Does an async database backend spare Django's ORM its threads?",
    sources=(
        Source("https://github.com/Arfey/django-async-backend"),
        Source("https://docs.djangoproject.com/en/5.2/topics/async/#queries-the-orm"),
    ),
    conditions="Python 3.12 and Django 6.1, or newer; PostgreSQL on loopback; one "
    "query at a time, in one task, on a connection that is open; Django's own backend "
    "of psycopg, and psycopg's asyncio connection.",
    measured=f"Calls of sync_to_async, and microseconds of a query, over {QUERIES} "
    f"queries ({QUICK_QUERIES} if quick).",
    decided_by="Yes if no method of the backend calls sync_to_async.",
    refuted_by="A method of it that does.",
    run=run,
    read=read,
    needs=("django_async_backend", "psycopg"),
)
