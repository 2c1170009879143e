"""Servers beside each other under several loads, for the figures by hand.

The notes of those who measured by hand say what was divided by what. They do not say
how many connections the load came by, and their client was wrk. So the few servers that
the figures are about are put under more loads than that of the ladder, which is eight
connections of our own client: `LOADS` says which. Each share of raw ASGI is one of the
smallest application there is (`hello.py`), as it was by hand; the first row of `PAIRS`
is what the ladder's own yardstick is to that.

What was measured in process has no connections, and two rungs to be looked for on.

This module measures nothing: it says what to measure, and divides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from asgi_compare.measure.ladder.costs import IN_PROCESS, Beside
from asgi_compare.measure.ladder.ladder import HELLO, YARDSTICK
from asgi_compare.measure.timing.figures import Spread, ratio
from asgi_compare.measure.timing.rounds import Cell, Key
from asgi_compare.measure.timing.survey_results import CONNECTIONS, Crowd, Survey, Tool
from asgi_compare.measure.timing.wrk import is_there

SMALLEST: Key = (HELLO, "async")
PAIRS: tuple[tuple[Key, Key], ...] = (
    (YARDSTICK, SMALLEST),
    (("urls-1", "async"), SMALLEST),
    (("startproject", "async"), SMALLEST),
    (("urls-1", "wsgi"), ("urls-1", "async")),
    (("startproject", "wsgi"), ("startproject", "async")),
)
"""What is divided by what, on servers."""
ON_NO_SERVER: tuple[tuple[Key, Key], ...] = tuple(
    ((rung, "hopless"), (rung, "async")) for rung in ("handler", "urls-1")
)
"""The same in process: how many times as many requests without the two hops."""
ON_ASGI: tuple[Key, ...] = (SMALLEST, ("urls-1", "async"), ("startproject", "async"))
ON_WSGI: tuple[Key, ...] = (("urls-1", "wsgi"), ("startproject", "wsgi"))
LOADS: tuple[tuple[int, Tool, tuple[Key, ...]], ...] = (
    (32, "our own client", (*ON_ASGI, *ON_WSGI)),
    (32, "wrk", ON_ASGI),  # is it the client?
    (128, "our own client", ON_ASGI),  # is it the number of connections?
)
"""Connections, the client, and what is put under that load."""


def crowds(serving: Collection[Key]) -> list[Crowd]:
    """Return what to measure besides, of all that is measured on servers."""
    if not set(serving).issuperset((*ON_ASGI, *ON_WSGI)):
        return []  # the figures are about all of them
    return [
        Crowd(key, connections, tool)
        for connections, tool, keys in LOADS
        for key in keys
        if tool != "wrk" or is_there()
    ]


def beside(found: Survey) -> Iterator[Beside]:
    """Divide what was measured, under each load."""
    ladder: tuple[int, Tool] = (CONNECTIONS, "our own client")
    for connections, tool in [ladder, *(load[:2] for load in LOADS)]:
        for above, below in PAIRS:
            one = _cell(found, Crowd(above, connections, tool))
            other = _cell(found, Crowd(below, connections, tool))
            yield from _divided(above, below, connections, tool, one, other)
    for above, below in ON_NO_SERVER:
        here, there = found.results.get(above), found.results.get(below)
        if here and there:
            cells = (here.in_process, there.in_process)
            yield from _divided(above, below, 0, IN_PROCESS, *cells)


def _cell(found: Survey, crowd: Crowd) -> Cell | None:
    if crowd == Crowd(crowd.key):
        result = found.results.get(crowd.key)
        return result.served if result else None
    return found.crowds.get(crowd)


def _divided(
    above: Key,
    below: Key,
    connections: int,
    client: str,
    one: Cell | None,
    other: Cell | None,
) -> Iterator[Beside]:
    """Divide two cells round by round, if both were measured."""
    if not (one and one.samples and other and other.samples):
        return
    pairs = list(zip(one.samples, other.samples, strict=False))
    by_time = [beneath["us"] / it["us"] for it, beneath in pairs]
    yield Beside(
        " ".join(above),
        " ".join(below),
        connections,
        client,
        Spread.of(by_time),
        ratio([b["cpu_us"] for _, b in pairs], [a["cpu_us"] for a, _ in pairs]),
        min(by_time),
        max(by_time),
        one.was_disturbed or other.was_disturbed,
    )
