"""Gather the findings of all trials, and group them by rule.

A mistake in a view is seen by every probe. It is one `Problem`: its first place, with
one transcript, and how many others there are.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asgi_compare.judge.application.probe import Asked, Probe
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.selection import Selection
from asgi_compare.model.checked import Checked, Problem, some_places
from asgi_compare.model.results import IN_PROCESS, Finding, Verdict, VerdictKind
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
        required = [each for each in findings if each.level != "unclear"]
        if trouble:
            kind = "error"
        elif required:
            kind, reason = "failed", required[0].message
        return Verdict(scenario, self.target, IN_PROCESS, kind, reason)

    def failures(self) -> int:
        """Count the rules that are broken, and the trials that ended in an error."""
        required = [g for g in self.groups.values() if g.first.level != "unclear"]
        return len(required) + sum(v.verdict == "error" for v in self.verdicts)

    def checked(self, interface: str) -> Checked:
        """Put together what was found."""
        order = {"must": 0, "should": 1, "unclear": 2}
        groups = sorted(self.groups.values(), key=lambda g: order[g.first.level])
        return Checked(
            self.target,
            interface,
            problems=[self._problem(group) for group in groups],
            verdicts=self.verdicts,
            notes=self.notes,
            transcripts=self.transcripts,
        )

    def _problem(self, group: _Group) -> Problem:
        first = group.first
        words = [*self.words, *group.asked.words, "--probe", group.probe.id]
        again = shlex.join([*words, "--select", first.rule])
        if (rule := RULES.get(first.rule)) is not None:
            about = (rule.statement, rule.quote, rule.link, rule.hint)
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
    "answer": "The application answers the same when",
}
HINTS = {
    "nothing": "There is nothing to do.",
    "failure": "Look at the exception, and do not rely on what may be absent.",
    "answer": "Do not rely on how the request arrives.",
}
