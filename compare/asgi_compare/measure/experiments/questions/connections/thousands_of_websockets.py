"""Thousands of WebSockets on one worker: do all stay, and are all answered?"""

from __future__ import annotations

import resource
from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import client, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.load.records import StreamLoad, StreamResult

QUICK, CAREFUL = 1_000, 10_000
SPARE = 200
"""File descriptors that are needed for something else."""
WANTED, OPENED = "connections wanted", "connections opened"
LEAST, ERRORS = "answers to the one with the fewest", "connections lost"
PEAK = "memory of the server at the end"


def run(effort: Effort) -> Iterator[Observation]:
    """Open them, and let each send a message from time to time."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(QUICK if effort.is_quick else CAREFUL, limit - SPARE)
    every = count / 1000
    with serve("raw-asgi", "uvicorn") as serving, client() as load:
        before = serving.memory_kib()
        load.begin(
            StreamLoad(
                serving.port,
                "/ws/echo",
                "websocket",
                connections=count,
                seconds=2.5 * every,
                opens_a_second=500.0,
                send_every=every,
                patience=15.0,
            )
        )
        result = load.finish()
        memory = serving.memory_kib() - before
    assert isinstance(result, StreamResult)
    found = (
        (WANTED, count, ""),
        (OPENED, result.opened, ""),
        (LEAST, result.fewest, ""),
        (ERRORS, sum(result.errors.values()), ""),
        (PEAK, memory, "KiB"),
    )
    for measure, value, unit in found:
        yield Observation(measure, float(value), unit)


def read(found: Observations) -> Answer:
    """See whether all were opened, and each was answered."""
    values = {
        measure: numbers[0]
        for measure in (WANTED, OPENED, LEAST, ERRORS, PEAK)
        if (numbers := found.values(measure))
    }
    if not {WANTED, OPENED, LEAST} <= values.keys():
        return not_answered("No connection was opened.")
    wanted, opened, least = values[WANTED], values[OPENED], values[LEAST]
    fine = opened == wanted and least > 0 and not values.get(ERRORS)
    return Answer(
        "yes" if fine else "no",
        f"Of {wanted:,.0f} WebSockets on one worker {opened:,.0f} were opened, "
        f"{values.get(ERRORS, 0):,.0f} were lost, and the one with the fewest answers "
        f"got {least:.0f}.",
        (Table.of(("measure", "value"), list(values.items())),),
        turning_point="What ends it first is the limit of open files (ulimit -n), then "
        "memory (websocket-memory), and for those who talk the processor: the answers "
        "here are few. At a restart all of them come back at once.",
    )


EXPERIMENT = Experiment(
    name="thousands-of-websockets",
    topic="Connections",
    question="Does one worker hold thousands of WebSockets?",
    sources=(
        Source(
            "https://brain-7s8.pages.dev/ai_ASGI_concurrency_for_high_connection_"
            "counts.html",
            "a very large number (like 100,000) of concurrent, long-lived connections",
            "claim",
        ),
        Source("https://github.com/Kludex/uvicorn/issues/1862"),
    ),
    conditions=f"An echo by hand on uvicorn, idle most of the time; {QUICK:,} "
    f"connections with --quick, {CAREFUL:,} without, or what the limit of open files "
    "allows.",
    measured="Connections that are opened and lost; answers to the connection that got "
    "the fewest.",
    decided_by="Yes if all are opened, none is lost and each gets an answer.",
    refuted_by="One that is refused, lost, or not answered.",
    run=run,
    read=read,
    needs=("uvicorn",),
)
