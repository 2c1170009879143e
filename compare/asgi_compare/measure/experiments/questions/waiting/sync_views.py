"""Eight sync views that sleep, asked for at the same time, on one worker."""

from __future__ import annotations

import json
from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import Serving, at_once, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

USERS = 8
WAIT = 0.1
SITE = "asgi_compare.laboratory.waits.django_site:asgi"
NO_CONTEXT = "asgi_compare.laboratory.waits.threads:application"
SERVERS = ("uvicorn", "hypercorn", "daphne", "granian", "gunicorn-asgi")
DJANGO, ALONE = "a Django view", "sync_to_async outside of Django"
WALL, USED = "seconds until all have answered", "threads used"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask every server, one after the other."""
    servers = installed(SERVERS)
    for name in servers[:3] if effort.is_quick else servers:
        with serve(SITE, name) as serving:
            yield from asked(serving, effort, "/sync", {"server": name, "of": DJANGO})
    with serve(NO_CONTEXT, "uvicorn") as serving:
        yield from asked(serving, effort, "/", {"server": "uvicorn", "of": ALONE})


def asked(
    serving: Serving, effort: Effort, page: str, case: dict[str, str]
) -> Iterator[Observation]:
    """Ask for a page, eight users at once, in every round."""
    for number in range(effort.rounds):
        seconds, replies = at_once(serving, f"{page}?t={WAIT}", USERS)
        threads = {json.loads(reply.body)["thread"] for reply in replies}
        yield Observation(WALL, seconds, "s", case, number)
        yield Observation(USED, len(threads), "", case, number)


def read(found: Observations) -> Answer:
    """Compare the wall time with that of one view, and with the sum of all."""
    rows, bars = [], []
    for of in (DJANGO, ALONE):
        for server in found.cases("server"):
            wall = found.interval(WALL, server=server, of=of)
            if wall is not None:
                used = found.interval(USED, server=server, of=of)
                rows.append((of, server, wall, used))
                bars.append((f"{of}, {server}", wall))
    walls = [wall.median for of, _, wall, _ in rows if of == DJANGO]
    if not walls:
        return not_answered("No server was asked.")
    worst, all_of_them = max(walls), USERS * WAIT
    serial = worst > all_of_them * 0.9
    alone = found.interval(WALL, of=ALONE)
    return Answer(
        "yes" if serial else "no" if worst < all_of_them / 2 else "it depends",
        f"{USERS} sync views that sleep {WAIT:g} s, asked for at the same time of one "
        f"worker, have all answered after {min(walls):.2f} to {worst:.2f} s; one "
        f"after the other they would take {all_of_them:g} s.",
        (Table.of(("what waits", "server", "seconds", "threads"), rows),),
        (Bars("Until all eight have answered", "s", tuple(bars)),),
        turning_point=(
            "Outside of a request of Django, nobody opens the context that gives each "
            f"request a thread: there sync_to_async took {alone.median:.2f} s, one "
            "after the other. So do several calls within one request."
            if alone and alone.median > all_of_them * 0.9
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="sync-views-serialised",
    topic="Threads",
    question="Are sync views run one after the other under ASGI?",
    sources=(
        Source(
            "https://github.com/wagtail/guide/pull/484",
            "serialises all sync request handling into a single thread per worker "
            "process",
            "claim",
        ),
        Source("https://github.com/django/channels/issues/1587"),
        Source("https://github.com/django/asgiref/issues/223"),
    ),
    conditions=(
        "One worker; a Django project with the middleware of startproject; "
        f"{USERS} users who ask at the same time for a sync view that sleeps "
        f"{WAIT:g} s."
    ),
    measured="Seconds until all have their answer, and in how many threads views ran.",
    decided_by=(
        f"Yes if that takes nearly {USERS * WAIT:g} s, the sum of all; no if less than "
        "half of it."
    ),
    refuted_by="A server on which the views take the sum of their times.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
