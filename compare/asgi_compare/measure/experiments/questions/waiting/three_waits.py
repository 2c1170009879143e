"""Three waits in one request, one after the other and at the same time, everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import get, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

ON = {
    "raw-asgi": "uvicorn",
    "starlette": "uvicorn",
    "django-asgi": "uvicorn",
    "raw-wsgi": "gunicorn-sync",
    "django-wsgi": "gunicorn-sync",
}
"""Implementations, and the server that each is on."""
ONE_BY_ONE, TOGETHER = "one after the other", "at the same time"
PAGES = {ONE_BY_ONE: "/sequential", TOGETHER: "/concurrent"}
SECONDS = "seconds for a wait of 1 s"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask each implementation for both pages; quick waits are a fifth as long."""
    wait = 0.2 if effort.is_quick else 1.0
    for implementation, server in ON.items():
        if not installed([server]):
            continue
        with serve(implementation, server) as serving:
            for number in range(effort.rounds):
                for way, page in PAGES.items():
                    reply = get(serving, f"{page}?t={wait}")
                    case = {"implementation": implementation, "waits": way}
                    seconds = reply.seconds / wait
                    yield Observation(SECONDS, seconds, "s", case, number)


def read(found: Observations) -> Answer:
    """Look for implementations that take the time of one wait, and at their kind."""
    rows, bars, quick = [], [], []
    for name in found.cases("implementation"):
        apart = found.interval(SECONDS, implementation=name, waits=ONE_BY_ONE)
        together = found.interval(SECONDS, implementation=name, waits=TOGETHER)
        rows.append((name, ON[name], apart, together))
        if together:
            bars.append((name, together))
            if together.median < 1.5:
                quick.append(name)
    if not bars:
        return not_answered("No implementation was asked.")
    asgi = [name for name in quick if name in ("raw-asgi", "starlette", "django-asgi")]
    wsgi = [name for name in quick if name not in asgi]
    by_threads = (
        f" So do {' and '.join(wsgi)}, on a server with one thread: WSGI does not "
        "prevent it."
        if wsgi
        else ""
    )
    return Answer(
        "it depends" if wsgi and asgi else "yes" if asgi else "no",
        "Three waits take the time of one where they are started together: "
        f"{', '.join(asgi) or 'nowhere'}." + by_threads,
        (
            Table.of(
                ("implementation", "server", ONE_BY_ONE, TOGETHER),
                rows,
                "Seconds for three waits of 1 s",
            ),
        ),
        (Bars("Three waits of 1 s, started together", "s", tuple(bars)),),
        turning_point=(
            "What decides is whether the view starts its waits together (gather, task "
            "groups, threads), not the interface. What a thread is needed for, it is "
            "needed for three times a request: see the experiments on threads."
        ),
    )


EXPERIMENT = Experiment(
    name="three-waits",
    topic="Waiting",
    question="Do three calls to other services take 3 s or 1 s, and is that async?",
    sources=(
        Source(
            "https://leyaa.ai/codefly/learn/django/part-3/"
            "django-when-async-helps-and-when-it-does-not/why",
            "Doing tasks one after another blocks your app, making it slow",
            "claim",
        ),
    ),
    conditions=(
        "One user; one worker; /sequential and /concurrent of the contract. By hand on "
        "WSGI the waits are in threads, in Django they are in asyncio.gather under "
        "both interfaces."
    ),
    measured="Seconds until the answer, for waits of 1 s (quick: 0.2 s, times five).",
    decided_by=(
        "Yes if only ASGI takes the time of one wait, it depends if WSGI does too, no "
        "if nobody does."
    ),
    refuted_by="Waits started together that take the sum of their times on ASGI.",
    run=run,
    read=read,
    needs=("django", "starlette"),
)
