"""The same Django project on WSGI and on ASGI: what a request costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import (
    CPU,
    REQUESTS,
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
from asgi_compare.model.transcript import Interface

SITE = "asgi_compare.laboratory.waits.django_site"
ON: dict[Interface, str] = {"asgi": "uvicorn", "wsgi": "gunicorn-gthread"}
STACKS = {"startproject": "the middleware of startproject", "none": "no middleware"}
CLAIMED = 41.1 / 16
"""Requests a second: 41.1 against 14 to 18."""
USERS = 5


def run(effort: Effort) -> Iterator[Observation]:
    """Ask both for a sync view in each round, ASGI twice."""
    stacks = [*STACKS.items()]
    for stack, title in stacks[:1] if effort.is_quick else stacks:
        with ExitStack() as servers:
            load = servers.enter_context(client())
            serving = {
                each: servers.enter_context(
                    serve(
                        f"{SITE}:{each}",
                        server,
                        interface=each,
                        environment={"ASGI_COMPARE_MIDDLEWARE": stack},
                    )
                )
                for each, server in ON.items()
            }
            halves: dict[int, Control] = {0: "first", 2: "again"}
            for number in range(effort.rounds):
                for turn, each in enumerate((*ON, "asgi")):
                    server = serving["wsgi" if each == "wsgi" else "asgi"]
                    wish = HttpLoad(server.port, "/sync?t=0", effort.seconds, USERS)
                    rows = under_load(
                        server, load, wish, {"stack": title, "interface": each}
                    )
                    yield from in_round(number, rows, halves.get(turn, ""), of=CPU)


def read(found: Observations) -> Answer:
    """Divide the processor time of a request on ASGI by that on WSGI."""
    by: dict[str, Interval] = {}
    rows = []
    for stack in found.cases("stack"):
        asgi = found.values(CPU, stack=stack, interface="asgi")
        wsgi = found.values(CPU, stack=stack, interface="wsgi")
        if asgi and wsgi:
            by[stack] = ratio(asgi, wsgi)
            rates = (found.interval(REQUESTS, stack=stack, interface=i) for i in ON)
            rows.append((stack, *rates, by[stack]))
    if not by:
        return not_answered("Django was not asked on both interfaces.")
    told = ", ".join(f"{each.median:.1f} times ({k})" for k, each in by.items())
    more = [stack for stack, each in by.items() if each.median >= CLAIMED]
    return Answer(
        "yes" if len(more) == len(by) else "it depends" if more else "no",
        "A request to a sync view takes so much more processor time on ASGI than on "
        f"WSGI: {told}; {CLAIMED:.1f} times fewer requests a second were claimed.",
        (
            Table.of(
                ("stack", "requests/s, ASGI", "requests/s, WSGI", "CPU, ASGI by WSGI"),
                rows,
            ),
        ),
        (
            Bars(
                "Processor time of a request, ASGI by WSGI", "times", tuple(by.items())
            ),
        ),
        turning_point="The view does nothing. What a view takes itself it takes on "
        "both, so the ratio falls with it. See fourteen-hops and "
        "fresh-thread-each-request for where the rest goes.",
    )


EXPERIMENT = Experiment(
    name="wsgi-three-times-faster",
    topic="Async Django",
    question="Is the same Django three times faster on WSGI than on ASGI?",
    sources=(
        Source(
            "https://github.com/ctrliq/ascender/pull/975",
            "/api/v2/ping/, 5 concurrent: 41.1 req/s, 14 to 18",
            "claim",
        ),
        Source("https://github.com/django/asgiref/issues/186"),
    ),
    conditions=f"A sync view that does nothing; {USERS} connections kept alive, closed "
    "loop; one worker with four threads of gunicorn, one of uvicorn.",
    measured="Processor time of the server for one request; requests a second.",
    decided_by=f"Yes if a request costs {CLAIMED:.1f} times as much on ASGI with each "
    "stack, it depends if with one.",
    refuted_by="A smaller ratio.",
    run=run,
    read=read,
    needs=("django", "uvicorn", "gunicorn"),
)
