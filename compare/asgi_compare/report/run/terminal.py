"""A run in a terminal, with rich.

The matrix has one character for each cell. Columns are put together by implementation,
and under its name stands a letter for each host. Where two halves of the matrix fit
beside each other, all its rows are shown. In a narrower terminal a chapter is one line
of counts, and under it stand only the rows in which something did not pass or is not
explained; the page has them all.

Colour only repeats what a character says. rich leaves it out where `NO_COLOR` is set or
where nobody is looking (a pipe, a file), and where there is no UTF-8 plain letters
stand for the marks.

Text from an application never meets rich's markup: it goes through `clean`, and into
`Text` objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap

from rich.columns import Columns
from rich.console import Console, Group
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from asgi_compare.model.results import Run
from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.report.common.wording import plural
from asgi_compare.report.run import groups, measures, summary, view
from asgi_compare.report.run.marks import MARKS, Mark
from asgi_compare.report.run.view import Chapter, Matrix, Row

STYLES: dict[str, str] = {
    "passed": "green",
    "known": "cyan",
    "different": "bold yellow",
    "failed": "bold red",
    "unsupported": "dim",
    "error": "bold magenta",
    "absent": "",
}

GUTTER = 2
"""Blank columns between two parts of the matrix."""

MOST = 12
"""Groups of reasons and of differences that are listed; the page has the rest."""


def render(
    run: Run,
    console: Console,
    *,
    wrote: Iterable[Path] = (),
    every_row: bool | None = None,
) -> None:
    """Print the run: matrix, what did not pass, differences, measurements.

    `every_row` says whether the matrix has all its rows; left open, the width decides.
    `wrote` are the reports that were written, to be named at the end.
    """
    table = view.matrix(run)
    _show_matrix(table, console, every_row)
    _show_reasons(table, console)
    _show_differences(run, console)
    found = [_measured(each) for each in measures.tables(run, spread=False)]
    if found:
        console.print()
        console.print(Columns(found, padding=(1, 4)))
    _show_in_short(run, table, console)
    console.print()
    for sentence in view.headline(run, table):
        console.print(Text(clean(sentence), "bold"))
    for path in wrote:
        console.print(Text(f"Report: {clean(str(path))}"), soft_wrap=True)


def glyph(mark: Mark, console: Console) -> Text:
    """Return the character of a mark, in its colour, or its letter without UTF-8."""
    char = mark.glyph if _has_unicode(console) else mark.ascii
    return Text(char, STYLES[mark.kind])


def _has_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


Part = tuple[Chapter, tuple[Row, ...]]
"""A chapter, and those of its rows that are shown."""


def _show_matrix(table: Matrix, console: Console, every_row: bool | None) -> None:
    letters = view.host_letters(column.host for column in table.columns)
    whole: list[Part] = [(chapter, chapter.rows) for chapter in table.chapters]
    width = Measurement.get(
        console, console.options, _block(table, whole, letters, console)
    ).maximum
    beside = max(1, (console.width + GUTTER) // (width + GUTTER))
    if every_row or (every_row is None and beside > 1):
        grid = Table.grid(padding=(0, GUTTER, 0, 0))
        parts = _split(whole, beside)
        grid.add_row(*(_block(table, part, letters, console) for part in parts))
        console.print(grid)
    else:
        news = [(chapter, tuple(filter(_is_news, rows))) for chapter, rows in whole]
        console.print(_block(table, news, letters, console))
        _say_what_is_left_out(whole, news, console)
    _show_legend(table, letters, console)


def _show_legend(table: Matrix, letters: dict[str, str], console: Console) -> None:
    hosts = ", ".join(f"{letter} {host}" for host, letter in letters.items())
    marks = [mark for mark in table.marks if mark.kind != "absent"]
    legend = Text("   ").join(
        Text.assemble(glyph(mark, console), " ", mark.word.replace(" ", "\xa0"))
        for mark in marks
    )
    console.print()
    console.print(Text(f"Hosts: {clean(hosts)}"))
    console.print(legend)
    console.print(Text(view.SCORE))


def _split(parts: list[Part], beside: int) -> list[list[Part]]:
    """Share the chapters out over some columns of about the same length, in order."""
    total = sum(1 + len(rows) for _, rows in parts)
    shared: list[list[Part]] = [[] for _ in range(beside)]
    before = 0
    for part in parts:
        length = 1 + len(part[1])
        middle = before + length / 2
        shared[min(beside - 1, int(middle * beside / total))].append(part)
        before += length
    return [share for share in shared if share]


def _block(
    table: Matrix,
    parts: list[Part],
    letters: dict[str, str],
    console: Console,
) -> Table:
    """Set some chapters under one head of implementations and hosts."""
    block = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    # All blocks have the same first column, so that they stand under each other well.
    width = max((len(row.name) for row in table.rows), default=0) + 1
    block.add_column("", no_wrap=True, min_width=min(width, 32))
    for name, columns in table.groups:
        hosts = "".join(letters[column.host] for column in columns)
        head = clean(name).replace("-", "-\n", 1)
        block.add_column(Text(f"{head}\n{hosts}"), no_wrap=True)
    for chapter, rows in parts:
        scores = [_score(chapter, name) for name, _ in table.groups]
        block.add_row(Text(clean(chapter.name), "bold"), *scores)
        for row in rows:
            block.add_row(Text(f" {clean(row.name)}"), *_glyphs(row, console))
    return block


def _glyphs(row: Row, console: Console) -> list[Text]:
    cells: dict[str, Text] = {}
    for cell in row.cells:
        text = cells.setdefault(cell.column.implementation, Text())
        text.append_text(glyph(cell.mark, console))
    return list(cells.values())


def _score(chapter: Chapter, implementation: str) -> Text:
    passed, possible = chapter.score(implementation)
    if not possible:
        return Text("-", "dim")
    return Text(f"{passed}/{possible}", "" if passed == possible else "bold red")


def _is_news(row: Row) -> bool:
    return any(cell.mark.kind in ("different", "failed", "error") for cell in row.cells)


def _say_what_is_left_out(
    whole: list[Part], shown: list[Part], console: Console
) -> None:
    left_out = sum(len(rows) for _, rows in whole) - sum(len(rows) for _, rows in shown)
    if left_out:
        console.print()
        console.print(
            f"{plural(left_out, 'scenario')} with nothing unexpected: only "
            "counted here. A wider terminal and the page show every row.",
            style="dim",
        )


def _show_reasons(table: Matrix, console: Console) -> None:
    found = groups.reasons(table, "failed", "error", "unsupported")
    if found:
        _title("What did not pass, and what is unsupported", console)
    for group in found[:MOST]:
        head = (group.kind, groups.some(group.scenarios, 2))
        _entry(MARKS[group.kind], head, (group.reason, ", ".join(group.where)), console)
    _more(len(found), console)


def _show_differences(run: Run, console: Console) -> None:
    found = groups.differences(run)
    if found:
        _title("What differs, and why", console)
    for group in found[:MOST]:
        times = f"{plural(group.count, 'time')}, as in {group.example.scenario}"
        lines = [group.reason or "Not explained.", ", ".join(group.where)]
        if not group.known:
            had, has = (shorten(v, 200) or "nothing" for v in group.example.values)
            lines.append(f"{has}, where {group.example.between[0]} has {had}")
        mark = MARKS["known" if group.known else "different"]
        aspects = groups.some(group.aspects)
        what = f"{aspects}  [{group.layer}]" if group.layer else aspects
        _entry(mark, (what, times), lines, console)
    _more(len(found), console)
    for sentence in view.known_findings(run):
        console.print(Text(f"Known to break a rule: {clean(sentence)}"))


def _entry(
    mark: Mark, head: tuple[str, str], lines: Iterable[str], console: Console
) -> None:
    """Print a line with a mark, and under it some lines that are set in."""
    what, more = map(clean, head)
    # In a grid, so that what does not fit on its line goes on under its beginning.
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(glyph(mark, console), Text.assemble((what, "bold"), f"  {more}"))
    console.print(grid)
    for line in lines:
        text = Text(clean(line, lines=True))
        console.print(Padding(text, (0, 0, 0, 4), expand=False))


def _more(count: int, console: Console) -> None:
    if count > MOST:
        console.print(f"... and {count - MOST} more; the report has them all.")


def _measured(measured: measures.MeasureTable) -> Group:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True)
    for heading in measured.headings:
        table.add_column(Text(clean(_narrow(heading), lines=True)), justify="right")
    before = ""
    for column, values in measured.rows:
        name = column.implementation if column.implementation != before else ""
        before = column.implementation
        table.add_row(*(Text(clean(cell)) for cell in (name, column.host, *values)))
    # As wide as its table: a long note must not push the next table off the line.
    note = Table.grid()
    note.add_column(max_width=64)
    if measured.note:
        note.add_row(Text(clean(measured.note), "dim"))
    return Group(Text(clean(measured.title), "bold underline"), note, table)


def _narrow(heading: str) -> str:
    """Break the name of a scenario, so that its column need not be as wide as it is."""
    endpoint, slash, case = heading.partition("/")
    if not slash:
        return heading
    lines = wrap(case.replace("_", "_ "), 14, break_on_hyphens=False)
    return "\n".join([endpoint + slash, *(line.replace(" ", "") for line in lines)])


def _show_in_short(run: Run, table: Matrix, console: Console) -> None:
    found = summary.sentences(run, table)
    if not found:
        return
    _title(summary.TITLE, console)
    console.print(Text(f"{summary.NOTE} In brackets: what shows it.", "dim"))
    grid = Table.grid(padding=(0, 1, 0, 0))
    for sentence in found:
        where = ", ".join(place.name for place in sentence.places)
        text = Text.assemble(clean(sentence.text), " ", (f"[{clean(where)}]", "dim"))
        grid.add_row("*", text)
    console.print(grid)


def _title(title: str, console: Console) -> None:
    console.print()
    console.print(Text(title, "bold underline"))
