"""An async view under WSGI and under ASGI: does it run, and on which thread?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import get, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

SITE = "asgi_compare.laboratory.waits.django_site"
ON = {"wsgi": ("gunicorn-sync", "wsgiref"), "asgi": ("uvicorn",)}
"""Servers by interface; the first that is installed is taken."""
REQUESTS = 3
ANSWERED, THREADS = "answers with 200", "threads that ran the view"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask the async view a few times, one after the other."""
    for interface, servers in ON.items():
        server = installed(servers)[0]
        with serve(
            f"{SITE}:{interface}",
            server,
            interface="wsgi" if interface == "wsgi" else "asgi",
        ) as serving:
            replies = [get(serving, "/async?t=0") for _ in range(REQUESTS)]
        case = {"interface": interface, "server": server}
        answered = [reply for reply in replies if reply.status == 200]
        yield Observation(ANSWERED, len(answered), "", case)
        threads = {json.loads(reply.body)["thread"] for reply in answered}
        yield Observation(THREADS, len(threads), "", case)


def read(found: Observations) -> Answer:
    """See whether WSGI answered."""
    answered = found.values(ANSWERED, interface="wsgi")
    if not answered:
        return not_answered("No WSGI server was asked.")
    rows = [
        (
            interface,
            found.interval(ANSWERED, interface=interface),
            found.interval(THREADS, interface=interface),
        )
        for interface in found.cases("interface")
    ]
    works = answered[0] == REQUESTS
    return Answer(
        "no" if works else "yes",
        f"Under WSGI the async view answered {answered[0]:.0f} of {REQUESTS} requests: "
        "Django runs it in an event loop of its own for each request.",
        (Table.of(("interface", ANSWERED, THREADS), rows),),
        turning_point=(
            "It works, and gains nothing: while the view waits, its worker's thread "
            "waits as well."
        ),
    )


EXPERIMENT = Experiment(
    name="async-view-fails-on-wsgi",
    topic="Async Django",
    question="Does an async view fail under WSGI?",
    sources=(
        Source(
            "https://leyaa.ai/codefly/learn/django/part-3/django-asgi-vs-wsgi/challenge",
            "Under WSGI, an async view returns a coroutine object instead of an "
            "HttpResponse.",
            "claim",
        ),
    ),
    conditions="One worker; requests one after the other.",
    measured="Status and thread of each answer.",
    decided_by="No if every request is answered with 200.",
    refuted_by="An error in place of an answer.",
    run=run,
    read=read,
    needs=("django",),
)
