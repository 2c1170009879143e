"""A run as one page, which needs no network.

To the end of the tables it needs no script either. The evidence would make it several
megabytes long, so it is packed: a piece of HTML for each scenario, made by Jinja2 as
the page is, compressed, in a block of data that nothing runs. `page.js` unpacks it when
a reader opens a scenario or follows a cell.

The content security policy allows this script and the style sheet, by their digests,
and nothing else: no picture, no frame, no connection. Jinja2 escapes every value
(`autoescape`), and every value that is text goes through `clean` first (`finalize`), so
that nothing which an application sent can be markup, or turn a line around. A name that
the template asks for and does not get is an error (`StrictUndefined`), not a hole in
the page.
"""

from __future__ import annotations

import base64
import json
import zlib
from urllib.parse import quote

from jinja2 import Template

from asgi_compare.model.results import Run
from asgi_compare.report.common.pages import template
from asgi_compare.report.common.wording import plural
from asgi_compare.report.run import groups, measures, summary, view
from asgi_compare.report.run.evidence import Evidence, evidence
from asgi_compare.report.run.marks import MARKS
from asgi_compare.report.run.view import Chapter, Column


def render(run: Run) -> str:
    """Return the whole page."""
    table = view.matrix(run)
    baseline = view.baseline(run)
    chapters = [
        (chapter, [evidence(run, row, baseline) for row in chapter.rows])
        for chapter in table.chapters
    ]
    page = template(
        "run/page.html",
        "run/page.css",
        script="run/page.js",
        anchor=anchor,
        some=groups.some,
        plural=plural,
    )
    return page.render(
        packed=_packed(page.environment.get_template("run/evidence.html"), chapters),
        run=run,
        matrix=table,
        baseline=baseline,
        title=view.title(table),
        headline=view.headline(run, table),
        summary=summary.sentences(run, table),
        summary_title=summary.TITLE,
        summary_note=summary.NOTE,
        count=table.count(),
        marks=MARKS,
        differences=groups.differences(run),
        broken=groups.reasons(table, "failed", "error"),
        unsupported=groups.reasons(table, "unsupported"),
        measures=measures.tables(run),
        chapters=chapters,
        left_aside=view.left_aside(run),
        known_findings=view.known_findings(run),
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


def _packed(piece: Template, chapters: list[tuple[Chapter, list[Evidence]]]) -> str:
    """Pack the evidence of each scenario, by its place in the page."""
    found = {
        anchor(item.row.name): piece.render(item=item)
        for _, items in chapters
        for item in items
    }
    data = json.dumps(found, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(data, 9)).decode()
