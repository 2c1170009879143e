"""Django on ASGI and on WSGI under many waiting requests: where does one overtake?

WSGI gets a thread for each client, so that nobody waits for a thread. Both projects are
the same file, with an async view for ASGI and a sync one for WSGI, as one would write
them. By hand on ASGI and Starlette stand beside them: what is lost between those and
Django is not lost to the interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from asgi_compare.measure.experiments.answer import (
    Answer,
    Curves,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import (
    MEMORY,
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
from asgi_compare.measure.load.statistics import Interval, ratio, turning_point

SITE = "asgi_compare.laboratory.waits.django_site"
MOST = 1000
"""Clients; gunicorn gets as many threads as it has clients."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One application, on its server."""

    name: str
    target: str
    page: str
    is_wsgi: bool = False
    middleware: str = "startproject"
    quick: bool = True


ASGI, WSGI = "Django on ASGI", "Django on WSGI"
CONTENDERS = (
    Contender(ASGI, f"{SITE}:asgi", "/async?t={}"),
    Contender(WSGI, f"{SITE}:wsgi", "/sync?t={}", is_wsgi=True),
    Contender(
        f"{ASGI}, no middleware", f"{SITE}:asgi", "/async?t={}", False, "none", False
    ),
    Contender(
        f"{WSGI}, no middleware", f"{SITE}:wsgi", "/sync?t={}", True, "none", False
    ),
    Contender("Starlette", "starlette", "/mock-api?latency={}"),
    Contender("raw ASGI", "raw-asgi", "/mock-api?latency={}"),
)
QUICK_POINTS = ((0.05, 64), (1.0, 256))
POINTS = ((0.005, 64), (0.05, 128), (0.5, 256), (2.0, 500), (2.0, MOST))
"""Seconds that each request waits, and clients."""


def label(wait: float, clients: int) -> str:
    """Return how a point is called."""
    return f"{wait:g} s, {clients} clients"


def run(effort: Effort) -> Iterator[Observation]:
    """Measure all at one point, in turn, then at the next; the first one twice."""
    points = QUICK_POINTS if effort.is_quick else POINTS
    rounds = 1 if effort.is_quick else 3
    most = max(clients for _, clients in points)
    with ExitStack() as stack:
        load = stack.enter_context(client())
        contenders = [each for each in CONTENDERS if each.quick or not effort.is_quick]
        serving = {
            each: stack.enter_context(
                serve(
                    each.target,
                    "gunicorn-gthread" if each.is_wsgi else "uvicorn",
                    *(("--threads", str(most)) if each.is_wsgi else ()),
                    *(("--worker-connections", "2000") if each.is_wsgi else ()),
                    interface="wsgi" if each.is_wsgi else "asgi",
                    environment={"ASGI_COMPARE_MIDDLEWARE": each.middleware},
                )
            )
            for each in contenders
        }
        halves: dict[int, Control] = {0: "first", len(contenders): "again"}
        for wait, clients in points:
            seconds = max(effort.seconds, 3 * wait if rounds > 1 else 2 * wait)
            for number in range(rounds):
                for turn, each in enumerate((*contenders, contenders[0])):
                    job = HttpLoad(
                        serving[each].port, each.page.format(wait), seconds, clients
                    )
                    case = {"who": each.name, "at": label(wait, clients)}
                    rows = under_load(serving[each], load, job, case)
                    half = halves.get(turn, "")
                    yield from in_round(number, rows, half)


def read(found: Observations) -> Answer:
    """Divide ASGI by WSGI at each point, and look where that crosses 1."""
    points = found.cases("at")
    ratios = {at: divided(found, at) for at in points}
    known = {at: by for at, by in ratios.items() if by is not None}
    if not known:
        return not_answered("No point was measured for both.")
    told = "; ".join(f"{at}: {by.median:.2f} times" for at, by in known.items())
    behind = all(by.high < 1.0 for by in known.values())
    ahead = all(by.low > 1.0 for by in known.values())
    return Answer(
        "no" if behind else "yes" if ahead else "it depends",
        f"Requests a second of {ASGI} by those of {WSGI} with a thread a client, both "
        f"with the middleware of startproject: {told}.",
        tuple(table(found, at) for at in points),
        (
            Curves(
                "Throughput against the 99th percentile",
                "requests a second",
                "seconds",
                tuple(curve(found, who, points) for who in found.cases("who")),
            ),
        ),
        turning_point=turned(known),
    )


def divided(found: Observations, at: str) -> Interval | None:
    """Return the ratio of the two at a point, round by round."""
    pairs = [found.values(REQUESTS, who=who, at=at) for who in (ASGI, WSGI)]
    return ratio(*pairs) if all(pairs) else None


def turned(known: dict[str, Interval]) -> str:
    """Return where ASGI overtakes."""
    waits = [float(at.partition(" s")[0]) for at in known]
    at = turning_point(waits, [by.median for by in known.values()])
    if at is None:
        which = "nowhere" if all(by.median < 1 for by in known.values()) else "always"
        return f"In what was measured, ASGI was ahead {which}."
    return f"ASGI overtakes at a wait of about {at:.2g} s, with these clients."


def table(found: Observations, at: str) -> Table:
    """Return the table of one point."""
    rows = []
    for who in found.cases("who"):
        failed = sum(
            row.value
            for row in found.rows
            if row.measure.startswith("failed")
            and row.case.items() >= {"who": who, "at": at}.items()
        )
        memory = found.interval(MEMORY, who=who, at=at)
        rows.append(
            (
                who,
                found.interval(REQUESTS, who=who, at=at),
                found.interval(P99, who=who, at=at),
                memory and memory.scaled(1 / 1024),
                found.interval(THREADS, who=who, at=at),
                round(failed),
            )
        )
    columns = ("who", "requests/s", "p99, s", "memory, MiB", "threads", "failed")
    return Table.of(columns, rows, at)


def curve(
    found: Observations, who: str, points: tuple[str, ...]
) -> tuple[str, tuple[tuple[float, float], ...]]:
    """Return the points of one contender."""
    pairs = []
    for at in points:
        rate = found.interval(REQUESTS, who=who, at=at)
        tail = found.interval(P99, who=who, at=at)
        if rate and tail:
            pairs.append((rate.median, tail.median))
    return who, tuple(pairs)


EXPERIMENT = Experiment(
    name="asgi-overtakes-wsgi",
    topic="Waiting",
    question="If all requests wait, does Django on ASGI do more than Django on WSGI?",
    sources=(
        Source(
            "https://www.djangotricks.com/tricks/8bH4nkFdB5iQ",
            "The difference becomes apparent with multiple concurrent visitors",
            "claim",
        ),
        Source(
            "https://forum.djangoproject.com/t/"
            "huge-performance-difference-when-using-asgi-and-wsgi/30344"
        ),
    ),
    conditions=(
        "One worker on one core; every request waits, and does nothing else; ASGI on "
        "uvicorn, WSGI on gunicorn with a thread for each client; closed loop, so the "
        "wait and the number of clients bound what is possible."
    ),
    measured=(
        "Requests a second, 99th percentile, memory (PSS) and threads at the end, at "
        "several waits and numbers of clients."
    ),
    decided_by=(
        "The ratio of the two rates, with its interval: no if it is below 1 at every "
        "point, yes if it is above; else it depends, and the turning point is said."
    ),
    refuted_by="A point at which the other one is ahead.",
    run=run,
    read=read,
    needs=("django", "starlette", "gunicorn"),
    tolerance=0.25,
)
