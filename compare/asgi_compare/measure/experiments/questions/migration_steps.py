"""One Django page in the steps of a move from WSGI to ASGI: hops, and microseconds."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

STEPS = "asgi_compare.laboratory.waits.migration:steps"
REQUESTS, QUICK_REQUESTS = 1000, 100
TO, BACK = "to a thread", "back to the loop"
TIME = "microseconds of a request"
WSGI, NATIVE = "sync view on WSGI", "async view, async middleware"


def run(effort: Effort) -> Iterator[Observation]:
    """Take all steps in a fresh process, some times over."""
    requests = QUICK_REQUESTS if effort.is_quick else REQUESTS
    for number in range(effort.rounds):
        for step, seen in in_child(STEPS, requests).items():
            case = {"step": step}
            if not number:
                yield Observation(TO, seen[TO], "", case)
                yield Observation(BACK, seen[BACK], "", case)
            micros = min(seen["seconds"]) * 1e6
            yield Observation(TIME, micros, "µs", case, number)


def read(found: Observations) -> Answer:
    """See whether any step is as quick as where one came from."""
    times = {step: found.interval(TIME, step=step) for step in found.cases("step")}
    first = times.get(WSGI)
    later = {step: each for step, each in times.items() if each and step != WSGI}
    if first is None or not later:
        return not_answered("Not enough steps were measured.")
    rows = [
        (step, found.interval(TO, step=step), found.interval(BACK, step=step), each)
        for step, each in times.items()
    ]
    ratios = {step: each.median / first.median for step, each in later.items()}
    told = ", ".join(f"{ratio:.1f} times with {step}" for step, ratio in ratios.items())
    native = ratios.get(NATIVE)
    return Answer(
        "yes" if min(ratios.values()) < 1 else "no",
        f"A request that waits for nothing takes {first.median:.0f} µs on WSGI, and on "
        f"ASGI {told}.",
        (Table.of(("step", f"hops {TO}", f"hops {BACK}", "µs a request"), rows),),
        (Bars(TIME, "µs", tuple((k, v) for k, v in times.items() if v)),),
        turning_point=(
            "The hops of sync middleware are most of it: with async middleware and an "
            f"async view it is {native:.1f} times. A move pays where requests wait."
            if native
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="migration-steps",
    topic="Async Django",
    question="Is a page quicker at some step of a move from WSGI to ASGI?",
    sources=(
        Source("https://docs.djangoproject.com/en/5.2/topics/async/#performance"),
    ),
    conditions="Within one process, one request at a time; the seven middleware of "
    "startproject, or seven coroutine functions that do nothing in their place.",
    measured="Calls of sync_to_async and async_to_sync in a request, and the fewest "
    f"microseconds of {REQUESTS} requests ({QUICK_REQUESTS} if quick).",
    decided_by="Yes if a step on ASGI takes less time than the sync view on WSGI.",
    refuted_by="Every step takes longer.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
