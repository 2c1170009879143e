"""What one idle WebSocket weighs: the slope of the server's memory."""

from __future__ import annotations

import time
from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Curves,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import MEMORY, client, installed, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.load.records import StreamLoad
from asgi_compare.measure.load.statistics import Interval, slope

ON = (("raw-asgi", "uvicorn"), ("starlette", "uvicorn"), ("raw-asgi", "hypercorn"))
QUICK_COUNTS, CAREFUL_COUNTS = (100, 300, 500), (500, 1000, 2000)
OPENED = "connections open"


def run(effort: Effort) -> Iterator[Observation]:
    """Open more and more connections, each count on a fresh client."""
    counts = QUICK_COUNTS if effort.is_quick else CAREFUL_COUNTS
    for implementation, server in ON:
        if not installed([server]):
            continue
        name = f"{implementation} on {server}"
        with serve(implementation, server) as serving, client() as load:
            yield Observation(MEMORY, serving.memory_kib(), "KiB", _case(name, 0))
            for count in counts:
                seconds = count / 1000 + 1.0
                load.begin(
                    StreamLoad(
                        serving.port, "/ws/echo", "websocket", count, seconds, 1500.0
                    )
                )
                time.sleep(count / 1500 + 0.6)
                yield Observation(
                    MEMORY, serving.memory_kib(), "KiB", _case(name, count)
                )
                result = load.finish()
                opened = getattr(result, "opened", 0)
                yield Observation(OPENED, opened, "", _case(name, count))


def _case(name: str, count: int) -> dict[str, str]:
    return {"server": name, "connections": str(count)}


def read(found: Observations) -> Answer:
    """Fit a line through the memory at each count."""
    series, rows, bars = [], [], []
    for name in found.cases("server"):
        points = [
            (float(row.case["connections"]), row.value)
            for row in found.of(MEMORY, server=name).rows
        ]
        if len(points) > 2:
            each = slope([x for x, _ in points], [y for _, y in points])
            rows.append((name, each, each * 10_000 / 1024))
            bars.append((name, Interval.of([each])))
            series.append((name, tuple((x, y / 1024) for x, y in points)))
    if not rows:
        return not_answered("No server was asked with three counts.")
    lightest, heaviest = min(r[1] for r in rows), max(r[1] for r in rows)
    return Answer(
        "it depends",
        f"An idle WebSocket weighs {lightest:.0f} to {heaviest:.0f} KiB in the server, "
        f"so 10,000 of them {lightest * 10_000 / 1024:,.0f} to "
        f"{heaviest * 10_000 / 1024:,.0f} MiB.",
        (Table.of(("server", "KiB a connection", "MiB for 10,000"), rows),),
        (
            Bars("An idle WebSocket", "KiB", tuple(bars)),
            Curves(
                "Memory of the server",
                "connections",
                "MiB",
                tuple(series),
                logarithmic=False,
            ),
        ),
        turning_point="Compression for each message adds its own windows and buffers.",
    )


EXPERIMENT = Experiment(
    name="websocket-memory",
    topic="Connections",
    question="How much memory does one WebSocket take?",
    sources=(Source("https://github.com/Kludex/uvicorn/issues/1862"),),
    conditions="Idle connections without compression that have said nothing; PSS of "
    "all processes of the server.",
    measured="KiB a connection: the slope between no connection and the most.",
    decided_by="The figure itself; what it depends on is the server.",
    refuted_by="The same figure on every server.",
    run=run,
    read=read,
)
