"""A transaction that is opened and closed by sync_to_async, and a task beside it."""

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

TRANSACTIONS = "asgi_compare.laboratory.within.in_django:transactions"
KEPT = "rows kept"
FIRST, SECOND = "the task that rolls back", "the other task"
TASKS = {"first": FIRST, "second": SECOND}


def run(effort: Effort) -> Iterator[Observation]:
    """Roll back in one task while the other writes, once for each way."""
    for way, kept in in_child(TRANSACTIONS).items():
        for task, rows in kept.items():
            yield Observation(KEPT, rows, "", {"way": way, "row of": TASKS[task]})


def read(found: Observations) -> Answer:
    """See whether the row of the other task is there."""
    kept = {
        way: values[0]
        for way in found.cases("way")
        if (values := found.values(KEPT, way=way, row_of=SECOND))
    }
    if not kept:
        return not_answered("No transaction was made.")
    rows = [
        (way, *(found.interval(KEPT, way=way, row_of=task) for task in TASKS.values()))
        for way in kept
    ]
    lost = [way for way, rows_kept in kept.items() if not rows_kept]
    return Answer(
        "yes" if lost else "no",
        f"The row of another task is lost with: {', '.join(lost)}."
        if lost
        else "The row of another task was kept each time.",
        (Table.of(("way", *TASKS.values()), rows, "Rows kept of one"),),
        turning_point=(
            "All tasks of a request share its thread, and so one connection and its "
            "transaction. A sync function that has the whole block in it does not let "
            "others in between, and loses nothing of theirs."
            if lost and len(lost) < len(kept)
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="home-made-async-atomic",
    topic="Async Django",
    question="Does an async version of atomic() roll back what other tasks wrote?",
    sources=(
        Source(
            "https://forum.djangoproject.com/t/motive-for-synchronous-connections/32745"
        ),
    ),
    conditions="Two tasks in one request; one writes and rolls back, the other one "
    "writes in between; SQLite in a file.",
    measured="Rows that are in the table afterwards.",
    decided_by="Yes if the row of the task that did not roll back is gone.",
    refuted_by="The row is there each time.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
