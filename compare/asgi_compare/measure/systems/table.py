"""What is measured of the systems, one record each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.systems import broadcast, layers, memory, messages, stories
from asgi_compare.measure.systems.rooms import Effort


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures that belong together."""

    name: str
    does: str
    run: Callable[[Effort], Iterator[Observation]]


MEASUREMENTS = {
    each.name: each
    for each in (
        Measurement("messages", "count and time one message", messages.run),
        Measurement("memory", "weigh an idle WebSocket", memory.run),
        Measurement("broadcast", "tell many in one room", broadcast.run),
        Measurement("stories", "count and time one story of each system", stories.run),
        Measurement("layers", "time layers, and lose messages", layers.run),
    )
}
