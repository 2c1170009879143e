"""Transcripts in a terminal, event by event, beside each other.

A line for each event: when it crossed the interface, which way, what it was, and on
which thread; below, what the client got. Above them, if it is asked for, the scope or
the environ with which the application was called. As many transcripts stand beside each
other as the terminal has room for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Transcript
from asgi_compare.report.common.timeline import Line, scope_lines, timeline

LEAST = 56
"""Columns that one transcript needs to be readable."""
GUTTER = 3

ARROWS = {
    "receive": ("->", "cyan"),
    "send": ("<-", "green"),
    "hop": ("~~", "magenta"),
    "query": ("??", "yellow"),
}
"""Named from the application's side, and plain enough for every terminal."""


def show_transcripts(
    titled: Sequence[tuple[str, Transcript]],
    console: Console,
    *,
    scopes: bool = False,
    times: bool = True,
) -> None:
    """Print transcripts, each under its title, in rows of as many as there is room.

    Without `times` neither a time nor a thread is printed, so that the same exchange is
    printed alike every time.
    """
    beside = max(1, (console.width + GUTTER) // (LEAST + GUTTER))
    shown = iter(titled)
    while row := list(islice(shown, beside)):
        grid = Table.grid(padding=(0, GUTTER, 1, 0), expand=len(row) > 1)
        for _ in row:
            grid.add_column(ratio=1, overflow="fold")
        grid.add_row(*(_one(title, each, scopes, times) for title, each in row))
        console.print(grid)


def _one(
    title: str, transcript: Transcript, scopes: bool, times: bool
) -> RenderableType:
    line = timeline(transcript)
    head = Text(clean(title), "bold")
    if times:
        head.append(f"  {line.elapsed}", "not bold dim")
    parts: list[RenderableType] = [head]
    if scopes and transcript.scope:
        called = "environ" if line.interface == "wsgi" else "scope"
        parts.append(Text(f"Called with this {called}", "dim"))
        parts += map(_inset, scope_lines(transcript))
        parts.append(Text("Then", "dim"))
    if line.lines:
        parts.append(_events(line.lines, times))
    if transcript.scope.get("type") == "lifespan":
        parts += [Text(text.capitalize(), "dim") for text in line.answer]
    else:
        parts.append(Text("The client got", "dim"))
        parts += map(_inset, line.answer)
    if line.ending:
        parts.append(Text(f"The application {line.ending}", "bold red"))
    parts += [Text(note, "dim") for note in line.notes]
    return Group(*parts)


def _inset(text: str) -> Padding:
    return Padding(Text(text, overflow="fold"), (0, 0, 0, 2))


def _events(lines: tuple[Line, ...], times: bool) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    if times:
        table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    if times:
        table.add_column(no_wrap=True, style="dim")
    for line in lines:
        for row in _rows(line):
            table.add_row(*(row if times else row[1:3]))
    return table


def _rows(line: Line) -> Iterator[tuple[Text, Text, Text, Text]]:
    arrow = ARROWS.get(line.direction, ("", ""))
    times = f"  x{line.count}" if line.count > 1 else ""
    yield Text(line.at), Text(*arrow), Text(line.kind + times), Text(line.thread)
    for part in line.details:
        yield Text(), Text(), Text(part, "dim"), Text()
