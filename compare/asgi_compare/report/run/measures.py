"""Measurements, as tables of text.

Two tables answer what everybody asks first: how long three waits take, and how
many of fifty requests run at a time and on how many threads. Every other measurement
gets a table by what was measured, such as how soon an application stops when its client
has left.

Rows are implementations on hosts, so that a table stays narrow however many servers
there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from statistics import median

from asgi_compare.model.results import Measurement, Run
from asgi_compare.report.common.wording import duration
from asgi_compare.report.run.view import Column

ELAPSED = "elapsed"
RUNNING = "most at a time"
THREADS = "threads"
ANSWERED = "time until all were answered"
LATE = "stopped after the client left"
"""Names of measurements that a report looks for."""

SEQUENTIAL = "sequential/three_waits"
CONCURRENT = "concurrent/three_waits"
CROWD = "/fifty_at_once"

MOST_COLUMNS = 6
"""A table with more scenarios than these has those that were measured everywhere or, if
these are none or still too many, the middle and the most."""


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """One table: a line of text for each implementation on each host."""

    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Column, tuple[str, ...]], ...]


Found = dict[tuple[str, str, Column], Measurement]
"""By what was measured, scenario and column."""


def tables(run: Run, *, spread: bool = True) -> list[MeasureTable]:
    """Make every table that `run` has measurements for, with or without the spread."""
    found: Found = {
        (m.what, m.scenario, Column(m.implementation, m.host)): (
            m if spread else replace(m, low=None, high=None)
        )
        for m in run.measurements
    }
    made = [_waits(found), _crowd(found), *_others(found)]
    return [table for table in made if table.rows]


def show(measurement: Measurement | None) -> str:
    """Show a number with its unit, in three digits, and its spread where it has one."""
    if measurement is None:
        return ""
    unit = measurement.unit
    shown = number(measurement.value, unit)
    if measurement.low is None or measurement.high is None:
        return shown
    low, high = number(measurement.low, unit), number(measurement.high, unit)
    return f"{shown} ({low} to {high})"


def _waits(found: Found) -> MeasureTable:
    rows = []
    for column in _columns(found, ELAPSED, SEQUENTIAL):
        one = found[ELAPSED, SEQUENTIAL, column]
        all_at_once = found.get((ELAPSED, CONCURRENT, column))
        if all_at_once is not None and all_at_once.value > 0:
            ratio = f"{one.value / all_at_once.value:.1f} times"
            rows.append((column, (show(one), show(all_at_once), ratio)))
    return MeasureTable(
        "Sequential and concurrent waits",
        "Three waits of the same length, one after the other and all at once.",
        ("one after the other", "all at once", "faster by"),
        tuple(rows),
    )


def _crowd(found: Found) -> MeasureTable:
    scenarios = [s for s in _scenarios(found, RUNNING) if s.endswith(CROWD)]

    def cell(scenario: str, column: Column) -> str:
        running = found.get((RUNNING, scenario, column))
        threads = found.get((THREADS, scenario, column))
        if running is None:
            return ""
        if threads is None:
            return f"{running.value:g}"
        # Not "on 40 threads": the column is narrow, and the note says which is which.
        return f"{running.value:g} / {threads.value:g}"

    columns = _columns(found, RUNNING, *scenarios)
    return MeasureTable(
        "Fifty at once",
        "Fifty requests arrive together: how many ran at the same time / on how many "
        "threads.",
        tuple(scenario.removesuffix(CROWD) for scenario in scenarios),
        tuple((c, tuple(cell(s, c) for s in scenarios)) for c in columns),
    )


def _others(found: Found) -> list[MeasureTable]:
    """Make a table of everything that the two above do not show."""
    shown = {(ELAPSED, SEQUENTIAL), (ELAPSED, CONCURRENT)} | {
        (what, scenario)
        for what, scenario, _ in found
        if what in (RUNNING, THREADS) and scenario.endswith(CROWD)
    }
    rest = {key: m for key, m in found.items() if key[:2] not in shown}
    return [_plain(rest, what) for what in dict.fromkeys(key[0] for key in rest)]


def _plain(found: Found, what: str) -> MeasureTable:
    scenarios = _scenarios(found, what)
    columns = _columns(found, what, *scenarios)
    title = what[:1].upper() + what[1:]
    note = ""
    if len(scenarios) > MOST_COLUMNS:
        shared = [s for s in scenarios if all((what, s, c) in found for c in columns)]
        if not 0 < len(shared) <= MOST_COLUMNS:
            rows = tuple((c, _extent(found, what, c)) for c in columns)
            note = f"In {len(scenarios)} scenarios."
            return MeasureTable(title, note, ("median", "most", "in"), rows)
        # A median over eleven scenarios says nothing beside one over three of them.
        note = f"The {len(shared)} of {len(scenarios)} scenarios that apply to all."
        scenarios = shared
    cases = {scenario.partition("/")[2] for scenario in scenarios}
    short = len(cases) == 1 and len(scenarios) > 1
    return MeasureTable(
        title,
        f"In {cases.pop()}." if short else note,
        tuple(s.partition("/")[0] if short else s for s in scenarios),
        tuple(
            (c, tuple(show(found.get((what, s, c))) for s in scenarios))
            for c in columns
        ),
    )


def _extent(found: Found, what: str, column: Column) -> tuple[str, str, str]:
    here = [m for key, m in found.items() if key[0] == what and key[2] == column]
    middle = number(median(m.value for m in here), here[0].unit)
    most = max(here, key=lambda m: m.value)
    return middle, number(most.value, most.unit), most.scenario


def _scenarios(found: Found, what: str) -> list[str]:
    return list(dict.fromkeys(key[1] for key in found if key[0] == what))


def _columns(found: Found, what: str, *scenarios: str) -> list[Column]:
    """Return the columns that have any of these, grouped by implementation."""
    wanted = {(what, scenario) for scenario in scenarios}
    columns = dict.fromkeys(key[2] for key in found if key[:2] in wanted)
    order = list(dict.fromkeys(key[2].implementation for key in found))
    return sorted(columns, key=lambda column: order.index(column.implementation))


def number(value: float, unit: str) -> str:
    """Show a number with its unit, in three digits."""
    if not isfinite(value):
        return str(value)
    if unit == "s":
        return duration(round(value * 1e9))
    if unit == "us":
        return duration(round(value * 1e3))
    shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
    return shown if unit in ("count", "threads", "ratio") else f"{shown} {unit}"
