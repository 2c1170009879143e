"""`asgi-compare list`: everything that has a name, by its kind."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click

from asgi_compare.cli import common
from asgi_compare.cli.names import BY_LISTED, KINDS
from asgi_compare.report.common.wording import plural

SHORT = ("implementations", "servers", "endpoints", "scenarios")
"""What is listed if nothing is asked for; of the others only the number is."""


@click.command("list")
@click.argument(
    "kind", metavar="[KIND]", type=click.Choice(list(BY_LISTED)), required=False
)
@click.argument("pattern", required=False)
@common.no_color
def list_(kind: str | None, pattern: str | None, no_color: bool) -> None:
    """List what there is of one KIND, such as scenarios, rules or experiments.

    PATTERN, such as 'http/*', chooses some by their names. Without a KIND,
    implementations, servers, endpoints and scenarios are listed, and the other kinds
    are counted.
    """
    out = common.console(no_color)
    if kind is not None:
        _show(kind, pattern, out)
        return
    for name in SHORT:
        out.print(f"{name.capitalize()}", style="bold")
        _show(name, None, out)
        out.print()
    for each in KINDS:
        if each.listed not in SHORT and (count := len(each.names())):
            line = f"{plural(count, each.name)}: asgi-compare list {each.listed}"
            out.print(line, soft_wrap=True)


def _show(listed: str, pattern: str | None, out: common.Output) -> None:
    kind = BY_LISTED[listed]
    rows = [
        row for row in kind.rows() if pattern is None or fnmatchcase(row[0], pattern)
    ]
    if pattern is not None and not rows:
        raise common.unknown(kind.name, pattern, kind.names())
    if not rows:
        out.print(f"There are no {listed}.")
        return
    common.show_rows(kind.headings, rows, out)
