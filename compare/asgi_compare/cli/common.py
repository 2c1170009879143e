"""What the commands share: options, names the user may get wrong, and how to fail.

Every failure is one sentence: what was expected, what came, and what to do.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from asgi_compare.contract import SCENARIOS
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, lacking
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.model.sanitize import clean
from asgi_compare.report.common import files

NOBODY_READS = 141
"""What a shell says of a process that has died of a broken pipe."""

WIDEST = 100_000
"""Columns of a line in a pipe, at most."""
SENTENCE = 36
"""Columns that a sentence needs to be read in a table."""

LISTS = {"rule": "rules", "probe": "rules"} | {
    name: f"list {name}s"
    for name in (
        "behaviour",
        "case",
        "column",
        "endpoint",
        "experiment",
        "implementation",
        "layer",
        "scenario",
        "server",
    )
}
"""The command that lists each kind of name; for any other, it is `list`."""

F = TypeVar("F", bound=Callable[..., Any])


class TargetFailed(click.ClickException):
    """A target could not be loaded or started."""

    exit_code = 3


class ReportFailed(click.ClickException):
    """A report could not be written."""

    exit_code = 4


def whole(run: Run) -> Run:
    """Return a run that was not interrupted; half of one would be half of the truth."""
    if run.interrupted:
        raise KeyboardInterrupt
    return run


def write_report(name: str, text: str) -> Path:
    """Write a report; what goes wrong is the one sentence that `files.py` has."""
    try:
        return files.write(name, text)
    except files.ReportError as error:
        raise ReportFailed(str(error)) from error


def write_reports(
    wanted: Iterable[tuple[str | None, Callable[[], str]]],
) -> tuple[list[Path], list[str]]:
    """Write those that have a name; return what was written, and what went wrong.

    One that cannot be written keeps back no other one. Call it before anything is
    printed: who reads that may stop, as `head` does.
    """
    written, failed = [], []
    for name, render in wanted:
        if name:
            try:
                write_report(name, render())
                written.append(Path(name))
            except ReportFailed as error:
                failed.append(str(error))
    return written, failed


def request_options(command: F) -> F:
    """Add what says more of a request than its path: `--header` and `--body`."""
    for option in (
        click.option(
            "--body", "-d", help="The request's body, or a WebSocket message."
        ),
        click.option(
            "--header",
            "-H",
            multiple=True,
            metavar="'NAME: VALUE'",
            help="A request header; repeatable.",
        ),
    ):
        command = option(command)
    return command


def no_color(command: F) -> F:
    """Add `--no-color`; the variable NO_COLOR has the same effect."""
    option = click.option("--no-color", is_flag=True, help="Print without colours.")
    return option(command)


def target_options(command: F) -> F:
    """Add what finds a target of the user's: `--app-dir` and `--factory`."""
    for option in (
        click.option(
            "--factory", is_flag=True, help="Call TARGET, and use what it returns."
        ),
        click.option(
            "--app-dir",
            type=click.Path(exists=True, file_okay=False),
            help="Look for the module in this directory first.",
        ),
    ):
        command = option(command)
    return command


