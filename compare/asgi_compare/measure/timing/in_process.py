"""The half of a survey that needs no server: count, and time in process.

Every configuration gets a process. While they start, each of their variants is counted
and warmed up; then all of them are timed in turn.
"""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.machine import session_pids
from asgi_compare.measure.timing.rounds import Cell, Key, Rounds, Sample
from asgi_compare.measure.timing.survey_results import (
    Effort,
    Job,
    Result,
    Steps,
    keys,
    side_by_side,
)
from asgi_compare.measure.timing.worker import Unmeasured, Worker


def measure(job: Job) -> None:
    """Count and time everything in process."""
    workers: list[Worker] = []
    rough: dict[Key, float] = {}
    step = Steps("counting", len(job.configurations), job.progress)

    def begin(configuration: Configuration) -> None:
        worker = job.started.get(configuration.name) or Worker(configuration)
        workers.append(worker)
        _count(job, worker, rough)
        step.done()

    try:
        side_by_side(begin, job.configurations)
        _time(job, workers, rough)
    finally:
        side_by_side(Worker.close, workers)


def _count(job: Job, worker: Worker, rough: dict[Key, float]) -> None:
    """Load a configuration, and count what each of its variants does."""
    results = [job.found.results[key] for key in keys(worker.configuration)]
    try:
        worker.load()
    except Unmeasured as why:
        for result in results:
            result.unsupported = str(why)
        return
    for result in results:
        try:
            _variant(job, worker, result, rough)
        except Unmeasured as why:
            result.unsupported = str(why)


def _variant(job: Job, worker: Worker, result: Result, rough: dict[Key, float]) -> None:
    """Count one variant; leave in `rough` how many microseconds a request takes."""
    key, variant = result.key, result.key[1]
    result.weight = worker.weight
    result.counts, result.tree = worker.count(variant, tree=key in job.pictured)
    if job.accepts(result.counts.status):
        rough[key] = worker.settle(variant, None, job.effort.settle)
    else:
        result.unsupported = f"It answers {result.counts.status}."


def _time(job: Job, workers: list[Worker], rough: dict[Key, float]) -> None:
    """Time all that there is to be timed, in turn."""
    step = Steps("timing", 0, job.progress)
    effort = job.effort
    takes = {
        key: _taking(worker, key[1], rough[key], effort)
        for worker in workers
        for key in keys(worker.configuration)
        if key in rough
    }
    job.need(takes)
    cells = []
    for key, take in takes.items():
        job.found.results[key].in_process = cell = Cell(key, take)
        cells.append(cell)
        cell.tried()  # on the core where it stays from now on
    rounds = Rounds(
        effort.rounds,
        effort.tries,
        "us",
        session_pids(worker.session for worker in workers),
        job.until(0, effort.rounds * effort.batch * len(cells) * 1.5),
        job.end(0),
        progress=step.done,
    )
    step.total = rounds.blocks(cells)
    job.found.in_process = rounds.run(takes[job.baseline], cells)
    for cell in cells:
        if cell.failure:
            result = job.found.results[cell.key]
            result.in_process, result.unsupported = None, cell.failure


def _taking(
    worker: Worker, variant: str, us: float, effort: Effort
) -> Callable[[], Sample]:
    requests = max(3, round(effort.batch * 1e6 / us))
    settled = False

    def take() -> Sample:
        nonlocal settled
        if not settled:
            worker.settle(variant, effort.cores[0], 0.0)
            settled = True
        wall, cpu = worker.batch(variant, requests)
        return {"us": wall, "cpu_us": cpu}

    return take
