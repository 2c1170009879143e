"""What the rules say of the transcripts of a run.

The implementations are ours, so a rule that one of them breaks is a failure. What a
framework breaks by itself, whatever its user writes, is not: each such rule is a row in
`KNOWN_FINDINGS`, with the reason and the place in the framework's source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from asgi_compare.judge.comparison.known_differences.row import occurs
from asgi_compare.judge.rules import judge
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Transcript

BINDING = ("must", "should")


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A rule that a framework breaks, and why."""

    rule: str
    implementation: str
    """A pattern of implementation names."""
    why: str
    """One sentence."""
    source: str
    only: tuple[str, ...] = ()
    """Where it occurs only with some versions, as in `KnownDifference`."""


ROWS = (
    KnownFinding(
        rule="asgi-headers/not-lowercase",
        implementation="django-asgi",
        why="Django hands over the names of header fields as they are written.",
        source="django/core/handlers/asgi.py: ASGIHandler.send_response",
    ),
    KnownFinding(
        rule="http/204-with-content-length",
        implementation="django-*",
        why="CommonMiddleware adds a Content-Length to every response without one.",
        source="django/middleware/common.py: CommonMiddleware.process_response",
    ),
    KnownFinding(
        rule="http/field-value-blanks",
        implementation="django-wsgi",
        why="Django 5.2 leaves a blank in front of the value of Set-Cookie.",
        source="django/core/handlers/wsgi.py: WSGIHandler.__call__",
        only=("django<6",),
    ),
)
KNOWN_FINDINGS = tuple(row for row in ROWS if occurs(row.only))


def findings_in(key: str, transcript: Transcript) -> list[Finding]:
    """Return the first place at which the application breaks each rule.

    `key` is the name of the transcript in the run. What binds the server is left aside:
    in process that is our driver, and its scope is only a description here.
    """
    found: dict[str, Finding] = {}
    for finding in judge(transcript):
        if finding.side == "application":
            found.setdefault(finding.rule, replace(finding, scenario=key))
    return list(found.values())


def unexpected(implementation: str, found: Iterable[Finding]) -> Finding | None:
    """Return the first finding that fails the run."""
    for finding in found:
        known = any(
            row.rule == finding.rule and fnmatchcase(implementation, row.implementation)
            for row in KNOWN_FINDINGS
        )
        if finding.level in BINDING and not known:
            return finding
    return None


def known_findings(found: Iterable[Finding]) -> list[str]:
    """Return a sentence for each row that occurs."""
    rules = {finding.rule for finding in found}
    return [
        f"{row.rule} ({row.implementation}): {row.why} {row.source}"
        for row in KNOWN_FINDINGS
        if row.rule in rules
    ]
