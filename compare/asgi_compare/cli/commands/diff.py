"""`asgi-compare diff`: two targets, one path, and what is not the same."""

from __future__ import annotations

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.cli.asking import ask, exchange_of, is_safe
from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.parse import parse
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.judge.comparison.diff import ABSENT, compare
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Transcript
from asgi_compare.report.common.trace import show_transcripts
from asgi_compare.run.matrix import Plan
from asgi_compare.run.matrix import run as execute


@click.command()
@click.argument("a")
@click.argument("b")
@click.argument("path", required=False)
@common.request_options
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
    /. What is different each time, such as a random cookie, is left out. The exit code
    is 1 if anything differs.
    """
    said_more = path is not None or header or body is not None
    common.need(a, b)
    if not said_more and {a, b} <= IMPLEMENTATIONS.keys():
        ctx.exit(_all_scenarios(a, b, no_color))
    sent = None if body is None else body.encode()
    asked = path or "/"

    def asked_once() -> tuple[Transcript, Transcript]:
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
        return one, other

    one, other = asked_once()
    out = common.console(no_color)
    show_transcripts([(f"{a} {asked}", one), (f"{b} {asked}", other)], out)
    found = list(compare(one, other))
    if found and is_safe(parse(asked, headers=header, body=sent)):
        pairs = zip((one, other), asked_once(), strict=True)
        own = {what for before, now in pairs for what, _ in compare(before, now)}
        if left_out := [what for what, _ in found if what in own]:
            names = clean(", ".join(left_out))
            out.print(f"Left out, as one of them differs in it from itself: {names}.")
        found = [each for each in found if each[0] not in own]
    if not found:
        out.print("Nothing that a client or a server could see is different.")
    for what, values in found:
        _show(what, (a, b), values, "", out)
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
    for (what, values), names in _grouped(rows).items():
        _show(what, (a, b), values, ", ".join(names), out)
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


def _grouped(
    rows: list[tuple[str, str, tuple[str, str]]],
) -> dict[tuple[str, tuple[str, str]], list[str]]:
    """Put what is the same difference together, with its scenarios."""
    groups: dict[tuple[str, tuple[str, str]], list[str]] = {}
    for name, what, values in rows:
        groups.setdefault((what, values), []).append(name)
    return groups


def _show(
    what: str,
    names: tuple[str, str],
    values: tuple[str, str],
    scenarios: str,
    out: common.Output,
) -> None:
    """Print one difference: a line for what differs, and set in who has what.

    A long value or list goes on under its beginning, and no name is cut.
    """
    out.print(Text(clean(what), "bold"), soft_wrap=True)
    width = max(map(len, names))
    rows = [*zip(names, values, strict=True), *([("in", scenarios)] * bool(scenarios))]
    for name, value in rows:
        if not out.is_terminal:
            line = f"    {clean(name).ljust(width)}  {clean(value)}"
            out.print(Text(line), soft_wrap=True)
            continue
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(min_width=min(width, out.width // 2), overflow="fold")
        grid.add_column(overflow="fold")
        grid.add_row(Text(clean(name), "dim"), Text(clean(value)))
        out.print(Padding(grid, (0, 0, 0, 4)))
