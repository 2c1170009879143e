"""More users than threads: who waits for whom, on WSGI with ten threads and on ASGI."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import at_once, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

USERS, WAIT = 40, 0.1
ROWS = (
    ("WSGI, 10 threads", "django-wsgi", "gunicorn-gthread", ("--threads", "10")),
    ("WSGI, 40 threads", "django-wsgi", "gunicorn-gthread", ("--threads", "40")),
    ("ASGI, one worker", "django-asgi", "uvicorn", ()),
)
WALL = "seconds until all have answered"


def run(effort: Effort) -> Iterator[Observation]:
    """Let all users ask at once."""
    for name, implementation, server, options in ROWS:
        if not installed([server]):
            continue
        with serve(implementation, server, *options) as serving:
            at_once(serving, f"/mock-api?latency={WAIT}", USERS)  # starts the threads
            for number in range(effort.rounds):
                seconds, _ = at_once(serving, f"/mock-api?latency={WAIT}", USERS)
                yield Observation(WALL, seconds, "s", {"served": name}, number)


def read(found: Observations) -> Answer:
    """Compare ten threads with a thread a user, and both with ASGI."""
    wall = {
        name: each
        for name in found.cases("served")
        if (each := found.interval(WALL, served=name))
    }
    few, many, asgi = (wall.get(row[0]) for row in ROWS)
    if few is None or many is None or asgi is None:
        return not_answered("Not all three were asked.")
    queued = few.median > 2 * asgi.median
    return Answer(
        "it depends" if many.median < few.median / 1.5 else "yes" if queued else "no",
        f"{USERS} users who each wait {WAIT:g} s have their answers after "
        f"{few.median:.2f} s with 10 threads, {many.median:.2f} s with {USERS} "
        f"threads, and {asgi.median:.2f} s on ASGI.",
        (Table.of(("served by", "seconds"), list(wall.items())),),
        (Bars(f"Until {USERS} users have their answer", "s", tuple(wall.items())),),
        turning_point="With a thread for each user WSGI does not queue either.",
    )


EXPERIMENT = Experiment(
    name="queued-behind-threads",
    topic="Waiting",
    question="Do requests queue on WSGI while ASGI serves all at once?",
    sources=(
        Source(
            "https://www.djangotricks.com/tricks/8bH4nkFdB5iQ",
            "Only 10 requests are handled concurrently, while the remaining 90 are "
            "queued.",
            "claim",
        ),
    ),
    conditions=f"One worker; {USERS} users at once; a view that waits {WAIT:g} s.",
    measured="Seconds until all have their answer.",
    decided_by="It depends if more threads alone shorten it; yes if only ASGI does.",
    refuted_by="Ten threads that are as quick as ASGI.",
    run=run,
    read=read,
    needs=("django", "gunicorn"),
)
