"""What carries messages between those in a room: how long it takes, and what it loses.

The layers of Channels, and the chat's own hub in memory and on Streams, are all spoken
to in the same way (`laboratory/within/rooms.py`), by the instruments of the experiments
`group-messages` and `redis-restart`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.services import valkey
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.experiments.wire import until
from asgi_compare.measure.systems.rooms import Effort

WITHIN = "asgi_compare.laboratory.within.rooms:"
ONE, LAST = "to one", "until the last"
BURST, RESTART, KILL = "lost of a burst", "lost at a restart", "lost at a kill"
MESSAGES, EVERY = 200, 0.02


def run(effort: Effort) -> Iterator[Observation]:
    """Time each layer, and have it lose what it can."""
    where = str(APPLICATIONS)
    with valkey() as redis:
        rounds = max(effort.rounds, 2)
        times = in_child(f"{WITHIN}timed", redis.url, where, effort.receivers, rounds)
        for layer, each in times.items():
            yield Observation(ONE, each["one"], "s", {"layer": layer})
            yield Observation(LAST, each["last"], "s", {"layer": layer})
    with valkey() as redis:
        lost = in_child(f"{WITHIN}bursts", redis.url, where, effort.burst)
        yield from _lost(BURST, lost)
    with valkey() as redis:
        lost = in_child(f"{WITHIN}kills", redis.url, where, MESSAGES, EVERY)
        yield from _lost(KILL, lost)
    with (
        tempfile.TemporaryDirectory() as folder,
        valkey() as redis,
        ThreadPoolExecutor() as pool,
    ):
        ready = Path(folder, "ready")
        words = (redis.url, where, str(ready), MESSAGES, EVERY)
        sending = pool.submit(in_child, f"{WITHIN}restarts", *words)
        until(lambda: ready.exists() or sending.done(), 15.0)
        redis.restart()
        yield from _lost(RESTART, sending.result())


def _lost(measure: str, found: dict[str, int]) -> Iterator[Observation]:
    for layer, lost in found.items():
        yield Observation(measure, lost, "", {"layer": layer})
