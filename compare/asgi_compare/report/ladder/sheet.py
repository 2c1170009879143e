"""A `Sheet` of text."""

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
    is_of_words: bool = False
    """Whether its cells are words, not right-aligned numbers."""

    def of_columns(self, positions: Iterable[int]) -> Sheet:
        """Return the same with some of its columns only, besides the first."""
        chosen = (0, *positions)
        headings, *rows = (
            tuple(row[each] for each in chosen) for row in (self.headings, *self.rows)
        )
        return replace(self, headings=headings, rows=tuple(rows))
