"""`asgi-compare explain`: one rule, with an exchange that breaks it and one that keeps
it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from asgi_compare.cli import common
from asgi_compare.cli.commands.rules import seen_by
from asgi_compare.cli.rule_examples import example_lines
from asgi_compare.judge.application.gather import HINTS, statement_of
from asgi_compare.judge.application.probe import Probe
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.rules import RULES, Rule
from asgi_compare.judge.rules.engine.book import Sentence, book, sentences_of


@click.command()
@click.argument("rule")
@common.no_color
def explain(rule: str, no_color: bool) -> None:
    """Explain a rule, a probe or a sentence: what the text says, and what breaks it."""
    out = common.console(no_color)
    if rule in RULES:
        for line in rule_lines(RULES[rule]):
            _show(line, out)
    elif rule in BY_ID:
        for line in probe_lines(BY_ID[rule]):
            _show(line, out)
    elif found := [each for each in book() if each.id == rule]:
        for line in sentence_lines(found[0]):
            _show(line, out)
    else:
        raise common.unknown("rule", rule, [*RULES, *BY_ID])


def rule_lines(rule: Rule) -> list[str]:
    """Return the explanation of a rule; a line that begins with blanks is an event."""
    return [
        f"{rule.id}: the {rule.side} {rule.level}",
        "",
        rule.statement,
        f"The text: “{rule.quote}”",
        rule.link,
        "",
        f"Why: {rule.why}",
        f"What to do: {rule.hint}",
        *(
            f"In the book: {each.id}, {each.statement}"
            for each in sentences_of(rule.id)
        ),
        "",
        "Breaks it:",
        *_inset(example_lines(rule.breaks)),
        "",
        "Keeps it:",
        *_inset(example_lines(rule.keeps)),
    ]


def sentence_lines(sentence: Sentence) -> list[str]:
    """Return the explanation of a sentence of the book, such as M14."""
    return [
        f"{sentence.id}: a sentence ({sentence.level}; it binds: {sentence.binds})",
        "",
        sentence.statement,
        sentence.link,
        "",
        "Who sees it kept:",
        *_inset(seen_by(sentence).splitlines()),
    ]


def probe_lines(probe: Probe) -> list[str]:
    """Return the explanation of a probe."""
    lines = [f"{probe.id}: a probe", "", probe.plays]
    lines += [f"The text: “{probe.quote}”", probe.link]
    if probe.compares != "nothing":
        lines += ["", f"{probe.level.capitalize()}: {statement_of(probe)}"]
        lines += [f"What to do: {HINTS[probe.compares]}"]
    return lines


def _inset(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _show(line: str, out: Console) -> None:
    inset = len(line) - len(line.lstrip())
    text = Text(line.strip(), "bold" if line.endswith("it:") else "", overflow="fold")
    out.print(Padding(text, (0, 0, 0, inset), expand=False) if inset else text)
