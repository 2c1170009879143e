"""What all forms of the notebook say alike: numbers, verdicts, facts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from asgi_compare.measure.experiments.answer import Cell, Verdict
from asgi_compare.measure.experiments.experiment import Experiment
from asgi_compare.measure.experiments.runner import Entry
from asgi_compare.measure.load.statistics import Interval

DASH = "–"
VERDICTS: dict[Verdict, str] = {
    "yes": "Yes",
    "no": "No",
    "it depends": "It depends",
    "not answered": "Not answered",
}
SPREAD_NOTE = "Median, and in brackets the interval in which the true one is."


def number(value: float) -> str:
    """Return a number with three digits that count, and no more."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{min(digits, 9)}f}"


def text(cell: Cell) -> str:
    """Return a cell of a table as text."""
    if cell is None:
        return DASH
    if isinstance(cell, Interval):
        spread = (
            ""
            if cell.n == 1 or cell.low == cell.high
            else (f" ({number(cell.low)} to {number(cell.high)})")
        )
        return number(cell.median) + spread
    return cell if isinstance(cell, str) else number(cell)


def is_number(cell: Cell) -> bool:
    """Return whether a cell is set to the right."""
    return cell is None or not isinstance(cell, str)


def headline(entries: Iterable[Entry]) -> str:
    """Count the verdicts."""
    found = Counter(entry.answer.verdict for entry in entries)
    told = [f"{found[each]} {each}" for each in VERDICTS if found[each]]
    total = found.total()
    return f"{total} question{'' if total == 1 else 's'}: {', '.join(told) or 'none'}."


def about(experiment: Experiment) -> list[tuple[str, str]]:
    """Return how an experiment works, as pairs of a heading and a text."""
    return [
        ("Conditions", experiment.conditions),
        ("What is measured", experiment.measured),
        ("How the answer is read off", experiment.decided_by),
        ("What would refute it", experiment.refuted_by),
    ]


def facts(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the machine and the versions as pairs of text."""
    pairs = []
    for key, value in environment.items():
        if isinstance(value, Mapping):
            value = ", ".join(f"{name} {entry}" for name, entry in value.items())
        pairs.append((key, str(value)))
    return pairs


def by_topic(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return the entries under their headings."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.experiment.topic, []).append(entry)
    return found
