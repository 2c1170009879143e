"""kill -9 of one of two workers, under a steady trickle of requests."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from itertools import pairwise

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import on_each, until, workers_of

PAGES = "asgi_compare.laboratory.waits.workers"
SERVERS = ("uvicorn", "hypercorn", "granian", "gunicorn-asgi")
TWO = {server: ("--workers", "2") for server in SERVERS}
EVERY = 0.02
"""Seconds between two requests."""
WATCHED = 8.0
FAILED, GAP = "requests that failed", "longest gap between two answers"
BACK = "seconds until there are two workers again"
NEVER, ENDED = "never", "never: the server ended as well"


def run(effort: Effort) -> Iterator[Observation]:
    """Kill a worker of each server."""
    yield from on_each(SERVERS, PAGES, one, options=TWO)


def one(server: str, serving: Serving) -> list[Observation]:
    """Kill a worker of one server, and go on asking."""
    until(lambda: len(workers_of(serving)) == 2, 3.0)
    over, answered, failed = threading.Event(), [time.monotonic()], [0]

    def ask() -> None:
        while not over.is_set():
            try:
                get(serving, "/count")
                answered.append(time.monotonic())
            except (OSError, HTTPException):
                failed[0] += 1
            time.sleep(EVERY)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        victim, *_ = workers_of(serving)
        until(lambda: len(answered) > 10, 3.0)
        began = time.monotonic()
        with suppress(OSError):
            os.kill(victim, signal.SIGKILL)
        until(lambda: replaced(serving, victim) or ended(serving), WATCHED)
        back = replaced(serving, victim)
        took = time.monotonic() - began
        why = ENDED if serving.running.exited() else NEVER
        time.sleep(0.5)  # the last of what the change may have broken
    finally:
        over.set()
        asking.join()
    gap = max((b - a for a, b in pairwise(answered)), default=0)
    case = {"server": server}
    return [
        Observation(FAILED, failed[0], "", case),
        Observation(GAP, gap, "s", case),
        Observation(BACK, took, "s", case, note="" if back else why),
    ]


def ended(serving: Serving) -> bool:
    """Return whether the server has ended."""
    return serving.running.exited() is not None


def replaced(serving: Serving, victim: int) -> bool:
    """Return whether there are two workers, without the one that was killed."""
    now = set(workers_of(serving)) - {victim}
    return len(now) == 2


def read(found: Observations) -> Answer:
    """Look for servers that do not replace it."""
    rows = found.of(BACK).rows
    if not rows:
        return not_answered("No worker was killed.")
    servers = [row.case["server"] for row in rows]
    gone = [row.case["server"] for row in rows if row.note]
    cells = [
        (
            row.case["server"],
            row.note or f"{row.value:.1f} s",
            found.interval(FAILED, server=row.case["server"]),
            found.interval(GAP, server=row.case["server"]),
        )
        for row in rows
    ]
    failed = sum(found.values(FAILED))
    return Answer(
        "yes" if not gone else "it depends" if len(gone) < len(servers) else "no",
        f"{len(servers) - len(gone)} of {len(servers)} servers replace a worker that "
        "is killed"
        + (f" (not {', '.join(gone)})" if gone else "")
        + f"; meanwhile {failed:.0f} requests failed in all.",
        (
            Table.of(
                ("server", "two workers again after", FAILED, f"{GAP}, s"),
                cells,
            ),
        ),
        turning_point="Where the other worker goes on answering, nobody has to wait. "
        "granian replaces a worker only with --respawn-failed-workers; hypercorn ends "
        "as a whole, and leaves it to whoever started it (hypercorn/run.py). The "
        "streams and WebSockets of the worker that died are lost everywhere.",
    )


EXPERIMENT = Experiment(
    name="killed-worker",
    topic="Workers",
    question="Is a worker that is killed replaced, and who goes without an answer?",
    sources=(
        Source("https://github.com/Kludex/uvicorn/issues/517"),
        Source("https://github.com/Kludex/uvicorn/pull/3030"),
    ),
    conditions=f"Two workers, a request on a new connection every {EVERY * 1e3:.0f} "
    "ms; kill -9 of one of the two.",
    measured="Requests that failed, the longest gap between two answers, and the "
    f"seconds until there are two workers again, up to {WATCHED:g}.",
    decided_by="Yes if each server replaces it, it depends if some do.",
    refuted_by="A server that goes on with one worker.",
    run=run,
    read=read,
)
