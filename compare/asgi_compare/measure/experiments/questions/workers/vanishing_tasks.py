"""Tasks to which nobody keeps a reference: are they collected before they are done?"""

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

VANISHING = "asgi_compare.laboratory.within.asyncs:vanishing"
TASKS = 10
GONE = "tasks that are gone"


def run(effort: Effort) -> Iterator[Observation]:
    """Start tasks, forget them, collect garbage, and count."""
    for awaited, gone in in_child(VANISHING, TASKS).items():
        yield Observation(GONE, gone, "", {"awaits": awaited})


def read(found: Observations) -> Answer:
    """See which are gone."""
    gone = {
        awaited: values[0]
        for awaited in found.cases("awaits")
        if (values := found.values(GONE, awaits=awaited))
    }
    if not gone:
        return not_answered("No task was started.")
    some = [awaited for awaited, count in gone.items() if count]
    return Answer(
        "it depends" if 0 < len(some) < len(gone) else "yes" if some else "no",
        f"Of {TASKS} tasks without a reference are gone after gc.collect(): "
        + "; ".join(f"{count:.0f} that await {each}" for each, count in gone.items())
        + ".",
        (
            Table.of(
                ("the task awaits", f"gone, of {TASKS}"),
                [(each, found.interval(GONE, awaits=each)) for each in gone],
            ),
        ),
        turning_point="What a task waits for refers to the task. The loop holds its "
        "timers and its sockets, so a task that waits for one of those is safe; if "
        "nobody but the task holds what it waits for, the two are garbage together.",
    )


EXPERIMENT = Experiment(
    name="vanishing-tasks",
    topic="Work outside the request",
    question="Does a task vanish if nobody keeps a reference to it?",
    sources=(
        Source(
            "https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task",
            "The event loop only keeps weak references to tasks.",
            "claim",
        ),
        Source("https://github.com/pallets/quart/issues/339"),
    ),
    conditions=f"{TASKS} tasks of each kind; one collection of garbage while they "
    "wait.",
    measured="Tasks that the loop does not know any more, and that were not done.",
    decided_by="Yes if all kinds vanish, it depends if some do.",
    refuted_by="No task that is gone.",
    run=run,
    read=read,
)
