"""When the requests of an open loop are due: a schedule, fixed before it begins."""

from __future__ import annotations

import random
from collections.abc import Iterator

from asgi_compare.measure.load.records import Arrivals


def schedule(
    arrivals: Arrivals, rate: float, seconds: float, seed: int
) -> Iterator[float]:
    """Yield the times in seconds after the start, ascending, up to the end.

    Constant arrivals are evenly spaced. Poisson arrivals are those of many users who
    know nothing of each other: exponential gaps, so that some come in clusters.
    """
    if arrivals == "constant":
        yield from (number / rate for number in range(round(rate * seconds)))
        return
    source = random.Random(seed)
    due = source.expovariate(rate)
    while due < seconds:
        yield due
        due += source.expovariate(rate)
