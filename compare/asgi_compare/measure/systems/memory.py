"""What one idle WebSocket weighs in the chat, and what of that is the server's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from asgi_compare.measure.experiments.bench import Serving, client, serve
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.load.records import StreamLoad
from asgi_compare.measure.systems.messages import BARE, OWN
from asgi_compare.measure.systems.rooms import ROOMS, Effort, joining, room

KIB = "memory a connection"
FEW = 20
"""Connections that come first: what is made only once is made for them."""


def run(effort: Effort) -> Iterator[Observation]:
    """Look at the memory before and after many connections."""
    for name in ROOMS:
        with room(name) as serving, client() as load:
            yield _slope(serving, load, joining(serving.port, FEW), effort, name)
    with serve(BARE, "uvicorn", interface="asgi") as serving, client() as load:
        bare = StreamLoad(serving.port, "/accept", "websocket", FEW)
        yield _slope(serving, load, replace(bare, opens_a_second=400.0), effort, OWN)


def _slope(
    serving: Serving, process: LoadProcess, load: StreamLoad, effort: Effort, name: str
) -> Observation:
    process.put(replace(load, seconds=0.2))
    before = serving.memory_kib()
    opening = effort.idle / load.opens_a_second
    many = replace(load, connections=effort.idle, seconds=opening + 2.0)
    process.begin(many)
    time.sleep(2 * opening + 1.0)
    after = serving.memory_kib()
    opened = max(process.finish().opened, 1)  # type: ignore[union-attr]
    return Observation(KIB, (after - before) / opened, "KiB", {"by": name})
