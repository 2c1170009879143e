"""The ladder of layers in Markdown.

The headline, and the sheets of `view.py` as tables, for a document or a pull request.
`part` makes one of them, which is how the documentation takes them in. Whatever may
come from a user's project is escaped, or shown as code.
"""

from __future__ import annotations

from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.report.common.markdown import escape
from asgi_compare.report.ladder import view
from asgi_compare.report.ladder.headline import headline
from asgi_compare.report.ladder.sheet import Sheet


def render(result: LadderResult, sort: str = "") -> str:
    """Return the whole document."""
    lines = ["# What Django adds, and what it costs", ""]
    lines += [f"{escape(sentence)}\n" for sentence in headline(result)]
    lines += [escape(view.place(result)), ""]
    for sheet in [*view.sheets(result, sort), *view.word_sheets(result)]:
        lines += [f"## {escape(sheet.title)}", "", part(sheet)]
    lines += ["## How quiet it was", "", *quality(result)]
    return "\n".join([*lines, ""])


def quality(result: LadderResult) -> list[str]:
    """Return how quiet it was, and what was not measured."""
    return [
        *(f"* {line}" for line in view.quality(result)),
        *(
            f"* Not measured: {escape(cells)}. {escape(why)}"
            for cells, why in view.unsupported(result)
        ),
    ]


def part(sheet: Sheet) -> str:
    """Return one sheet: the note and the table."""
    heads = ["---", *("---:" for _ in sheet.headings[1:])]
    if sheet.is_of_words:
        heads = ["---"] * len(sheet.headings)
    rows = [map(escape, row) for row in sheet.rows]
    table = [map(escape, sheet.headings), heads, *rows]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in table)
    return f"{sheet.note}\n\n{lines}"
