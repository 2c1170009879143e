"""The nouns of what was measured: `Spread`, `Counts`, `Call`, `Weight`.

Whatever was timed is a `Spread`: a median between two quartiles. Whatever was counted
is a plain number, because it comes out the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Spread:
    """A number that was measured several times."""

    median: float
    low: float
    """The first quartile."""
    high: float
    """The third quartile."""
    n: int = 1

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the middle and the quartiles of some values; at least one."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(median(values), low, high, len(values))

    def scaled(self, factor: float) -> Spread:
        """Return the same in another unit."""
        return Spread(
            self.median * factor, self.low * factor, self.high * factor, self.n
        )


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Divide what was measured side by side, round by round, and take the spread.

    What disturbs a whole round disturbs both numbers, and falls out of their ratio.
    """
    return Spread.of([a / b for a, b in zip(above, below, strict=False) if b > 0])


@dataclass(frozen=True, slots=True)
class Counts:
    """What one request did, counted."""

    status: int
    hops: int
    """Calls of asgiref's `sync_to_async`: from the event loop to a thread and back."""
    hops_back: int
    """Calls of its `async_to_sync`: from a thread to an event loop and back."""
    threads: int
    """Threads of the operating system that were started."""
    tasks: int
    """Tasks of asyncio that were created."""
    queries: int
    """SQL statements that went to the database."""
    events: int
    """ASGI events both ways; in WSGI, `start_response` and the pieces of the body."""
    header_bytes: int
    """Bytes of the response's fields, as they are on the wire."""
    body_bytes: int
    calls: int
    """Python functions that were called."""
    functions: Mapping[str, int] = field(default_factory=dict)
    """The same, by group (see `groups.py`); the most called first."""
    sql: Mapping[str, int] = field(default_factory=dict)
    """The statements, each with how often it was executed."""
    cut_short: bool = False
    """Whether the application switched our profile function off: then all counts but
    those of the response are too low."""


@dataclass(slots=True)
class Call:
    """One function call, and the calls it made; one node of the tree of a request."""

    name: str
    """The function's qualified name."""
    module: str
    group: str
    thread: int
    """0 is the thread of the server; the others count up as they appear."""
    calls: int = 1
    """This call and all below it."""
    inner: list[Call] = field(default_factory=list)

    def walk(self) -> Iterator[Call]:
        """Return this call and all below it, outer ones first."""
        yield self
        for call in self.inner:
            yield from call.walk()


@dataclass(frozen=True, slots=True)
class Weight:
    """What the process of a configuration weighs before its first request."""

    import_ms: float
    """Milliseconds that the import of the application took. Measured once."""
    modules: int
    """Modules that the import brought in."""
    resident_kb: int
    """Resident memory afterwards."""
