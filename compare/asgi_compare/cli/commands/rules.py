"""`asgi-compare rules`: list the rule book.

With `--sentences`, the other way round: every normative sentence of the specifications,
and what became of it. A sentence has rules, or is seen by somebody else, or has the
reason why nobody can see it kept.
"""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

import click

from asgi_compare.cli import common
from asgi_compare.cli.explanations import seen_by
from asgi_compare.judge.application.gather import statement_of
from asgi_compare.judge.application.probes.all_probes import PROBES
from asgi_compare.judge.middleware.rules import LAYER_RULES
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.rules import rules as chosen
from asgi_compare.judge.rules.engine.book import Sentence, book
from asgi_compare.model.results import Level
from asgi_compare.report.common.wording import plural

Row = tuple[str, str, Level, str]
Globs = tuple[str, ...]


@click.command("rules")
@click.option("--select", multiple=True, metavar="GLOB", help="Only these; repeatable.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Not these; repeatable.")
@click.option(
    "--level", type=click.Choice(["must", "should", "may", "unclear", "advice"])
)
@click.option("--side", type=click.Choice(["application", "server", "middleware"]))
@click.option("--count", is_flag=True, help="Only say how many there are.")
@click.option(
    "--sentences",
    is_flag=True,
    help="List every sentence of the specifications, and who sees it kept.",
)
@common.no_color
def rules(
    select: Globs,
    exclude: Globs,
    level: str | None,
    side: str | None,
    count: bool,
    sentences: bool,
    no_color: bool,
) -> None:
    """List the rules, those of middleware, and the probes that compare."""
    out = common.console(no_color)
    if sentences:
        _show_sentences(select, exclude, level, side, count, out)
        return
    found = rows(select, exclude, level, side)
    if select and not found:
        raise common.unknown("rule", select[0], RULES)
    if found and not count:
        common.show_rows(("rule", "binds", "level", "what it says"), found, out)
    parts = Counter(f"{side} {level}" for _, side, level, _ in found)
    out.print(_counted(len(found), "rule", parts), soft_wrap=not out.is_terminal)


def rows(
    select: Globs, exclude: Globs, level: str | None, side: str | None
) -> list[Row]:
    """Return id, side, level and statement of all that can be found."""
    found: list[Row] = [
        (rule.id, rule.side, rule.level, rule.statement)
        for rule in chosen(select or ("*",), exclude)
    ]
    found += [
        (probe.id, "application", probe.level, statement_of(probe))
        for probe in PROBES
        if probe.compares != "nothing" and _wanted((probe.id,), select, exclude)
    ]
    found += [
        (rule.id, "middleware", rule.level, rule.statement)
        for rule in LAYER_RULES.values()
        if _wanted((rule.id,), select, exclude)
    ]
    return [
        row
        for row in found
        if row[1] == (side or row[1]) and row[2] == (level or row[2])
    ]


def _show_sentences(
    select: Globs,
    exclude: Globs,
    level: str | None,
    side: str | None,
    count: bool,
    out: common.Output,
) -> None:
    found = [
        each
        for each in book()
        if _wanted((each.id, *each.rules), select, exclude)
        and each.level == (level or each.level)
        and (side is None or each.binds in (side, "both"))
    ]
    if found and not count:
        head = ("sentence", "binds", "level", "who sees it kept", "what it says")
        common.show_rows(head, [_line(each) for each in found], out)
    counted = _counted(len(found), "sentence", Counter(map(_kind, found)))
    out.print(counted, soft_wrap=not out.is_terminal)


def _line(sentence: Sentence) -> tuple[str, ...]:
    """Return a row; why nobody sees a sentence kept stands below the sentence."""
    seen = ", ".join(sentence.rules) or sentence.seen_by
    says = sentence.statement if seen else f"{sentence.statement}\n{seen_by(sentence)}"
    shown = ", ".join(seen_by(sentence).splitlines()) if seen else "nobody"
    return sentence.id, sentence.binds, sentence.level, shown, says


def _kind(sentence: Sentence) -> str:
    kinds = {"wire": "seen on the wire", "probe": "seen by probes"}
    if sentence.rules:
        return "with rules"
    return kinds.get(sentence.seen_by, "that nobody can check, with the reason")


def _wanted(names: Globs, select: Globs, exclude: Globs) -> bool:
    def matches(globs: Globs) -> bool:
        return any(fnmatchcase(name, glob) for name in names for glob in globs)

    return (not select or matches(select)) and not matches(exclude)


def _counted(number: int, noun: str, parts: Counter[str]) -> str:
    counted = ", ".join(f"{count} {part}" for part, count in sorted(parts.items()))
    return f"{plural(number, noun)}: {counted}." if counted else f"{number} {noun}s."
