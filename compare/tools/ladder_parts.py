"""The generated parts of the document about the ladder.

They are made from a climb that was written down (see
`compare/asgi_compare/measure/ladder/check.py`), so that the document can be made again,
and checked, without measuring anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.report.ladder import claims as adds_claims
from asgi_compare.report.ladder import markdown as adds_markdown
from asgi_compare.report.ladder import view as adds_view

WRITTEN = Path(__file__).parents[2] / "docs" / "what-django-adds.json"
"""The climb that the document shows."""

SHEETS = (
    "glance",
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


def written() -> Adds:
    """Read the climb."""
    return store.from_json(json.loads(WRITTEN.read_text("utf-8")))


def sheet(name: str) -> str:
    """Make one sheet."""
    adds = written()
    found = [each for each in adds_view.sheets(adds) if each.name == name]
    return adds_markdown.part(found[0], adds_view.place(adds))


def rungs() -> str:
    """Make the table of the rungs."""
    adds = written()
    return adds_markdown.part(adds_view.rung_sheet(adds), adds_view.place(adds))


def claims() -> str:
    """Make the table of figures that were measured by hand."""
    adds = written()
    return adds_markdown.part(adds_claims.claim_sheet(adds), adds_view.place(adds))


def trials() -> str:
    """Make the table of what those figures rest on, under several loads."""
    adds = written()
    sheet = adds_claims.trial_sheet(adds)
    if not sheet.rows:
        return "The run that is written down has none of these.\n"
    return adds_markdown.part(sheet, adds_view.place(adds))


def headline() -> str:
    """Make the sentences for the top."""
    return "".join(f"{sentence}\n" for sentence in adds_view.headline(written()))


def quality() -> str:
    """Return how quiet it was, and what was not measured."""
    adds = written()
    lines = [f"* {line}" for line in adds_view.quality(adds)]
    lines += [
        f"* Not measured: {cells}. {why}" for cells, why in adds_view.unsupported(adds)
    ]
    lines += [f"* {name}: {value}" for name, value in adds_view.facts(adds)]
    return "".join(f"{line}\n" for line in lines)


PARTS: dict[str, Callable[[], str]] = {
    "adds-headline": headline,
    "adds-rungs": rungs,
    "adds-claims": claims,
    "adds-trials": trials,
    "adds-quality": quality,
    **{f"adds-{name}": partial(sheet, name) for name in SHEETS},
}
"""The parts by name, for `compare/tools/docs.py`."""
