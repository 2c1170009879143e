"""A view computes for a while: are other requests answered meanwhile?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.model.transcript import Interface

PAGES = "asgi_compare.laboratory.waits.computing"
SECONDS = 1.5
MEANWHILE = "other requests answered meanwhile"
ASYNC = "an async view on uvicorn"


@dataclass(frozen=True, slots=True)
class Way:
    """Where it computes."""

    name: str
    server: str
    interface: Interface
    page: str


WAYS = (
    Way(ASYNC, "uvicorn", "asgi", "/async"),
    Way("a sync view on uvicorn", "uvicorn", "asgi", "/sync"),
    Way("a sync view on gunicorn, 4 threads", "gunicorn-gthread", "wsgi", "/sync"),
    Way("a sync view on gunicorn, 1 thread", "gunicorn-sync", "wsgi", "/sync"),
)


def run(effort: Effort) -> Iterator[Observation]:
    """Compute in each way, and ask for another page all the while."""
    with ThreadPoolExecutor() as pool:
        for way, answered in zip(WAYS, pool.map(tried, WAYS), strict=True):
            yield Observation(MEANWHILE, answered, "", {"in": way.name})


def tried(way: Way) -> int:
    """Return how many others were answered on one server."""
    target = f"{PAGES}:{way.interface}"
    with serve(target, way.server, interface=way.interface) as serving:
        get(serving, "/hello")
        return meanwhile(serving, way)


def meanwhile(serving: Serving, way: Way) -> int:
    """Return how many others began and ended while the view computed."""
    over = threading.Event()

    def compute() -> None:
        get(serving, f"{way.page}?t={SECONDS}")
        over.set()

    computing = threading.Thread(target=compute)
    computing.start()
    time.sleep(0.3)  # it computes by now, or has not begun, which counts against it
    answered = 0
    while not over.is_set():
        get(serving, "/hello")
        answered += not over.is_set()
    computing.join()
    return answered


def read(found: Observations) -> Answer:
    """Look for ways in which nobody else was answered."""
    counts = {
        way: values[0]
        for way in found.cases("in")
        if (values := found.values(MEANWHILE, **{"in": way}))
    }
    if ASYNC not in counts:
        return not_answered("No async view computed.")
    # One may have slipped in before it began.
    stopped = [way for way, count in counts.items() if count <= 1]
    told = "; ".join(f"{way}: {count:.0f}" for way, count in counts.items())
    rows = [(way, found.interval(MEANWHILE, **{"in": way})) for way in counts]
    return Answer(
        "yes" if ASYNC in stopped else "no",
        f"Others that were answered while one view computed for {SECONDS:g} s: {told}.",
        (Table.of(("it computes in", MEANWHILE), rows),),
        turning_point="In a thread it does not stop others, but shares the interpreter "
        "with them: they are slower, and the sum of the work is the same. Only another "
        "process computes at the same time. A WSGI server with one thread a worker "
        "stops just as an async view does.",
    )


EXPERIMENT = Experiment(
    name="computing-in-a-view",
    topic="Waiting",
    question="Does an async view that computes hold up everybody else?",
    sources=(
        Source(
            "https://leyaa.ai/codefly/learn/django/part-3/"
            "django-when-async-helps-and-when-it-does-not/complexity",
            "Async view with CPU-heavy task: Event loop blocked by CPU",
            "claim",
        ),
    ),
    conditions="Django without middleware, one worker, one user who asks for another "
    "page all the time.",
    measured="Other requests that begin and end while the view computes.",
    decided_by="Yes if at most one is answered beside the async view.",
    refuted_by="Several that are.",
    run=run,
    read=read,
    needs=("django", "uvicorn", "gunicorn"),
)
