"""Gather the findings of all trials, and group them by rule.

A mistake in a view is seen by every probe. It is one `Problem`: its first place, with
one transcript, and how many others there are.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from asgi_compare.judge.application.conclusions import CONCLUSIONS
from asgi_compare.judge.application.probe import Asked, Probe
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.selection import Selection
from asgi_compare.model.checked import Checked, Problem, some_places
from asgi_compare.model.results import IN_PROCESS, Finding, Level, Verdict, VerdictKind
from asgi_compare.model.transcript import Transcript


@dataclass(slots=True)
class _Group:
    first: Finding
    asked: Asked
    probe: Probe
    count: int = 0
    scenarios: dict[str, None] = field(default_factory=dict)


class Gathered:
    """What has been found so far."""

    def __init__(self, words: Sequence[str], target: str, selection: Selection) -> None:
        self.words = words
        self.target = target
        self.selection = selection
        self.groups: dict[str, _Group] = {}
        self.verdicts: list[Verdict] = []
        self.notes: list[str] = []
        self.transcripts: dict[str, Transcript] = {}
        self.answers: dict[str, dict[str, int]] = {}

    def count(self, asked: Asked, transcript: Transcript, gone: bool) -> None:
        """Count an answer by its status."""
        response = transcript.response
        if response is None and gone:
            return  # there was nobody any more to get one
        status = "no answer" if response is None else str(response.status)
        counts = self.answers.setdefault(asked.label, {})
        counts[status] = counts.get(status, 0) + 1

    def add(
        self,
        probe: Probe,
        asked: Asked,
        transcript: Transcript,
        findings: Iterable[Finding],
        trouble: str,
    ) -> None:
        """Take what one trial has brought."""
        kept = [f for f in findings if self.selection.wants(f.rule, f.level)]
        for finding in kept:
            group = self.groups.get(finding.rule)
            if group is None:
                group = self.groups[finding.rule] = _Group(finding, asked, probe)
                self.transcripts[transcript.scenario] = transcript
            group.count += 1
            group.scenarios[finding.scenario] = None
        self.verdicts.append(self._verdict(transcript.scenario, kept, trouble))
        if trouble:
            self.transcripts[transcript.scenario] = transcript

    def _verdict(
        self, scenario: str, findings: Sequence[Finding], trouble: str
    ) -> Verdict:
        kind: VerdictKind = "passed"
        reason = trouble
        required = [each for each in findings if self.fails(each.level)]
        if trouble:
            kind = "error"
        elif required:
            kind, reason = "failed", required[0].message
        return Verdict(scenario, self.target, IN_PROCESS, kind, reason)

    def fails(self, level: Level) -> bool:
        """Return whether a finding of this level makes the check fail."""
        return level in ("must", "should") or level == self.selection.level

    def failures(self) -> int:
        """Count the rules that are broken, and the trials that ended in an error."""
        required = [g for g in self.groups.values() if self.fails(g.first.level)]
        return len(required) + sum(v.verdict == "error" for v in self.verdicts)

    def checked(self, interface: str) -> Checked:
        """Put together what was found."""
        order = get_args(Level)
        groups = sorted(self.groups.values(), key=lambda g: order.index(g.first.level))
        found = [self._problem(group) for group in groups]
        counts = self.selection.level == "advice"
        return Checked(
            self.target,
            interface,
            problems=[p for p in found if counts or p.level != "advice"],
            advice=[p for p in found if not counts and p.level == "advice"],
            answers=self.answers,
            verdicts=self.verdicts,
            notes=self.notes,
            transcripts=self.transcripts,
        )

    def _problem(self, group: _Group) -> Problem:
        first = group.first
        words = [*self.words, *group.asked.words, "--probe", group.probe.id]
        again = shlex.join([*words, "--select", first.rule])
        known = RULES.get(first.rule) or CONCLUSIONS.get(first.rule)
        if known is not None:
            about = (known.statement, known.quote, known.link, known.hint)
        else:
            probe = BY_ID[first.rule]
            about = (
                statement_of(probe),
                probe.quote,
                probe.link,
                HINTS[probe.compares],
            )
        return Problem(
            first.rule,
            first.side,
            first.level,
            first.message,
            first.scenario,
            first.evidence,
            group.count,
            some_places(group.scenarios),
            *about,
            again,
        )


def statement_of(probe: Probe) -> str:
    """Return what a probe that compares asks of an application."""
    plays = f"{probe.plays[0].lower()}{probe.plays[1:]}"
    return f"{WHERE[probe.compares]} {plays}"


WHERE = {
    "nothing": "Nothing is asked by this probe itself when",
    "failure": "The application does not fail when",
    "status": "The application does not refuse when",
    "head": "The application says the same of its answer when",
    "answer": "The application answers the same when",
}
HINTS = {
    "nothing": "There is nothing to do.",
    "failure": "Look at the exception, and do not rely on what may be absent.",
    "status": "Do not rely on how the request is written, or on what may be absent.",
    "head": "Let the same code make both heads.",
    "answer": "Do not rely on how the request arrives, or on what else is under way.",
}
