"""Work that goes on after the answer, when the server is told to stop in the middle."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

TARGET = "asgi_compare.laboratory.waits.leftovers:application"
WAYS = {
    "task": "asyncio.create_task",
    "background": "Starlette's BackgroundTask",
    "thread": "a thread",
}
JOBS = 3
SECONDS = 1.0
"""How long a job takes; the server is told to stop before that."""
PATIENCE = 6.0
LOST = "jobs lost"


def run(effort: Effort) -> Iterator[Observation]:
    """Begin jobs each way, send SIGTERM, and count what was never finished."""
    for way, title in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "leftovers")
            file.touch()
            environment = {"ASGI_COMPARE_LEFTOVERS": str(file)}
            with serve(TARGET, "uvicorn", environment=environment) as serving:
                for _ in range(JOBS):
                    get(serving, f"/{way}?t={SECONDS}")
                _until(partial(_all_begun, file, way))
                for pid in serving.pids()[1:] or serving.pids():
                    os.kill(pid, signal.SIGTERM)
                _until(partial(_has_ended, serving))
            lost = JOBS - _count(file, way, "finished")
        yield Observation(LOST, lost, "", {"way": title})


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)


def _all_begun(file: Path, way: str) -> bool:
    return _count(file, way, "begun") == JOBS


def _has_ended(serving: Serving) -> bool:
    return serving.running.exited() is not None


def _count(file: Path, way: str, what: str) -> int:
    return file.read_text().splitlines().count(f"{way} {what}")


def read(found: Observations) -> Answer:
    """See whether a task that was created survived."""
    lost = {way: found.values(LOST, way=way) for way in found.cases("way")}
    tasks = lost.get(WAYS["task"])
    if not tasks:
        return not_answered("No job was begun.")
    rows = [(way, found.interval(LOST, way=way)) for way in lost]
    told = ", ".join(f"{values[0]:.0f} with {way}" for way, values in lost.items())
    return Answer(
        "no" if tasks[0] else "yes",
        f"Of {JOBS} jobs that ran when the server was told to stop, lost were: {told}.",
        (Table.of(("way", f"of {JOBS} jobs, lost"), rows),),
        (
            Bars(
                f"Jobs lost of {JOBS}",
                "",
                tuple((way, each) for way, each in rows if each is not None),
            ),
        ),
        turning_point=(
            "As long as the server runs, all of them finish. At its end uvicorn waits "
            "for requests, to which a BackgroundTask belongs, and then raises the "
            "signal again, so that no task and no thread is waited for. What must not "
            "be lost belongs into a queue outside the process."
        ),
    )


EXPERIMENT = Experiment(
    name="task-after-the-answer",
    topic="Work outside the request",
    question="Does work that was started with create_task outlive the response?",
    sources=(
        Source(
            "https://debugbase.io/findings/d9a0ef34-7de7-42b4-8e87-b52b097590e9",
            "asyncio.create_task is superior for truly independent, fire-and-forget "
            "operations",
            "claim",
        ),
        Source("https://github.com/Kludex/starlette/issues/1438"),
    ),
    conditions=f"uvicorn with one worker; {JOBS} jobs of {SECONDS:g} s; SIGTERM while "
    "they run.",
    measured="Jobs that were begun and never finished.",
    decided_by="No if one job that create_task had started was lost.",
    refuted_by="All jobs finished before the server ended.",
    run=run,
    read=read,
    needs=("starlette", "uvicorn"),
)
