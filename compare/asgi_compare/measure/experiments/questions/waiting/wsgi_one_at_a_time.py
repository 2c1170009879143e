"""Users who ask at the same time for a page that waits, on every WSGI server."""

from __future__ import annotations

import json
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

USERS = 12
WAIT = 0.1
SERVERS = ("wsgiref", "gunicorn-sync", "gunicorn-gthread", "waitress", "granian-wsgi")
WIDE = "gunicorn-gthread with 12 threads"
WALL, RUNNING = "seconds until all have answered", "requests running at the same time"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask each server; and once more with a thread for each user."""
    told: list[tuple[str, str, tuple[str, ...]]] = [
        (name, name, ()) for name in installed(SERVERS)
    ]
    if installed(["gunicorn-gthread"]):
        told.append((WIDE, "gunicorn-gthread", ("--threads", str(USERS))))
    for label, name, options in told:
        with serve("raw-wsgi", name, *options) as serving:
            for number in range(effort.rounds):
                seconds, replies = at_once(serving, f"/mock-api?latency={WAIT}", USERS)
                most = max(json.loads(reply.body)["running"] for reply in replies)
                case = {"server": label}
                yield Observation(WALL, seconds, "s", case, number)
                yield Observation(RUNNING, most, "", case, number)


def read(found: Observations) -> Answer:
    """Look for a server that runs more than one request at a time."""
    rows, bars, most = [], [], {}
    for server in found.cases("server"):
        running = found.interval(RUNNING, server=server)
        wall = found.interval(WALL, server=server)
        rows.append((server, running, wall))
        if running and wall:
            most[server] = round(running.median)
            bars.append((server, wall))
    if not most:
        return not_answered("No server was asked.")
    single = [server for server, running in most.items() if running == 1]
    several = {server: running for server, running in most.items() if running > 1}
    if not several:
        return Answer("yes", "No server ran more than one request at a time.")
    told = ", ".join(f"{running} on {server}" for server, running in several.items())
    return Answer(
        "no",
        "How many requests a WSGI application handles at a time is the server's "
        f"choice: {told}; and one on {' and '.join(single) or 'none'}.",
        (Table.of(("server", "requests at a time", "seconds"), rows),),
        (
            Bars(
                f"Until {USERS} users have answers that take {WAIT:g} s",
                "s",
                tuple(bars),
            ),
        ),
        turning_point=(
            "With one thread a worker, which is the default of gunicorn, the claim "
            "holds for each worker."
        ),
    )


EXPERIMENT = Experiment(
    name="wsgi-one-at-a-time",
    topic="Waiting",
    question="Does WSGI handle one request at a time?",
    sources=(
        Source(
            "https://leyaa.ai/codefly/learn/django/part-3/django-asgi-vs-wsgi/deep",
            "WSGI is the older standard that handles one request at a time",
            "claim",
        ),
        Source(
            "https://www.geeksforgeeks.org/python/"
            "difference-between-asgi-and-wsgi-in-django",
            "WSGI is synchronous, handling one request at a time",
            "claim",
        ),
    ),
    conditions=(
        f"One worker of each server with the threads it is set up with here; {USERS} "
        f"users who ask at the same time for a page that waits {WAIT:g} s."
    ),
    measured="How many requests the application saw at a time; seconds until all have "
    "their answer.",
    decided_by="No if one server runs more than one at a time.",
    refuted_by="No server that runs two requests at a time.",
    run=run,
    read=read,
)
