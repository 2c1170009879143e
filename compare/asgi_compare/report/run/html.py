"""A run as one static page.

The page needs no network and no script. Its style sheet stands in it, and the content
security policy allows that very sheet, by its digest, and nothing else: no script, no
picture, no frame, no connection. Jinja2 escapes every value (`autoescape`), and every
value that is text goes through `clean` first (`finalize`), so that nothing which an
application sent can be markup, or turn a line around. A name that the template asks for
and does not get is an error (`StrictUndefined`), not a hole in the page.

`page.html` is the template, `page.css` the sheet.
"""

from __future__ import annotations

from urllib.parse import quote

from asgi_compare.model.results import Run
from asgi_compare.report.common.pages import template
from asgi_compare.report.common.wording import plural
from asgi_compare.report.run import groups, measures, view
from asgi_compare.report.run import summary as short
from asgi_compare.report.run.evidence import evidence
from asgi_compare.report.run.marks import MARKS
from asgi_compare.report.run.view import Cell, Column


def render(run: Run) -> str:
    """Return the whole page."""
    table = view.matrix(run)
    yardstick = view.yardstick(run)
    chapters = [
        (chapter, [evidence(run, row, yardstick) for row in chapter.rows])
        for chapter in table.chapters
    ]
    return template(
        "run/page.html",
        "run/page.css",
        anchor=anchor,
        label=label,
        some=groups.some,
        plural=plural,
    ).render(
        run=run,
        matrix=table,
        yardstick=yardstick,
        title=view.title(table),
        headline=view.headline(run, table),
        short=short.sentences(run, table),
        short_title=short.TITLE,
        short_note=short.NOTE,
        count=table.count(),
        marks=MARKS,
        differences=groups.differences(run),
        broken=groups.reasons(table, "failed", "error"),
        unsupported=groups.reasons(table, "unsupported"),
        measures=measures.tables(run),
        chapters=chapters,
        left_aside=view.left_aside(run),
        environment=view.facts(run),
    )


def anchor(scenario: str, column: Column | None = None, exhibit: str = "") -> str:
    """Name the place of a scenario, a cell or a transcript in the page.

    An id must not hold white space (HTML, section 3.2.6); quoted, none does.
    """
    parts = [scenario]
    if column is not None:
        parts += [column.implementation, column.host]
    if exhibit:
        parts.append(exhibit)
    return ":".join(quote(part, safe="/", errors="backslashreplace") for part in parts)


def label(cell: Cell) -> str:
    """Say in words what a cell shows, for who cannot see where it stands."""
    where = f"{cell.column.implementation} on {cell.column.host}"
    return f"{cell.scenario}, {where}: {cell.mark.word}"
