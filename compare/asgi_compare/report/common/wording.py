"""Numbers and lengths of time in words, and what a reader may overlook in a text."""

from __future__ import annotations

import re

NOISE = re.compile(
    r"\d+\.\d+"  # a time that was measured
    r"|\b\d{5,}\b"  # a port, or the number of a thread
    r"|\b(?=[0-9a-zA-Z]*[g-zG-Z])[0-9a-zA-Z]{32,}\b"  # a token; a digest has only a-f
    r"|0x[0-9a-f]+",  # an address in memory
)
"""What is different each time, and means nothing."""


def without_noise(text: str) -> str:
    """Blank out what is never the same twice."""
    return NOISE.sub("…", text)


def plural(count: int, noun: str) -> str:
    """Return a number with its noun: `1 host`, `3 hosts`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration(nanoseconds: int) -> str:
    """Show a length of time in the unit that suits it, in about three digits."""
    for size, unit in ((1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs")):
        if nanoseconds >= size:
            value = nanoseconds / size
            digits = 0 if value >= 100 else 1 if value >= 10 else 2
            return f"{value:.{digits}f} {unit}"
    return f"{nanoseconds} ns"
