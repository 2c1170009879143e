"""A check in a terminal.

For each rule that is broken: what the specification says, what came, the events around
the evidence, and a line that shows it again. Then what was beyond the rules, notes, and
a summary. Whatever came from the application goes through `clean`, and into `Text`
objects, never through rich's markup.
"""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from asgi_compare.model.checked import Checked, Problem
from asgi_compare.model.results import Level
from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.model.transcript import Transcript
from asgi_compare.report.check.view import answers, excerpt, summary

STYLES: dict[Level, str] = {
    "must": "bold red",
    "should": "bold yellow",
    "unclear": "bold cyan",
    "advice": "bold blue",
}
MOST_ERRORS = 8
MOST_LINES = 6
"""Lines of an error that are shown: the last ones, where the exception stands."""


def render(checked: Checked, console: Console) -> None:
    """Print all of it."""
    for problem in checked.problems:
        _show(problem, checked.transcripts.get(problem.scenario), console)
    for problem in checked.advice:
        _advise(problem, console)
    if checked.advice:
        console.print()
    _errors(checked, console)
    for note in checked.notes:
        console.print(Text.assemble(("note  ", "dim"), clean(shorten(note, 400))))
    if checked.changed is not None:
        _changes(checked, console)
    if checked.notes or checked.changed is not None:
        console.print()
    for line in answers(checked):
        console.print(Text(clean(shorten(line, 400)), "dim"))
    for sentence in summary(checked):
        console.print(Text(clean(sentence), "bold"))


def _show(problem: Problem, transcript: Transcript | None, console: Console) -> None:
    times = f"  {problem.count:,} times" if problem.count > 1 else ""
    level = Text(f"{problem.level}  ", STYLES[problem.level])
    console.print(Text.assemble(level, (problem.rule, "bold"), (times, "dim")))
    _inset(Text(clean(shorten(problem.message, 600))), console)
    if problem.sentence:
        _inset(Text.assemble(("The text: ", "dim"), f"“{problem.sentence}”"), console)
    _inset(Text(problem.link, "dim"), console)
    for line in excerpt(problem, transcript) if transcript is not None else ():
        mark, style = (">", "") if line.is_evidence else (" ", "dim")
        _inset(Text(f"{mark}{line.place:>4} {line.text}", style), console)
    _inset(Text.assemble(("What to do: ", "dim"), problem.hint), console)
    # Not wrapped, so that it can be copied whole.
    again = Text.assemble(("  Again: ", "dim"), clean(problem.again))
    console.print(again, soft_wrap=True)
    console.print()


def _advise(problem: Problem, console: Console) -> None:
    """Show what does not count, in short: what came, and what to do."""
    level = Text("advice  ", STYLES["advice"])
    console.print(Text.assemble(level, (problem.rule, "bold")))
    _inset(Text(clean(shorten(problem.message, 600))), console)
    _inset(Text.assemble(("What to do: ", "dim"), problem.hint), console)


def _inset(text: Text, console: Console) -> None:
    text.overflow = "fold"
    console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _errors(checked: Checked, console: Console) -> None:
    errors = checked.of("error")
    for verdict in errors[:MOST_ERRORS]:
        first, *rest = clean(verdict.reason, lines=True).split("\n")
        name = Text(clean(verdict.scenario), "bold")
        console.print(Text.assemble(("error  ", "bold magenta"), name))
        for line in (shorten(first, 600), *map(shorten, rest[-MOST_LINES:])):
            _inset(Text(line), console)
        console.print()
    if len(errors) > MOST_ERRORS:
        console.print(Text(f"… and {len(errors) - MOST_ERRORS} more errors", "dim"))


def _changes(checked: Checked, console: Console) -> None:
    assert checked.changed is not None
    for word, found in (("new", checked.changed.new), ("gone", checked.changed.gone)):
        for each in found:
            console.print(Text.assemble((f"{word}  ", "bold yellow"), clean(each)))
