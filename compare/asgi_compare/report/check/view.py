"""What a report of a check shows, before it is set: lines and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from asgi_compare.model.checked import Checked, Problem
from asgi_compare.model.results import Level
from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.model.transcript import Event, Transcript
from asgi_compare.report.common.values import is_fields, show_fields, show_value
from asgi_compare.report.common.wording import plural

AROUND = 2
"""Events that are shown before and after the evidence."""
ARROWS = {"receive": "->", "send": "<-", "hop": "~~", "query": "??"}
"""Named from the application's side, as everywhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript; `place` is empty where lines are left out."""

    place: str
    text: str
    is_evidence: bool = False


def excerpt(problem: Problem, transcript: Transcript) -> Iterator[Line]:
    """Return the events around the evidence, and the end where that is what counts."""
    events = transcript.events
    shown = [place for place in problem.evidence if place < len(events)]
    near = {
        index
        for place in shown or [len(events) - 1]
        for index in range(place - AROUND, place + AROUND + 1)
    }
    near |= {i for i, event in enumerate(events) if _kind(event) in HEADS}
    left_out = False
    for index, event in enumerate(events):
        if index not in near:
            left_out = True
            continue
        if left_out:
            yield Line("", "…")
            left_out = False
        yield Line(str(index), in_one_line(event), index in shown)
    if left_out:
        yield Line("", "…")
    elif not shown:
        yield Line("end", _ending(transcript), True)


HEADS = ("start_response", "http.response.start")
"""Where the fields stand that a finding may be about."""


def _kind(event: Event) -> object:
    return event.event.get("type") if isinstance(event.event, dict) else None


def in_one_line(event: Event) -> str:
    """Show one event: which way, what, and everything in it."""
    arrow, kind, details = ARROWS[event.direction], "", event.event
    if isinstance(details, dict) and isinstance(details.get("type"), str):
        kind = clean(shorten(details["type"]))
        rest = {key: value for key, value in details.items() if key != "type"}
        shown = " ".join(
            f"{clean(str(key))}={_shown(v, kind)}" for key, v in rest.items()
        )
        return f"{arrow} {kind} {shown}".rstrip()
    return f"{arrow} {show_value(details)}"


def _shown(value: Any, kind: str) -> str:
    return show_fields(value, kind, 20) if is_fields(value) else show_value(value)


def _ending(transcript: Transcript) -> str:
    ending = transcript.ending
    error = f": {clean(shorten(ending.error, 400))}" if ending.error else ""
    return f"the application {ending.kind}{error}"


def summary(checked: Checked) -> list[str]:
    """Summarise the check in a few sentences."""
    count: dict[str, int] = dict.fromkeys(get_args(Level), 0)
    for problem in checked.problems:
        count[problem.level] += 1
    broken = ", ".join(f"{n} {level}" for level, n in count.items() if n)
    rules = plural(len(checked.problems), "rule")
    nothing = "no probe was played" if checked.empty else "no rule broken"
    found = f"{rules} broken ({broken})" if broken else nothing
    lines = [
        f"{checked.target} ({checked.interface}): "
        f"{plural(len(checked.verdicts), 'trial')} in "
        f"{checked.environment.get('seconds', 0)} s, {found}."
    ]
    if errors := len(checked.of("error")):
        lines.append(f"{plural(errors, 'trial')} ended in an error.")
    if (changed := checked.changed) is not None:
        lines.append(
            f"Against what was expected: {len(changed.accepted)} accepted, "
            f"{len(changed.new)} new, {len(changed.gone)} gone."
        )
    if checked.advice:
        lines.append(
            f"Advice on {plural(len(checked.advice), 'matter')}, which fails with "
            f"--level advice only."
        )
    if checked.unanswered:
        lines.append("Not one exchange was answered, so that nothing is known.")
    if checked.strict and checked.notes:
        lines.append(f"{plural(len(checked.notes), 'note')}, which --strict forbids.")
    if checked.interrupted:
        lines.append("Interrupted; the rest was not played.")
    return lines


def answers(checked: Checked) -> list[str]:
    """Return which answers came, an exchange a line: `GET /: 200 (38), 405 (2)`."""
    return [
        f"{label}: {', '.join(f'{what} ({n})' for what, n in counts.items())}"
        for label, counts in checked.answers.items()
    ]


def times(count: int) -> str:
    """Return how often, in words."""
    return "once" if count == 1 else f"{count:,} times"


def facts(checked: Checked) -> list[tuple[str, str]]:
    """Return where and when it was checked, as names and values."""
    about = checked.environment
    versions = about.get("versions")
    found = [(name, str(about[name])) for name in NAMED if name in about]
    if isinstance(versions, dict):
        found.append(("versions", ", ".join(f"{n} {v}" for n, v in versions.items())))
    return found


NAMED = ("date", "python", "platform", "cpu", "cores", "seed", "seconds")
