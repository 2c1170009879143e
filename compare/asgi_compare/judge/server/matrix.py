"""Results as tables for a terminal, and as JSON.

For one server: what did not pass, case by case, with the sentence and the section
that it is about. For several: a matrix of the cases in which they differ, one column
for each server and one letter for each verdict, so that twelve of them fit into 80
columns. Both end with the counts.

What a server sent is in the sentences; it goes through the sanitiser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any, get_args

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from asgi_compare.judge.server.case import Case, VerdictKind
from asgi_compare.judge.server.verdict import Result
from asgi_compare.model.sanitize import clean, shorten

VERSION = 1
"""The version of the JSON. It changes when a field does."""
VERDICTS: tuple[VerdictKind, ...] = get_args(VerdictKind)
LETTERS: dict[VerdictKind, str] = {
    "pass": ".",
    "warn": "w",
    "fail": "F",
    "unsupported": " ",
    "crash": "C",
    "timeout": "T",
    "flaky": "~",
}
STYLES: dict[VerdictKind, str] = {
    "pass": "green",
    "warn": "yellow",
    "fail": "bold red",
    "unsupported": "dim",
    "crash": "bold red",
    "timeout": "bold red",
    "flaky": "magenta",
}
LEGEND = (
    ". pass   w warn   F fail   C crash   T timeout   ~ flaky   (empty) unsupported"
)
SHOWN: tuple[VerdictKind, ...] = ("crash", "fail", "timeout", "flaky", "warn")
WIRE_LINES, WIRE_WIDTH = 6, 160
"""Lines of what crossed the wire that are shown of a failure, and their characters."""
WIDE = 120
"""Columns from which on the matrix has a column for the section."""

Cases = Mapping[str, Case]
Chapters = Mapping[str, str]


def to_json(
    results: Iterable[Result], cases: Cases, chapters: Chapters, **more: object
) -> dict[str, Any]:
    """Return the results as JSON: each with its case, both views, and the text."""
    return {
        "version": VERSION,
        "cases": [_to_json(r, cases[r.case], chapters[r.case]) for r in results],
        **more,
    }


def _to_json(result: Result, case: Case, chapter: str) -> dict[str, Any]:
    text = case.text_on(result.interface)
    return {
        "case": result.case,
        "chapter": chapter,
        "server": result.server,
        "verdict": result.verdict,
        "level": result.level,
        "sentence": clean(result.sentence),
        "shows": case.shows,
        "text": {"section": text.section, "link": text.link, "quote": text.quote},
        "wire": list(result.wire),
        "application": list(result.application),
        "seconds": result.seconds,
        "again": clean(result.again),
    }


def counts(results: Sequence[Result]) -> Table:
    """Count the verdicts of each server."""
    table = Table("server", box=None, pad_edge=False, header_style="bold")
    for verdict in VERDICTS:
        table.add_column(
            "unsup." if verdict == "unsupported" else verdict, justify="right"
        )
    for server in dict.fromkeys(r.server for r in results):
        found = Counter(r.verdict for r in results if r.server == server)
        cells = [Text(str(found[v] or ""), STYLES[v]) for v in VERDICTS]
        table.add_row(Text(clean(server)), *cells)
    return table


def by_chapter(results: Sequence[Result], chapters: Chapters) -> Table:
    """Count the verdicts in each chapter, over all servers."""
    table = Table("chapter", box=None, pad_edge=False, header_style="bold")
    for verdict in VERDICTS:
        table.add_column(
            "unsup." if verdict == "unsupported" else verdict, justify="right"
        )
    for chapter in dict.fromkeys(chapters[r.case] for r in results):
        found = Counter(r.verdict for r in results if chapters[r.case] == chapter)
        table.add_row(
            chapter, *(Text(str(found[v] or ""), STYLES[v]) for v in VERDICTS)
        )
    return table


def one_server(results: Sequence[Result], cases: Cases) -> RenderableType:
    """List what did not pass, the worst first."""
    parts: list[RenderableType] = []
    for verdict in SHOWN:
        for result in results:
            if result.verdict == verdict:
                parts += _told(result, cases[result.case])
    return Group(*parts) if parts else Text("Nothing to report.")


def _told(result: Result, case: Case) -> list[RenderableType]:
    head = Text.assemble(
        (f"{result.verdict:8}", STYLES[result.verdict]),
        (result.case, "bold"),
        f"  ({result.level})",
    )
    text = case.text_on(result.interface)
    lines = [clean(result.sentence), f'"{text.quote}" ({text.section})']
    lines += [clean(shorten(line, WIRE_WIDTH)) for line in result.wire[:WIRE_LINES]]
    if len(result.wire) > WIRE_LINES:
        lines.append("... (all of it is in the file that --json names)")
    lines += [f"Again: {clean(result.again)}"] if result.again else []
    return [head, *(Padding(Text(line), (0, 0, 0, 8)) for line in lines)]


def refusals(
    refused: Mapping[str, str], logs: Mapping[str, Sequence[str]]
) -> RenderableType:
    """Say which servers could not be run, with their last words."""
    parts: list[RenderableType] = []
    for server, sentence in refused.items():
        parts.append(Text(f"{clean(server)}: {clean(sentence)}"))
        said = logs.get(server, ())
        parts += [Text("Its last log lines:")] if said else []
        parts += [Text(f"  | {clean(line)}") for line in said]
    return Group(*parts)


def reported(results: Sequence[Result], cases: Cases) -> Table:
    """List what cases without a verdict have to report."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for result in results:
        if result.verdict == "pass" and cases[result.case].report is not None:
            name = result.case.removeprefix("wire/")
            table.add_row(Text(name, "bold"), Text(clean(result.sentence)))
    return table


def matrix(
    results: Sequence[Result], cases: Cases, chapters: Chapters, width: int
) -> RenderableType:
    """Show the cases in which the servers differ, or which none of them passes."""
    servers = list(dict.fromkeys(r.server for r in results))
    verdicts = {(r.case, r.server): r.verdict for r in results}
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("case", overflow="fold")
    if width >= WIDE:
        table.add_column("section", no_wrap=True)
    for letter, _ in zip(ascii_uppercase, servers, strict=False):
        table.add_column(letter, justify="center", no_wrap=True)
    chapter = ""
    for case in _telling(verdicts, servers):
        if chapters[case] != chapter:
            chapter = chapters[case]
            table.add_row(Text(chapter, "bold underline"))
        row = [verdicts.get((case, server), "unsupported") for server in servers]
        section = [Text(cases[case].text.section)] if width >= WIDE else []
        letters = [Text(LETTERS[verdict], STYLES[verdict]) for verdict in row]
        table.add_row(Text(case.removeprefix("wire/")), *section, *letters)
    names = zip(ascii_uppercase, servers, strict=False)
    legend = "  ".join(f"{letter} {clean(server)}" for letter, server in names)
    return Group(table, Text(""), Text(legend), Text(LEGEND))


def _telling(
    verdicts: Mapping[tuple[str, str], VerdictKind], servers: Sequence[str]
) -> list[str]:
    """Return the cases that tell something: not the same pass everywhere."""
    found = []
    for case in dict.fromkeys(case for case, _ in verdicts):
        row = {verdicts.get((case, server), "unsupported") for server in servers}
        if row - {"pass", "unsupported"}:
            found.append(case)
    return found
