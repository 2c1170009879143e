"""All that is known of a rung, one column each.

`COLUMNS` is the table: each column has a key, by which `--sort` knows it, a number to
sort by, and the number as text. What was counted is exact; what was timed has its
spread; what was timed while others used the processor has a mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.measure.timing.figures import Spread

VARIANTS = ("async", "sync", "wsgi", "native", "no_thread_hops", "asgi")
NONE = "·"
"""Where nothing is known."""
DISTURBED = "~"
"""Before a number that was measured while the machine was not quiet."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is known of a rung."""

    key: str
    title: str
    value: Callable[[LadderResult, str], float | None]
    """The number, by which rows are sorted."""
    text: Callable[[LadderResult, str], str]
    """The number as it is shown."""


@dataclass(frozen=True, slots=True)
class Price:
    """A difference of two times, in microseconds."""

    apart: Spread
    disturbed: bool

    @property
    def off(self) -> float:
        """How far off the quartiles let it be; 0 of one round, which has none."""
        return (self.apart.high - self.apart.low) / 2 if self.apart.n > 1 else 0.0

    @property
    def is_measurable(self) -> bool:
        """Whether it is more than what it may be off."""
        return self.apart.median > self.off

    def text(self) -> str:
        """Format it, with how far off it may be after ±."""
        mark = DISTURBED if self.disturbed else ""
        known = f" ±{number(self.off)}" if self.off else ""
        return f"{mark}{signed(self.apart.median)}{known}"


def number(value: float) -> str:
    """Format a number with about three digits."""
    size = abs(value)
    if size >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    digits = 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:.{digits}f}"


def spread(found: Spread | None, unit: str = "") -> str:
    """Format a median with its quartiles."""
    if found is None:
        return NONE
    low, high = number(found.low), number(found.high)
    middle = f"{number(found.median)}{unit}"
    return middle if low == high else f"{middle} {low}–{high}"


def _counted(what: str, variant: str, title: str) -> Column:
    def value(result: LadderResult, rung: str) -> float | None:
        cost = result.cost(rung, variant)
        if cost is None or cost.counts is None:
            return None
        # The status is known of what has no price, too.
        if what != "status" and (cost.unsupported or cost.counts.cut_short):
            return None
        return float(getattr(cost.counts, what))

    def text(result: LadderResult, rung: str) -> str:
        found = value(result, rung)
        return NONE if found is None else number(found)

    return Column(f"{what.replace('_', '-')}-{variant}", title, value, text)


def _timed(what: str, variant: str, title: str, unit: str = "") -> Column:
    def found(result: LadderResult, rung: str) -> tuple[Spread | None, bool]:
        cost = result.cost(rung, variant)
        return (getattr(cost, what), cost.disturbed) if cost else (None, False)

    return _spread_column(f"{what}-{variant}", title, found, unit)


def _middle(what: str, variant: str, title: str) -> Column:
    """Show how long a request takes in process, without the quartiles."""

    def found(result: LadderResult, rung: str) -> tuple[Spread | None, bool]:
        cost = result.cost(rung, variant)
        return (getattr(cost, what), cost.disturbed) if cost else (None, False)

    key = f"middle-{what.replace('_', '-')}-{variant}"
    return _spread_column(key, title, found, "", whole=False)


def _served(what: str, variant: str, title: str, scale: float = 1.0) -> Column:
    def found(result: LadderResult, rung: str) -> tuple[Spread | None, bool]:
        cost = result.cost(rung, variant)
        if cost is None or cost.served is None:
            return None, False
        value = getattr(cost.served, what)
        made = value if isinstance(value, Spread) else Spread(value, value, value)
        return made.scaled(scale), cost.served.disturbed

    spread_shown = what in ("share", "cpu_times")
    return _spread_column(
        f"{what.replace('_', '-')}-{variant}", title, found, "", spread_shown
    )


def _spread_column(
    key: str,
    title: str,
    found: Callable[[LadderResult, str], tuple[Spread | None, bool]],
    unit: str,
    whole: bool = True,
) -> Column:
    def value(result: LadderResult, rung: str) -> float | None:
        made, _ = found(result, rung)
        return made.median if made else None

    def text(result: LadderResult, rung: str) -> str:
        made, is_disturbed = found(result, rung)
        if made is None:
            return NONE
        mark = DISTURBED if is_disturbed else ""
        return mark + (spread(made, unit) if whole else number(made.median))

    return Column(key, title, value, text)


def _added(what: str, variant: str, title: str) -> Column:
    """Show how much more of something there is than on the rung below."""

    def value(result: LadderResult, rung: str) -> float | None:
        here = result.cost(rung, variant)
        below = result.below(here) if here else None
        if not (here and below and here.counts and below.counts):
            return None
        if here.unsupported or here.counts.cut_short or below.counts.cut_short:
            return None
        return float(getattr(here.counts, what) - getattr(below.counts, what))

    def text(result: LadderResult, rung: str) -> str:
        found = value(result, rung)
        return NONE if found is None else signed(found)

    return Column(f"adds-{what.replace('_', '-')}-{variant}", title, value, text)


