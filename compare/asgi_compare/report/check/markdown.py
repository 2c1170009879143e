"""A check as Markdown, for a pull request or a wiki.

As in `markdown.py`, text from the application is shown as code or escaped, so that it
can be no link and no mention of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.model.checked import Checked, Problem
from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.report.check.view import excerpt, facts, summary, times
from asgi_compare.report.common.markdown import code, escape


def render(checked: Checked) -> str:
    """Return the whole report."""
    lines = [f"# Check of {code(checked.target)}", ""]
    lines += [escape(sentence) for sentence in summary(checked)]
    for problem in checked.problems:
        lines += ["", *_problem(problem, checked)]
    if checked.advice:
        lines += ["", "## Advice", ""]
        lines += [
            f"* {code(p.rule)}: {escape(p.message)} {escape(p.hint)}"
            for p in checked.advice
        ]
    errors = checked.of("error")
    if errors:
        lines += ["", "## Errors", ""]
        lines += [f"* {code(v.scenario)}: {code(_first(v.reason))}" for v in errors]
    if checked.notes:
        lines += ["", "## Notes", ""]
        lines += [f"* {escape(shorten(note, 400))}" for note in checked.notes]
    if checked.changed is not None:
        lines += ["", "## Against what was expected", ""]
        lines += [f"* new: {code(each)}" for each in checked.changed.new]
        lines += [f"* gone: {code(each)}" for each in checked.changed.gone]
    lines += ["", "## Where it was checked", ""]
    lines += [f"* {name}: {escape(value)}" for name, value in facts(checked)]
    return "\n".join(lines) + "\n"


def _problem(problem: Problem, checked: Checked) -> Iterator[str]:
    yield f"## {code(problem.rule)} ({problem.level}, {times(problem.count)})"
    yield ""
    yield escape(problem.statement)
    yield ""
    sentence = problem.sentence or "No sentence says so."
    yield f"> {escape(sentence)} ([the text]({problem.link}))"
    yield ""
    yield escape(problem.message)
    transcript = checked.transcripts.get(problem.scenario)
    if transcript is not None:
        yield ""
        # Indented code can hold anything but a line feed, and `clean` leaves none.
        for line in excerpt(problem, transcript):
            mark = ">" if line.is_evidence else " "
            yield f"    {mark}{line.place:>4} {line.text}"
    yield ""
    yield f"{escape(problem.hint)} Again: {code(problem.again)}"


def _first(text: str) -> str:
    return shorten(clean(text.partition("\n")[0]), 400)
