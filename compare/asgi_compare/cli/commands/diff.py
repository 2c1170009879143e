"""`asgi-compare diff`: two targets, one path, and what is not the same."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.cli.asking import ask, exchange_of
from asgi_compare.contract import SCENARIOS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.judge.comparison.diff import ABSENT, compare
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.model.sanitize import clean
from asgi_compare.report.common.trace import show_transcripts
from asgi_compare.run.matrix import Plan
from asgi_compare.run.matrix import run as execute


@click.command()
@click.argument("a")
@click.argument("b")
@click.argument("path", required=False)
@click.option("--header", "-H", multiple=True, metavar="'NAME: VALUE'", help="A field.")
@click.option("--body", "-d", help="The request's body, or a WebSocket's message.")
@common.target_options
@common.no_color
@click.pass_context
def diff(
    ctx: click.Context,
    a: str,
    b: str,
    path: str | None,
    header: tuple[str, ...],
    body: str | None,
    factory: bool,
    app_dir: str | None,
    no_color: bool,
) -> None:
    """Compare A and B: what is not the same, aspect by aspect.

    A and B are implementations of ours or any application, as module:attribute. With
    nothing else, two implementations are compared in all scenarios, and two others at
    /. The exit code is 1 if anything differs.
    """
    said_more = path is not None or header or body is not None
    if not said_more and {a, b} <= IMPLEMENTATIONS.keys():
        ctx.exit(_all_scenarios(a, b, no_color))
    sent = None if body is None else body.encode()
    asked = path or "/"
    one, other = (
        exchange_of(
            ask(
                target,
                asked,
                headers=header,
                body=sent,
                factory=factory,
                app_dir=app_dir,
            )
        )
        for target in (a, b)
    )
    out = common.console(no_color)
    show_transcripts([(f"{a} {asked}", one), (f"{b} {asked}", other)], out)
    found = list(compare(one, other))
    if not found:
        out.print("Nothing that a client or a server could see is different.")
    else:
        out.print(_table(a, b, found))
    ctx.exit(1 if found else 0)


def _all_scenarios(a: str, b: str, no_color: bool) -> int:
    plan = Plan(implementations=tuple({a: 0, b: 0}), hosts=(IN_PROCESS,))
    result = common.whole(execute(plan))
    rows = [
        (name, what, values)
        for name in SCENARIOS
        for what, values in _between(result, name, a, b)
    ]
    out = common.console(no_color)
    if not rows:
        out.print(f"{a} and {b} are the same in all {len(SCENARIOS)} scenarios.")
        return 0
    out.print(_grouped(a, b, rows))
    scenarios = len({name for name, _, _ in rows})
    out.print(f"{len(rows)} differences in {scenarios} of {len(SCENARIOS)} scenarios.")
    return 1


def _between(
    result: Run, scenario: str, a: str, b: str
) -> list[tuple[str, tuple[str, str]]]:
    keys = [f"{scenario} {name}@{IN_PROCESS}" for name in (a, b)]
    one, other = (result.transcripts.get(key) for key in keys)
    if one is None or other is None:
        there = [ABSENT if each is None else "an answer" for each in (one, other)]
        return [("answer", (there[0], there[1]))] if one is not other else []
    return list(compare(one, other))


def _grouped(a: str, b: str, rows: list[tuple[str, str, tuple[str, str]]]) -> Table:
    """Put what is the same difference into one row, with its scenarios."""
    groups: dict[tuple[str, tuple[str, str]], list[str]] = {}
    for name, what, values in rows:
        groups.setdefault((what, values), []).append(name)
    table = Table("what", clean(a), clean(b), "scenarios")
    for (what, values), names in groups.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        table.add_row(*_cells(what, values), Text(names[0] + more))
    return table


def _table(a: str, b: str, rows: list[tuple[str, tuple[str, str]]]) -> Table:
    table = Table("what", clean(a), clean(b))
    for what, values in rows:
        table.add_row(*_cells(what, values))
    return table


def _cells(what: str, values: tuple[str, str]) -> list[Text]:
    return [Text(clean(text), overflow="fold") for text in (what, *values)]
