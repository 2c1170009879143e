"""The ladder of layers in Markdown.

The sheets of `adds_view.py` as tables, for a document or a pull request. `part` makes
one of them, which is how the documentation takes them in.
"""

from __future__ import annotations

from asgi_compare.measure.ladder.costs import Adds
from asgi_compare.model.sanitize import clean
from asgi_compare.report.ladder import claims as adds_claims
from asgi_compare.report.ladder import view as adds_view
from asgi_compare.report.ladder.sheet import Sheet


def render(adds: Adds, sort: str = "") -> str:
    """Return the whole document."""
    lines = ["# What Django adds, and what it costs", ""]
    lines += [f"{sentence}\n" for sentence in adds_view.headline(adds)]
    found = [
        adds_view.rung_sheet(adds),
        *adds_view.sheets(adds, sort),
        adds_claims.claim_sheet(adds),
        adds_claims.trial_sheet(adds),
    ]
    for sheet in found:
        if sheet.rows:
            lines += [f"## {sheet.title}", "", part(sheet, adds_view.place(adds))]
    lines += ["## How quiet it was", ""]
    lines += [f"* {line}" for line in adds_view.quality(adds)]
    lines += [
        f"* Not measured: {_cell(cells)}. {_cell(why)}"
        for cells, why in adds_view.unsupported(adds)
    ]
    return "\n".join([*lines, ""])


def part(sheet: Sheet, where: str) -> str:
    """Return one sheet: the note, the table, and where it was measured."""
    heads = ["---", *("---:" for _ in sheet.headings[1:])]
    if sheet.is_of_words:
        heads = ["---"] * len(sheet.headings)
    rows = [sheet.headings, heads, *sheet.rows]
    table = "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)
    remarks = "".join(f"* {_cell(n)}: {_cell(said)}\n" for n, said in sheet.remarks)
    below = f"{remarks}\n" if remarks else ""
    return f"{sheet.note}\n\n{table}\n{below}{where}\n"


def _cell(text: str) -> str:
    return clean(text).replace("|", "\\|")
