"""`asgi-compare show`: one scenario, its code in all implementations, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click
from rich.console import Console, Group
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.contract import ENDPOINTS, SCENARIOS
from asgi_compare.contract.scenario import Endpoint, Scenario, in_one_line
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.drive.targets.source import Code, code_of
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.model.sanitize import clean
from asgi_compare.report.common.trace import show_transcripts
from asgi_compare.run.matrix import Plan
from asgi_compare.run.matrix import run as execute

BESIDE = 60
"""Columns that code needs to stand beside other code."""


@click.command()
@click.argument("scenario")
@common.no_color
def show(scenario: str, no_color: bool) -> None:
    """Show SCENARIO: the code of its endpoint, side by side, and the transcripts.

    SCENARIO is a name such as hello/get, an endpoint such as hello, or a pattern.
    """
    names = common.scenarios_for([scenario])
    out = common.console(no_color)
    result = common.whole(execute(Plan(scenarios=names, hosts=(IN_PROCESS,))))
    for endpoint, scenarios in groupby(names, lambda name: SCENARIOS[name].endpoint):
        _show_endpoint(ENDPOINTS[endpoint], out)
        for name in scenarios:
            _show_scenario(SCENARIOS[name], result, out)


def _show_endpoint(endpoint: Endpoint, out: Console) -> None:
    path = f"{', '.join(endpoint.methods) or 'any method'} {endpoint.path}".strip()
    out.print(Text(f"{endpoint.name}: {path}", "bold"))
    out.print(Text(endpoint.does))
    _show_code(list(_code(endpoint.name)), out)


def _code(endpoint: str) -> Iterator[tuple[str, Code | None]]:
    folders = dict.fromkeys(row.folder for row in IMPLEMENTATIONS.values())
    for folder in folders:
        yield folder, code_of(folder, endpoint)


def _show_code(found: list[tuple[str, Code | None]], out: Console) -> None:
    blocks = [_block(folder, code) for folder, code in found]
    beside = max(1, min(2, out.width // BESIDE))
    grid = Table.grid(padding=(1, 2, 0, 0), expand=True)
    for _ in range(beside):
        grid.add_column(ratio=1)
    for start in range(0, len(blocks), beside):
        grid.add_row(*blocks[start : start + beside])
    out.print(grid)


def _block(folder: str, code: Code | None) -> Group:
    if code is None:
        return Group(Text(folder, "bold"), Text("has no such function."))
    syntax = Syntax("", "python", theme="ansi_dark", background_color="default")
    lines = syntax.highlight(code.text.rstrip()).split("\n", allow_blank=True)
    title = Text(f"{code.path}:{code.line}", "bold", overflow="fold")
    return Group(title, *map(_indented, lines))


def _indented(line: Text) -> Padding:
    """Let a line of code go on, where it is too long, under its own beginning."""
    indent = len(line.plain) - len(line.plain.lstrip())
    rest = line[indent:]
    rest.overflow = "fold"
    return Padding(rest, (0, 0, 0, indent))


def _show_scenario(scenario: Scenario, result: Run, out: Console) -> None:
    out.print()
    out.print(Text(f"{scenario.name}: {scenario.shows}", "bold"))
    out.print(Text(in_one_line(scenario.exchange)))
    out.print()
    shown = []
    for verdict in result.verdicts:
        if verdict.scenario != scenario.name:
            continue
        title = f"{verdict.implementation}: {verdict.verdict}"
        key = f"{scenario.name} {verdict.implementation}@{verdict.host}"
        if key in result.transcripts:
            shown.append((title, result.transcripts[key]))
        else:
            out.print(Text(f"{title}. {clean(verdict.reason, lines=True)}"))
    show_transcripts(shown, out)
    for difference in result.differences:
        if difference.scenario == scenario.name:
            who = difference.between[1].removesuffix(f"@{IN_PROCESS}")
            why = difference.reason or "nobody has explained it yet."
            left, right = map(clean, difference.values)
            head = f"{who}: {difference.what} is {right}, not {left}."
            out.print(Text(head), Text(f"  {why} {difference.source}".rstrip(), "dim"))
