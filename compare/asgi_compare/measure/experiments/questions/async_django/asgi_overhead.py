"""One client at a time: what a hello from Django takes on ASGI and on WSGI."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import (
    P50,
    client,
    installed,
    serve,
    under_load,
)
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
    in_round,
)
from asgi_compare.measure.load.records import HttpLoad

ON = {
    "django-asgi": "uvicorn",
    "django-wsgi": "gunicorn-gthread",
    "raw-asgi": "uvicorn",
    "starlette": "uvicorn",
}
CLAIMED_MS = 15.0


def run(effort: Effort) -> Iterator[Observation]:
    """Put one request after the other to each; the servers take turns."""
    for implementation, server in ON.items():
        if not installed([server]):
            continue
        case = {"implementation": implementation}
        with serve(implementation, server) as serving, client() as load:
            wish = HttpLoad(serving.port, "/", effort.seconds / 2, connections=1)
            for number in range(effort.rounds):
                yield from in_round(number, under_load(serving, load, wish, case))


def read(found: Observations) -> Answer:
    """Subtract the median latencies."""
    ms = {
        name: each.scaled(1e3)
        for name in found.cases("implementation")
        if (each := found.interval(P50, implementation=name))
    }
    asgi, wsgi = ms.get("django-asgi"), ms.get("django-wsgi")
    if asgi is None or wsgi is None:
        return not_answered("Django was not asked through both interfaces.")
    more = asgi.median - wsgi.median
    return Answer(
        "yes" if more > CLAIMED_MS / 2 else "no",
        f"Django answers a hello in {asgi.median:.1f} ms on ASGI and in "
        f"{wsgi.median:.1f} ms on WSGI: {more:.1f} ms more, where {CLAIMED_MS:g} were "
        "claimed.",
        (Table.of(("implementation", "median latency, ms"), list(ms.items())),),
        (Bars("A hello, one client", "ms", tuple(ms.items())),),
        turning_point=(
            "Each sync-only middleware adds hops, and each hop waits longer beside a "
            "thread that computes; see hop-cost."
        ),
    )


EXPERIMENT = Experiment(
    name="asgi-overhead-15-ms",
    topic="Async Django",
    question="Does Django on ASGI take 15 ms longer for the same view?",
    sources=(
        Source(
            "https://forum.djangoproject.com/t/"
            "huge-performance-difference-when-using-asgi-and-wsgi/30344",
            "There is ~15ms overhead for the same operation (same view) "
            "when using ASGI",
            "claim",
        ),
    ),
    conditions="One worker, the middleware of startproject, one connection kept "
    "alive, a view without a database.",
    measured="Median latency of one request after the other.",
    decided_by="Yes if ASGI takes half of the claimed time longer.",
    refuted_by="A difference of less than half of it.",
    run=run,
    read=read,
    needs=("django",),
)
