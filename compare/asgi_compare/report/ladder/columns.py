"""All that can be told of a rung, one column each.

`COLUMNS` is the table: each column has a key, by which `--sort` knows it, a number to
sort by, and the number as text. What was counted is exact; what was timed has its
spread; what was timed in bad company has a mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.measure.timing.figures import Spread

WAYS = ("async", "sync", "wsgi", "native", "hopless", "asgi")
NONE = "·"
"""Where there is nothing to be told."""
DISTURBED = "~"
"""Before a number that was measured in bad company."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that can be told of a rung."""

    key: str
    title: str
    value: Callable[[Adds, str], float | None]
    """The number, by which rows are sorted."""
    text: Callable[[Adds, str], str]
    """The number as it is shown."""


def number(value: float) -> str:
    """Show a number in about three digits."""
    size = abs(value)
    if size >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    digits = 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:.{digits}f}"


def spread(found: Spread | None, unit: str = "") -> str:
    """Show a median with its quartiles."""
    if found is None:
        return NONE
    low, high = number(found.low), number(found.high)
    middle = f"{number(found.median)}{unit}"
    return middle if low == high else f"{middle} {low}–{high}"


def _counted(what: str, way: str, title: str) -> Column:
    def value(adds: Adds, rung: str) -> float | None:
        cost = adds.cost(rung, way)
        if cost is None or cost.counts is None or cost.unsupported:
            return None
        return float(getattr(cost.counts, what))

    def text(adds: Adds, rung: str) -> str:
        found = value(adds, rung)
        return NONE if found is None else number(found)

    return Column(f"{what.replace('_', '-')}-{way}", title, value, text)


def _timed(what: str, way: str, title: str, unit: str = "") -> Column:
    def found(adds: Adds, rung: str) -> tuple[Spread | None, bool]:
        cost = adds.cost(rung, way)
        return (getattr(cost, what), cost.disturbed) if cost else (None, False)

    return _spread_column(f"{what}-{way}", title, found, unit)


def _middle(way: str, title: str) -> Column:
    """Tell how long a request takes in process, without the quartiles."""

    def found(adds: Adds, rung: str) -> tuple[Spread | None, bool]:
        cost = adds.cost(rung, way)
        return (cost.us, cost.disturbed) if cost else (None, False)

    return _spread_column(f"middle-us-{way}", title, found, "", whole=False)


def _served(what: str, way: str, title: str, scale: float = 1.0) -> Column:
    def found(adds: Adds, rung: str) -> tuple[Spread | None, bool]:
        cost = adds.cost(rung, way)
        if cost is None or cost.served is None:
            return None, False
        value = getattr(cost.served, what)
        made = value if isinstance(value, Spread) else Spread(value, value, value)
        return made.scaled(scale), cost.served.disturbed

    spread_shown = what in ("share", "cpu_times")
    return _spread_column(
        f"{what.replace('_', '-')}-{way}", title, found, "", spread_shown
    )


def _spread_column(
    key: str,
    title: str,
    found: Callable[[Adds, str], tuple[Spread | None, bool]],
    unit: str,
    whole: bool = True,
) -> Column:
    def value(adds: Adds, rung: str) -> float | None:
        made, _ = found(adds, rung)
        return made.median if made else None

    def text(adds: Adds, rung: str) -> str:
        made, is_disturbed = found(adds, rung)
        if made is None:
            return NONE
        mark = DISTURBED if is_disturbed else ""
        return mark + (spread(made, unit) if whole else number(made.median))

    return Column(key, title, value, text)


def _added(what: str, way: str, title: str) -> Column:
    """Tell how much more of something there is than on the rung below."""

    def value(adds: Adds, rung: str) -> float | None:
        here = adds.cost(rung, way)
        below = adds.below(here) if here else None
        if not (here and below and here.counts and below.counts):
            return None
        if here.unsupported or below.unsupported:
            return None
        return float(getattr(here.counts, what) - getattr(below.counts, what))

    def text(adds: Adds, rung: str) -> str:
        found = value(adds, rung)
        return NONE if found is None else signed(found)

    return Column(f"adds-{what.replace('_', '-')}-{way}", title, value, text)


