"""One Django page that asks an upstream, in the steps of a move: requests a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import (
    CPU,
    P99,
    REQUESTS,
    THREADS,
    client,
    serve,
    under_load,
)
from asgi_compare.measure.experiments.experiment import (
    Control,
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
    in_round,
)
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.load.statistics import Interval, ratio
from asgi_compare.measure.timing.machine import pin, places

SITE = "asgi_compare.laboratory.waits.migration_site"
CLIENTS = 50
WAITS = (0.01, 0.2)
"""Seconds in which the upstream answers."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the page is served at one step of the move."""

    name: str
    entry: str
    view: str = "async"
    middleware: str = "startproject"
    quick: bool = True


WSGI = "sync view on WSGI"
STEPS = (
    Step(WSGI, "wsgi", "sync"),
    Step("sync view on ASGI", "asgi", "sync", quick=False),
    Step("async view", "asgi"),
    Step("async view, async middleware", "asgi", middleware="async", quick=False),
    Step("async view, no middleware", "asgi", middleware="none"),
    Step("async view, a client for each request", "asgi", "anew", quick=False),
    Step("async view, beside Channels", "beside_channels", quick=False),
)
"""In the order in which a project takes them."""


def label(wait: float) -> str:
    """Return how an upstream is called."""
    return f"{wait * 1000:.0f} ms"


def page(step: Step, wait: float) -> str:
    """Return the target of a request."""
    return f"/{step.view}?t={wait}"


def run(effort: Effort) -> Iterator[Observation]:
    """Put each step under load in turn, round by round; the first one twice."""
    steps = [each for each in STEPS if each.quick or not effort.is_quick]
    rounds = 2 if effort.is_quick else 5
    with ExitStack() as stack:
        load = stack.enter_context(client())
        upstream = stack.enter_context(serve("raw-asgi", "uvicorn"))
        pin(upstream.pids(), places()[1])  # not on the core of what is measured
        address = f"http://127.0.0.1:{upstream.port}/mock-api"
        serving = {
            step: stack.enter_context(
                serve(
                    f"{SITE}:{step.entry}",
                    "gunicorn-gthread" if step.entry == "wsgi" else "uvicorn",
                    *(("--threads", str(CLIENTS)) if step.entry == "wsgi" else ()),
                    interface="wsgi" if step.entry == "wsgi" else "asgi",
                    environment={
                        "ASGI_COMPARE_UPSTREAM": address,
                        "ASGI_COMPARE_MIDDLEWARE": step.middleware,
                    },
                )
            )
            for step in steps
        }
        for step in steps:  # until its connections to the upstream are open
            load.put(HttpLoad(serving[step].port, page(step, WAITS[0]), 0.3, CLIENTS))
        halves: dict[int, Control] = {0: "first", len(steps): "again"}
        for wait in WAITS:
            seconds = max(effort.seconds, 4 * wait)
            for number in range(rounds):
                for turn, step in enumerate((*steps, steps[0])):
                    job = HttpLoad(
                        serving[step].port, page(step, wait), seconds, CLIENTS
                    )
                    case = {"step": step.name, "upstream": label(wait)}
                    rows = under_load(serving[step], load, job, case)
                    yield from in_round(number, rows, halves.get(turn, ""))


def read(found: Observations) -> Answer:
    """Divide each step by the sync view on WSGI, for each upstream."""
    by_upstream = {
        upstream: {
            step: ratio(
                found.values(REQUESTS, step=step, upstream=upstream),
                found.values(REQUESTS, step=WSGI, upstream=upstream),
            )
            for step in found.cases("step")
            if step != WSGI and found.values(REQUESTS, step=step, upstream=upstream)
        }
        for upstream in found.cases("upstream")
        if found.values(REQUESTS, step=WSGI, upstream=upstream)
    }
    if not any(by_upstream.values()):
        return not_answered("Not enough steps were measured.")
    ratios = [each for steps in by_upstream.values() for each in steps.values()]
    faster = any(each.low > 1 for each in ratios)
    return Answer(
        "it depends"
        if faster and any(each.high < 1 for each in ratios)
        else "yes"
        if faster
        else "no",
        f"With {CLIENTS} clients and as many threads on WSGI: "
        + "; ".join(map(in_words, by_upstream, by_upstream.values()))
        + ".",
        tuple(table(found, upstream) for upstream in by_upstream),
        turning_point="Fewer threads than clients: WSGI then answers as many at a time "
        "as it has threads. Here each client has one.",
    )


def in_words(upstream: str, ratios: dict[str, Interval]) -> str:
    """Say how the steps did with one upstream."""
    times = ", ".join(
        f"{each.median:.2f} times ({step})" for step, each in ratios.items()
    )
    return f"an upstream of {upstream} gives {times} the requests a second of WSGI"


def table(found: Observations, upstream: str) -> Table:
    """Return the table of one upstream."""
    columns = ("step", "requests/s", "p99, s", "CPU a request, µs", "threads")
    rows = []
    for step in found.cases("step"):
        cpu = found.interval(CPU, step=step, upstream=upstream)
        rows.append(
            (
                step,
                found.interval(REQUESTS, step=step, upstream=upstream),
                found.interval(P99, step=step, upstream=upstream),
                cpu and cpu.scaled(1e6),
                found.interval(THREADS, step=step, upstream=upstream),
            )
        )
    return Table.of(columns, rows, f"An upstream of {upstream}")


EXPERIMENT = Experiment(
    name="migration-throughput",
    topic="Async Django",
    question="Does a page that asks an upstream serve more requests at some step of a "
    "move from WSGI to ASGI?",
    sources=(
        Source(
            "https://softwaresight.link/posts/sync-and-async-api-performance-comparison",
            "to be significaltly faster, the results show the opposite",
            "claim",
        ),
        Source(
            "https://arunrocks.com/a-guide-to-asgi-in-django-30-and-its-performance/",
            "faster than their synchronous counterparts often by a factor of 3x–5x",
            "claim",
        ),
        Source("https://www.mj026.nl/blog/django-sync-or-async.html"),
        Source("https://docs.djangoproject.com/en/5.2/topics/async/#performance"),
    ),
    conditions=f"One worker on one core; {CLIENTS} clients, closed loop; WSGI on "
    f"gunicorn with {CLIENTS} threads, ASGI on uvicorn; httpx2 with one client that is "
    "kept; the upstream is a raw ASGI application on the other core.",
    measured="Requests a second, 99th percentile, processor time and threads, with an "
    "upstream that takes 10 ms and one that takes 200 ms.",
    decided_by="The ratio of each step's rate to that of WSGI: yes if one is above 1 "
    "with its interval, no if none is, and it depends if others are below.",
    refuted_by="Every step serves fewer.",
    run=run,
    read=read,
    needs=("django", "channels", "httpx2", "gunicorn"),
    tolerance=0.25,
)
