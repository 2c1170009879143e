"""What one more that waits weighs: a task, a thread, a process."""

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
from asgi_compare.measure.load.statistics import Interval, slope

WEIGH = "asgi_compare.laboratory.within.asyncs:weigh"
COUNTS = {
    "task": [0, 1000, 2000],
    "thread": [0, 100, 200],
    "process": [0, 5, 10],
}
WEIGHT = "memory of one"


def run(effort: Effort) -> Iterator[Observation]:
    """Weigh each kind in a fresh process, in each round."""
    for number in range(1 if effort.is_quick else effort.rounds):
        for kind, counts in COUNTS.items():
            kib = slope(
                [float(count) for count in counts], in_child(WEIGH, kind, counts)
            )
            yield Observation(WEIGHT, kib, "KiB", {"kind": kind}, number)


def read(found: Observations) -> Answer:
    """Divide a thread by a task."""
    weights = {
        kind: each
        for kind in COUNTS
        if (each := found.interval(WEIGHT, kind=kind)) is not None
    }
    if not {"task", "thread"} <= weights.keys():
        return not_answered("Tasks and threads were not both weighed.")
    task, thread = weights["task"].median, weights["thread"].median
    process = weights.get("process")
    told = f", a process {process.median / 1024:.1f} MiB" if process else ""
    saved = (thread - task) * 1000 / 1024
    return Answer(
        "yes" if thread > 2 * task else "no",
        f"One more that waits weighs {task:.1f} KiB as a task, {thread:.0f} KiB as a "
        f"thread{told}. For 1,000 that wait, tasks save {saved:.0f} MiB against "
        "threads.",
        (Table.of(("kind", "KiB for one more"), list(weights.items())),),
        (Bars("One more that waits", "KiB", tuple(log_free(weights))),),
        turning_point="These are bare: a request of a framework brings its own objects "
        "in either kind, and a thread that has called something deep keeps the stack "
        "that it has touched. A process is what saves most: share one among threads "
        "or tasks before choosing between those two.",
    )


def log_free(weights: dict[str, Interval]) -> list[tuple[str, Interval]]:
    """Return what can be drawn on one scale: no process beside a task."""
    return [(kind, each) for kind, each in weights.items() if kind != "process"]


EXPERIMENT = Experiment(
    name="weight-of-a-wait",
    topic="Waiting",
    question="Does a task need less memory than a thread while it waits?",
    sources=(
        Source(
            "https://www.desarrollolibre.net/blog/django/asynchronous-support-starting-"
            "with-django-3-what-you-need-to-know",
            "To scale, more threads or processes are added… with higher memory "
            "consumption.",
            "claim",
        ),
    ),
    conditions="Nothing but Python: tasks in asyncio.sleep, threads in Event.wait, "
    "forked processes after one collection of garbage.",
    measured="KiB (PSS, what processes share counted once) for one more: the slope "
    "between none and the most.",
    decided_by="Yes if a thread weighs more than twice as much as a task.",
    refuted_by="A thread that weighs no more than twice as much.",
    run=run,
    read=read,
)