def _added_time(way: str, title: str) -> Column:
    def found(adds: Adds, rung: str) -> tuple[Spread | None, bool]:
        here = adds.cost(rung, way)
        below = adds.below(here) if here else None
        if not (here and below and here.us and below.us):
            return None, False
        a, b = here.us, below.us
        apart = Spread(a.median - b.median, a.low - b.high, a.high - b.low)
        return apart, here.disturbed or below.disturbed

    def value(adds: Adds, rung: str) -> float | None:
        apart, _ = found(adds, rung)
        return apart.median if apart else None

    def text(adds: Adds, rung: str) -> str:
        apart, is_disturbed = found(adds, rung)
        if apart is None:
            return NONE
        mark = DISTURBED if is_disturbed else ""
        give = (apart.high - apart.low) / 2
        return f"{mark}{signed(apart.median)}" + (f" ±{number(give)}" if give else "")

    return Column(f"adds-us-{way}", title, value, text)


def signed(value: float) -> str:
    """Show a difference."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


SHOWN_GROUPS = (
    "handlers",
    "urls",
    "middleware",
    "http",
    "database",
    "asgiref",
    "asyncio",
    "threads",
    "application",
)
"""Layers whose functions have a column each; the others are counted together."""


def _functions(way: str, group: str) -> Column:
    """Tell how many functions of one layer are called; of all others, if empty."""

    def value(adds: Adds, rung: str) -> float | None:
        cost = adds.cost(rung, way)
        if cost is None or cost.counts is None or cost.unsupported:
            return None
        found = cost.counts.functions
        if group:
            return float(found.get(group, 0))
        return float(sum(n for g, n in found.items() if g not in SHOWN_GROUPS))

    def text(adds: Adds, rung: str) -> str:
        found = value(adds, rung)
        return NONE if found is None else number(found)

    return Column(f"in-{group or 'others'}-{way}", group or "others", value, text)


def _buys(adds: Adds, rung: str) -> float | None:
    return float(len(adds.buys[rung])) if rung in adds.buys else None


def _buys_text(adds: Adds, rung: str) -> str:
    found = _buys(adds, rung)
    return NONE if found is None else number(found)


def _weight(what: str, title: str, scale: float) -> Column:
    def value(adds: Adds, rung: str) -> float | None:
        for way in WAYS:
            cost = adds.cost(rung, way)
            if cost and cost.weight:
                return float(getattr(cost.weight, what)) * scale
        return None

    def text(adds: Adds, rung: str) -> str:
        found = value(adds, rung)
        return NONE if found is None else number(round(found))

    return Column(what.replace("_", "-"), title, value, text)


SHORT = {
    "async": "async",
    "sync": "sync",
    "wsgi": "WSGI",
    "native": "native",
    "hopless": "no hops",
    "asgi": "ASGI",
}

COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("buys", "buys", _buys, _buys_text),
        *(
            _counted(what, way, f"{title} {SHORT[way]}")
            for what, title in (
                ("hops", "hops"),
                ("threads", "threads"),
                ("tasks", "tasks"),
                ("queries", "queries"),
                ("events", "events"),
                ("calls", "calls"),
                ("header_bytes", "field bytes"),
            )
            for way in WAYS
        ),
        *(_functions(way, group) for group in (*SHOWN_GROUPS, "") for way in WAYS),
        *(_added("hops", way, f"hops {SHORT[way]}") for way in WAYS),
        *(_added("calls", way, f"calls {SHORT[way]}") for way in WAYS),
        *(_added("queries", way, f"queries {SHORT[way]}") for way in WAYS),
        *(_added("header_bytes", way, f"bytes {SHORT[way]}") for way in WAYS),
        *(_added_time(way, f"µs {SHORT[way]}") for way in WAYS),
        *(_middle(way, f"µs {SHORT[way]}") for way in WAYS),
        *(_timed("us", way, SHORT[way]) for way in WAYS),
        *(_timed("times", way, SHORT[way], "×") for way in WAYS),
        *(_served("rps", way, f"{SHORT[way]} /s") for way in WAYS),
        *(_served("cpu_us", way, "cpu µs") for way in WAYS),
        *(_served("share", way, SHORT[way]) for way in WAYS),
        *(_served("cpu_times", way, SHORT[way]) for way in WAYS),
        *(_served("p50_us", way, "p50 ms", 1e-3) for way in WAYS),
        *(_served("p99_us", way, "p99 ms", 1e-3) for way in WAYS),
        _weight("import_ms", "import ms", 1.0),
        _weight("modules", "modules", 1.0),
        _weight("resident_kb", "memory MB", 1 / 1024),
    )
}
