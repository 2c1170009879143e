"""Figures that were measured by hand once, and whether they come out again.

Each row says a figure, and how it is read off what was measured. A count is reproduced
if it is the same. A ratio is reproduced if the figure lies within our spread, from the
first quartile to the third, or misses it by no more than the last digit that it was
given with. Figures about servers are looked for under several loads (`trials.py`), with
what the hand had below the line; one may also stand in between what two loads give.
Whatever is not reproduced is shown with what came out instead, and with what is known
of the reason (`reasons.py`). If it was measured in bad company, it refutes nothing, and
the verdict is left open.

This module measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asgi_compare.measure.ladder.costs import Adds, Claim, ClaimVerdict, Cost
from asgi_compare.measure.ladder.reasons import verdict, within
from asgi_compare.measure.ladder.trials import ON_NO_SERVER, PAIRS
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.measure.timing.rounds import Key

Read = Callable[[Adds], Spread | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, and how to read it off."""

    says: str
    value: float
    digit: float
    """Half of its last digit, and so how exact it was given."""
    read: Read
    by_cpu: Read = lambda adds: None
    note: str = ""
    pairs: tuple[tuple[Key, Key], ...] = ()
    """What it divided by what, if it was timed."""


def count(rung: str, what: str) -> Read:
    """Read a count of an async view on ASGI."""

    def read(adds: Adds) -> Spread | None:
        cost = adds.cost(rung, "async")
        if cost is None or cost.counts is None:
            return None
        value = float(getattr(cost.counts, what))
        return Spread(value, value, value)

    return read


def share(rung: str) -> Read:
    """Read requests a second of an async view, as a share of raw ASGI's."""

    def read(adds: Adds) -> Spread | None:
        cost = adds.cost(rung, "async")
        return cost.served.share if cost and cost.served else None

    return read


def wsgi_over_asgi(rung: str) -> Read:
    """Read how many times as many requests WSGI takes."""

    def read(adds: Adds) -> Spread | None:
        wsgi, asgi = adds.cost(rung, "wsgi"), adds.cost(rung, "async")
        if not (wsgi and wsgi.served and asgi and asgi.served):
            return None
        return divided(wsgi.served.share, asgi.served.share)

    return read


def cpu_share(rung: str) -> Read:
    """Read how much of an async view's processor time raw ASGI would need."""

    def read(adds: Adds) -> Spread | None:
        cost = adds.cost(rung, "async")
        if not (cost and cost.served):
            return None
        return divided(Spread(1, 1, 1, cost.served.cpu_times.n), cost.served.cpu_times)

    return read


def asgi_cpu_over_wsgi(rung: str) -> Read:
    """Read how many times as much processor time ASGI takes."""

    def read(adds: Adds) -> Spread | None:
        wsgi, asgi = adds.cost(rung, "wsgi"), adds.cost(rung, "async")
        if not (wsgi and wsgi.served and asgi and asgi.served):
            return None
        return divided(asgi.served.cpu_times, wsgi.served.cpu_times)

    return read


def without_hops(adds: Adds) -> Spread | None:
    """Read how many times faster a request is in process without the two hops."""
    here: Cost | None = adds.cost("urls-1", "async")
    there = adds.cost("urls-1", "hopless")
    if not (here and here.times and there and there.times):
        return None
    return divided(here.times, there.times)


def divided(above: Spread, below: Spread) -> Spread:
    """Divide two spreads; the quartiles are those that are furthest apart."""
    return Spread(
        above.median / below.median,
        above.low / below.high,
        above.high / below.low,
        min(above.n, below.n),
    )


ROUTES = "With a URL resolver, and no middleware."

FIGURES: tuple[Figure, ...] = (
    Figure(
        "hops of a request with no middleware",
        2,
        0,
        count("urls-1", "hops"),
        note=ROUTES,
    ),
    Figure("threads that it starts", 2, 0, count("urls-1", "threads"), note=ROUTES),
    Figure(
        "hops with the middleware of startproject", 15, 0, count("startproject", "hops")
    ),
    Figure(
        "an async view on uvicorn, no middleware: share of raw ASGI's requests a "
        "second",
        0.040,
        0.0005,
        share("urls-1"),
        cpu_share("urls-1"),
        pairs=(PAIRS[1],),
    ),
    Figure(
        "the same with startproject's middleware",
        0.014,
        0.0005,
        share("startproject"),
        cpu_share("startproject"),
        pairs=(PAIRS[2],),
    ),
    Figure(
        "the same Django on WSGI (gthread), no middleware: times as many requests",
        2.5,
        0.05,
        wsgi_over_asgi("urls-1"),
        asgi_cpu_over_wsgi("urls-1"),
        pairs=(PAIRS[3],),
    ),
    Figure(
        "the same with startproject's middleware",
        4.6,
        0.05,
        wsgi_over_asgi("startproject"),
        asgi_cpu_over_wsgi("startproject"),
        pairs=(PAIRS[4],),
    ),
    Figure(
        "without the two hops of every request, in process: times faster",
        5.7,
        0.05,
        without_hops,
        note="No middleware.",
        pairs=ON_NO_SERVER,
    ),
)


def claims(adds: Adds) -> list[Claim]:
    """Say of each figure whether it came out again."""
    return [_claim(adds, figure) for figure in FIGURES]


def _claim(adds: Adds, figure: Figure) -> Claim:
    found, why = figure.read(adds), ""
    if not figure.pairs:
        judgement = judged(figure, found)
    else:
        named = [(" ".join(above), " ".join(below)) for above, below in figure.pairs]
        trials = [t for t in adds.beside if (t.above, t.below) in named]
        judgement, why = verdict(figure.value, figure.digit, trials)
    return Claim(
        figure.says,
        figure.value,
        found,
        judgement,
        figure.by_cpu(adds),
        figure.note,
        why,
    )


def judged(figure: Figure, found: Spread | None) -> ClaimVerdict:
    """Return whether a count is the same."""
    if found is None:
        return "not measured"
    same = within(figure.value, figure.digit, found)
    return "reproduced" if same else "not reproduced"
