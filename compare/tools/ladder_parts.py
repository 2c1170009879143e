"""The generated parts of the document about the ladder.

They are made from a result that was written down (see
`compare/asgi_compare/measure/ladder/check.py`), so that the document can be made again,
and checked, without measuring anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from asgi_compare.measure.ladder import check
from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.report.ladder import headline as ladder_headline
from asgi_compare.report.ladder import markdown, view

WRITTEN = Path(__file__).parents[2] / "docs" / "what-django-adds.json"
"""The result that the document shows."""

SHEETS = (
    "glance",
    "waiting",
    "interfaces",
    "versions",
    "added",
    "counted",
    "functions-async",
    "functions-wsgi",
    "us",
    "times",
    "served",
    "cpu-times",
    "share",
    "weight",
)


def written() -> LadderResult:
    """Read the result."""
    return check.read(WRITTEN)


def sheet(name: str) -> str:
    """Make one sheet."""
    found = [each for each in view.sheets(written()) if each.name == name]
    return markdown.part(found[0]) if found else "Not measured in this run.\n"


def rungs() -> str:
    """Make the table of the rungs."""
    return markdown.part(view.rung_sheet(written()))


def headline() -> str:
    """Make the first sentences."""
    first, *others = ladder_headline.headline(written())
    listed = "".join(f"* {sentence}\n" for sentence in others)
    return f"**{first}**\n\n{listed}\n{view.place(written())}\n"


def quality() -> str:
    """Return how quiet it was, and what was not measured."""
    result = written()
    facts = [f"* {name}: {value}" for name, value in view.facts(result)]
    return "".join(f"{line}\n" for line in [*markdown.quality(result), *facts])


PARTS: dict[str, Callable[[], str]] = {
    "layers-headline": headline,
    "layers-rungs": rungs,
    "layers-quality": quality,
    **{f"layers-{name}": partial(sheet, name) for name in SHEETS},
}
"""The parts by name, for `compare/tools/docs.py`."""
