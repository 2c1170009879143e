"""STAGE 5, the noun of the reports about the ladder: a `Sheet` of text.

This module does not know what is in a sheet, nor how it looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table, ready to be set."""

    name: str
    short: str
    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[tuple[str, str], ...] = ()
    """What is to be said of some of the rows, each with its name: for below the table.
    It is too long for a cell."""

    def of_columns(self, positions: Iterable[int]) -> Sheet:
        """Give the same with some of its columns only, besides the first."""
        chosen = (0, *positions)
        headings, *rows = (
            tuple(row[each] for each in chosen) for row in (self.headings, *self.rows)
        )
        return replace(self, headings=headings, rows=tuple(rows))

    @property
    def is_of_words(self) -> bool:
        """Say whether its cells are words, and not numbers that stand on the right."""
        return self.name in ("rungs", "claims", "trials")
