"""One message to a thousand, and to ten thousand, who are in one room.

The client speaks again when all have heard, so a broadcast never meets another one. The
limit is `bare_room.py`. Client and server have a core each, if there are two.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from asgi_compare.measure.experiments.bench import client, listen
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.systems import bare_room
from asgi_compare.measure.systems.rooms import ROOMS, Effort, joining, room

LIMIT = "transport.write"
P50, P99, LAST = "p50", "p99", "until the last"
UNHEARD = "unheard"
AT_MOST = {"django-asgi": 1_000}
"""`InMemoryChannelLayer` looks at all members of all groups whenever something is sent
to one (`_clean_expired` in channels/layers.py): 10,000 are not in in two minutes."""


def run(effort: Effort) -> Iterator[Observation]:
    """Broadcast by the limit, and by each implementation."""
    for count in effort.connections:
        with listen(bare_room.__name__) as bare:
            yield from _spoken(effort, LIMIT, count, bare.port)
        for name in ROOMS:
            if count > AT_MOST.get(name, count):
                continue
            with room(name) as serving:
                yield from _spoken(effort, name, count, serving.port)


def _spoken(effort: Effort, name: str, count: int, port: int) -> Iterator[Observation]:
    """Yield what comes of the rounds."""
    with client() as load:
        result = load.put(joining(port, count, rounds=effort.rounds))
    found = (
        (P50, result.delivery.quantile(0.5), "s"),
        (P99, result.delivery.quantile(0.99), "s"),
        (LAST, median(result.until_last or [0.0]), "s"),
        (UNHEARD, count * effort.rounds - result.delivery.count, ""),
    )
    for measure, value, unit in found:
        yield Observation(measure, value, unit, {"by": name, "to": str(count)})
