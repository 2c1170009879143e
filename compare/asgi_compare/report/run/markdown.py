"""A run as Markdown, for a pull request or a wiki.

The tables are those of GitHub's dialect. Text from an application is shown as code, in
a fence of backticks that is longer than any in it, so that it can be no link, no
picture and no mention of anybody; text of our own is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from asgi_compare.model.results import Run
from asgi_compare.report.common.markdown import code, escape
from asgi_compare.report.run import groups, measures, summary, view
from asgi_compare.report.run.marks import MARKS
from asgi_compare.report.run.view import Matrix


def render(run: Run) -> str:
    """Return the whole report."""
    table = view.matrix(run)
    parts = [
        [f"# {view.title(table)}", "", *map(escape, view.headline(run, table))],
        _in_short(run, table),
        _matrix(table),
        _reasons(table),
        _differences(run),
        *(_measures(measured) for measured in measures.tables(run)),
        _environment(run),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _in_short(run: Run, table: Matrix) -> list[str]:
    found = summary.sentences(run, table)
    if not found:
        return []
    lines = (
        f"* {escape(sentence.text)} ({', '.join(map(_place, sentence.places))})"
        for sentence in found
    )
    return [f"## {summary.TITLE}", "", summary.NOTE, "", *lines]


def _place(place: summary.Place) -> str:
    return f"*{escape(place.name)}*" if place.section else code(place.name)


def _matrix(table: Matrix) -> list[str]:
    letters = view.host_letters(column.host for column in table.columns)
    head = ["scenario"]
    for name, columns in table.groups:
        head.append(f"{escape(name)} {''.join(letters[c.host] for c in columns)}")
    rows = []
    for chapter in table.chapters:
        scores = (chapter.score(name) for name, _ in table.groups)
        counts = (f"{passed}/{all_}" if all_ else "-" for passed, all_ in scores)
        rows.append([f"**{escape(chapter.name)}**", *counts])
        for row in chapter.rows:
            glyphs: dict[str, str] = {}
            for cell in row.cells:
                name = cell.column.implementation
                glyphs[name] = glyphs.get(name, "") + cell.mark.glyph
            rows.append([code(row.name), *glyphs.values()])
    hosts = ", ".join(f"{letter} {escape(host)}" for host, letter in letters.items())
    marks = ", ".join(f"{mark.glyph} {mark.word}" for mark in table.marks)
    legend = [f"Hosts: {hosts}.", f"{marks}.", f"{view.SCORE}."]
    return ["## Matrix", "", *_rows(head, rows), "", *legend]


def _reasons(table: Matrix) -> list[str]:
    found = groups.reasons(table, "failed", "error", "unsupported")
    if not found:
        return []
    rows = (
        (
            f"{MARKS[group.kind].glyph} {group.kind}",
            "<br>".join(map(escape, group.reason.split("\n"))),
            code(", ".join(group.where)),
            f"{code(groups.some(group.scenarios))}",
        )
        for group in found
    )
    head = ("verdict", "why", "where", "scenarios")
    title = "## What did not pass, and what is unsupported"
    return [title, "", *_rows(head, rows)]


def _differences(run: Run) -> list[str]:
    found = groups.differences(run)
    if not found:
        return []
    rows = (
        (
            code(", ".join(group.aspects)),
            escape(group.layer),
            escape(group.reason) if group.known else "**Not explained.**",
            code(group.source),
            code(", ".join(group.where)),
            f"{group.count:,}",
            code(group.example.scenario),
        )
        for group in found
    )
    head = ("aspect", "layer", "why", "source", "where", "times", "for example")
    aside = [f"* {escape(sentence)}" for sentence in view.left_aside(run)]
    heading = ["", "Left aside before anything is compared:", ""]
    broken = [f"* {escape(sentence)}" for sentence in view.known_findings(run)]
    known = ["", "Rules that are broken, and known to be:", ""]
    return [
        *("## What differs, and why", "", *_rows(head, rows)),
        *(heading + aside if aside else []),
        *(known + broken if broken else []),
    ]


def _measures(measured: measures.MeasureTable) -> list[str]:
    head = ("implementation", "host", *map(escape, measured.headings))
    rows = (
        (escape(column.implementation), escape(column.host), *map(escape, values))
        for column, values in measured.rows
    )
    note = [escape(measured.note), ""] if measured.note else []
    return [f"## {escape(measured.title)}", "", *note, *_rows(head, rows)]


def _environment(run: Run) -> list[str]:
    rows = ((escape(key), code(value)) for key, value in view.facts(run))
    return ["## Where it ran", "", *_rows(("what", "value"), rows)]