def price(result: LadderResult, rung: str, variant: str, what: str) -> Price | None:
    """Return how much more time there is than on the rung below, by wall or CPU."""
    here = result.cost(rung, variant)
    below = result.below(here) if here else None
    if here is None or below is None:
        return None
    a: Spread | None = getattr(here, what)
    b: Spread | None = getattr(below, what)
    if a is None or b is None:
        return None
    apart = Spread(a.median - b.median, a.low - b.high, a.high - b.low, min(a.n, b.n))
    return Price(apart, here.disturbed or below.disturbed)


def _added_time(what: str, variant: str, title: str) -> Column:
    def value(result: LadderResult, rung: str) -> float | None:
        found = price(result, rung, variant, what)
        return found.apart.median if found else None

    def text(result: LadderResult, rung: str) -> str:
        found = price(result, rung, variant, what)
        return NONE if found is None else found.text()

    return Column(f"adds-{what.replace('_', '-')}-{variant}", title, value, text)


def _share(variant: str, title: str) -> Column:
    """Show which share of the whole request's CPU time a rung adds."""

    def value(result: LadderResult, rung: str) -> float | None:
        found = price(result, rung, variant, "cpu_us")
        top = result.cost(result.ladder[-1]["name"], variant) if result.ladder else None
        if result.project is None or not (found and top and top.cpu_us):
            return None
        return found.apart.median / top.cpu_us.median

    def text(result: LadderResult, rung: str) -> str:
        found = value(result, rung)
        return NONE if found is None else f"{found:.0%}".replace("-", "−")

    return Column(f"cpu-share-{variant}", title, value, text)


def signed(value: float) -> str:
    """Format a difference."""
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


def _functions(variant: str, group: str) -> Column:
    """Show how many functions of one layer are called; of all others, if empty."""

    def value(result: LadderResult, rung: str) -> float | None:
        cost = result.cost(rung, variant)
        if cost is None or cost.counts is None or cost.unsupported:
            return None
        if cost.counts.cut_short:
            return None
        found = cost.counts.functions
        if group:
            return float(found.get(group, 0))
        return float(sum(n for g, n in found.items() if g not in SHOWN_GROUPS))

    def text(result: LadderResult, rung: str) -> str:
        found = value(result, rung)
        return NONE if found is None else number(found)

    return Column(f"in-{group or 'others'}-{variant}", group or "others", value, text)


def _gains(result: LadderResult, rung: str) -> float | None:
    return float(len(result.gains[rung])) if rung in result.gains else None


def _gains_text(result: LadderResult, rung: str) -> str:
    found = _gains(result, rung)
    return NONE if found is None else number(found)


def _weight(what: str, title: str, scale: float) -> Column:
    def value(result: LadderResult, rung: str) -> float | None:
        for variant in VARIANTS:
            cost = result.cost(rung, variant)
            if cost and cost.weight:
                return float(getattr(cost.weight, what)) * scale
        return None

    def text(result: LadderResult, rung: str) -> str:
        found = value(result, rung)
        return NONE if found is None else number(round(found))

    return Column(what.replace("_", "-"), title, value, text)


SHORT = {
    "async": "async",
    "sync": "sync",
    "wsgi": "WSGI",
    "native": "native",
    "no_thread_hops": "no hops",
    "asgi": "ASGI",
}
COUNTED = {
    "status": "status",
    "hops": "hops",
    "threads": "threads started",
    "tasks": "tasks",
    "queries": "queries",
    "events": "events",
    "calls": "calls",
    "header_bytes": "header bytes",
}
ADDED = {
    "hops": "hops",
    "calls": "calls",
    "queries": "queries",
    "header_bytes": "header bytes",
}

COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("gains", "behaviours", _gains, _gains_text),
        *(
            _counted(what, variant, f"{title} {SHORT[variant]}")
            for what, title in COUNTED.items()
            for variant in VARIANTS
        ),
        *(
            _functions(variant, group)
            for group in (*SHOWN_GROUPS, "")
            for variant in VARIANTS
        ),
        *(
            _added(what, variant, f"{title} {SHORT[variant]}")
            for what, title in ADDED.items()
            for variant in VARIANTS
        ),
        *(_added_time("us", it, f"µs {SHORT[it]}") for it in VARIANTS),
        *(_added_time("cpu_us", it, f"CPU µs {SHORT[it]}") for it in VARIANTS),
        *(_share(it, f"share of CPU {SHORT[it]}") for it in VARIANTS),
        *(_middle("us", it, f"µs {SHORT[it]}") for it in VARIANTS),
        *(_middle("cpu_us", it, f"CPU µs {SHORT[it]}") for it in VARIANTS),
        *(_timed("us", it, f"µs {SHORT[it]}") for it in VARIANTS),
        *(_timed("times", it, SHORT[it], "×") for it in VARIANTS),
        *(_served("rps", it, f"requests/s {SHORT[it]}") for it in VARIANTS),
        *(_served("cpu_us", it, f"CPU µs {SHORT[it]}") for it in VARIANTS),
        *(_served("share", it, SHORT[it]) for it in VARIANTS),
        *(_served("cpu_times", it, SHORT[it]) for it in VARIANTS),
        *(_served("p99_us", it, f"p99 ms {SHORT[it]}", 1e-3) for it in VARIANTS),
        _weight("import_ms", "import ms", 1.0),
        _weight("modules", "modules", 1.0),
        _weight("resident_kb", "memory MB", 1 / 1024),
    )
}
