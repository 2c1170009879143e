"""The nouns of an answer: its verdict and its sentence, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from asgi_compare.measure.load.statistics import Interval

Verdict = Literal["yes", "no", "it depends", "not answered"]
Cell = str | int | float | Interval | None
"""None is shown as a dash: it was not measured."""


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers with their spread; a column says what its numbers are, and the unit."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""

    @classmethod
    def of(
        cls, columns: Sequence[str], rows: Sequence[Sequence[Cell]], title: str = ""
    ) -> Table:
        """Return a table of any sequences."""
        return cls(tuple(columns), tuple(map(tuple, rows)), title)


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar a row, with its interval."""

    title: str
    unit: str
    rows: tuple[tuple[str, Interval], ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Points that belong together, such as latency against throughput."""

    title: str
    x: str
    y: str
    series: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    logarithmic: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, or lasted."""

    at: float
    label: str
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when, one line for each who took part; times in seconds."""

    title: str
    lines: tuple[tuple[str, tuple[Moment, ...]], ...]


Chart = Bars | Curves | Timeline


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out of an experiment."""

    verdict: Verdict
    sentence: str
    """Whole, and with the number that decides."""
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    conditions: tuple[str, ...] = ()
    """Besides those of the experiment: what came up while measuring."""
    turning_point: str = ""
    """Where the answer turns into its opposite, in a sentence."""


def not_answered(why: str) -> Answer:
    """Return the answer that there is none."""
    return Answer("not answered", why)
