"""`asgi-compare explain`: what stands behind a name, whatever it is the name of."""

from __future__ import annotations

import click
from rich.padding import Padding
from rich.text import Text

from asgi_compare.cli import common, explanations
from asgi_compare.cli.names import KINDS
from asgi_compare.judge.rules.engine.book import book


@click.command()
@click.argument("name")
@common.no_color
def explain(name: str, no_color: bool) -> None:
    """Explain NAME: a rule, a scenario, a wire case, a behaviour, a server, ...

    NAME is one of those that `asgi-compare list` shows, or a sentence of the rule book,
    such as M14. What several things are called is explained for each of them.
    """
    out = common.console(no_color)
    found = [(kind.name, kind.explain(name)) for kind in KINDS if name in kind.names()]
    found += [
        ("sentence", explanations.sentence(each)) for each in book() if each.id == name
    ]
    if not found:
        known = [each for kind in KINDS for each in kind.names()]
        raise common.unknown("rule, scenario or other thing", name, known)
    for number, (kind, lines) in enumerate(found):
        if number:
            out.print()
        article = "an" if kind[0] in "aeiou" else "a"
        out.print(Text(f"{name}: {article} {kind}", "bold"), soft_wrap=True)
        for line in lines:
            _show(line, out)


def _show(line: str, out: common.Output) -> None:
    inset = len(line) - len(line.lstrip())
    if inset and not out.is_terminal:
        # An event or a command stays on its line where a program reads it.
        out.print(Text(line), soft_wrap=True)
        return
    text = Text(line.strip(), "bold" if line.endswith("it:") else "", overflow="fold")
    out.print(Padding(text, (0, 0, 0, inset), expand=False) if inset else text)