class Output(Console):
    """A console that never breaks a name where its output is read by a program.

    In a pipe or a file a table is as wide as its longest row. It ends the process as
    other commands do if nobody reads it.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; a table with a head gets the width that it needs, if it may."""
        narrow = self.width
        if not self.is_terminal:
            for table in objects:
                if isinstance(table, Table) and table.show_header:
                    wide = self.options.update(width=WIDEST)
                    needed = Measurement.get(self, wide, table).maximum
                    self.width = max(self.width, needed)
        try:
            super().print(*objects, **options)
        finally:
            self.width = narrow

    def on_broken_pipe(self) -> None:
        """End quietly: what Python would still flush goes nowhere."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(NOBODY_READS)


def console(no_color: bool, *, stderr: bool = False) -> Output:
    """Make the console to print on: plain if it is no terminal, or if asked for."""
    # Rich obeys NO_COLOR by itself. Without a terminal nobody says how wide it is.
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream is not None and stream.isatty() else 80
    return Output(
        stderr=stderr,
        no_color=no_color or None,
        highlight=False,
        markup=False,
        emoji=False,
        width=_columns() or width,
    )


def show_rows(
    headings: Sequence[str], rows: Sequence[Sequence[str]], out: Output
) -> None:
    """Print rows of text; the first cell of each is its name, the last one a sentence.

    A program gets a line for each row. A terminal gets a table, or, where that would
    leave too little room for the sentences, the name and below it the rest, set in.
    """
    rows = [[clean(cell, lines=True) for cell in row] for row in rows]
    cells = [headings, *rows]
    widths = [max(len(row[n]) for row in cells) for n in range(len(headings) - 1)]
    if not out.is_terminal:
        for row in cells:
            short = [
                cell.ljust(width) for cell, width in zip(row, widths, strict=False)
            ]
            line = "  ".join([*short, row[-1].replace("\n", " ")])
            out.print(Text(line), soft_wrap=True)
        return
    if out.width - sum(widths) - 2 * len(widths) < SENTENCE:
        for row in rows:
            middle = "".join(f"  {cell}" for cell in row[1:-1] if cell)
            out.print(Text.assemble((row[0], "bold"), (middle, "dim")), soft_wrap=True)
            out.print(Padding(Text(row[-1]), (0, 0, 0, 4), expand=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for n, heading in enumerate(headings):
        table.add_column(heading, no_wrap=n < len(headings) - 1, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)


def _columns() -> int | None:
    value = os.environ.get("COLUMNS", "")
    return int(value) if value.isdigit() and int(value) > 0 else None


def scenarios_for(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the scenarios that the patterns select, in contract order."""
    chosen: set[str] = set()
    for pattern in patterns:
        found = {n for n in SCENARIOS if fnmatchcase(n, pattern)}
        found |= {n for n, s in SCENARIOS.items() if fnmatchcase(s.endpoint, pattern)}
        if not found:
            endpoints = [s.endpoint for s in SCENARIOS.values()]
            raise unknown("scenario", pattern, [*SCENARIOS, *endpoints])
        chosen |= found
    return tuple(name for name in SCENARIOS if name in chosen or not chosen)


def hosts_for(names: str) -> tuple[str, ...]:
    """Return the hosts that a list with commas names; in process comes always."""
    wanted = [n.strip() for n in names.split(",") if n.strip() not in ("", "none")]
    if "all" in wanted:
        return (IN_PROCESS, *SERVERS)
    for name in wanted:
        if name not in SERVERS and name != IN_PROCESS:
            raise unknown("server", name, SERVERS)
    return tuple(dict.fromkeys((IN_PROCESS, *wanted)))


def implementations_for(names: Iterable[str]) -> tuple[str, ...]:
    """Return the implementations that are named; all of them if none is."""
    wanted = tuple(names)
    for name in wanted:
        if name not in IMPLEMENTATIONS:
            raise unknown("implementation", name, IMPLEMENTATIONS)
    return need(*(n for n in IMPLEMENTATIONS if n in wanted or not wanted))


def need(*names: str) -> tuple[str, ...]:
    """Return the names; fail if one is an implementation whose extra is missing."""
    for name in names:
        if (ours := IMPLEMENTATIONS.get(name)) and (sentence := lacking(ours)):
            raise TargetFailed(sentence)
    return names


def unknown(kind: str, name: str, known: Iterable[str]) -> click.UsageError:
    """Make the error for a name that there is not, with the ones that are near."""
    near = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.5)
    listed = f"see asgi-compare {LISTS.get(kind, 'list')}."
    hint = f"did you mean {', '.join(near)}?" if near else listed
    article = "an" if kind[0] in "aeiou" else "a"
    return click.UsageError(
        f"Expected the name of {article} {kind}, but got {name!r}; {hint}"
    )
