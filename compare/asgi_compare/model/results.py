"""The nouns of what was concluded: Verdict, Finding, Difference, Measurement, Run.

A `Run` is everything that one call of the tool found out. It goes to JSON and comes
back unchanged, so that a stored run can be rendered, judged and compared again without
calling an application; every report is a view of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from asgi_compare.model.transcript import Transcript

VerdictKind = Literal["passed", "failed", "unsupported", "error"]
Level = Literal["must", "should", "unclear", "advice"]
Side = Literal["application", "server"]

IN_PROCESS = "in-process"
"""The name of the host that is no server: our own drivers."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one scenario, with one implementation, on one host."""

    scenario: str
    implementation: str
    host: str
    verdict: VerdictKind
    """`unsupported` is an answer: it cannot be done here, and `reason` says why.
    `error` says that the exchange itself could not be run."""
    reason: str = ""
    """One sentence; empty if it passed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is broken."""

    rule: str
    side: Side
    level: Level
    message: str
    """Expected what, but got what, and where; one sentence."""
    scenario: str
    evidence: tuple[int, ...] = ()
    """Indexes of the events in the transcript that show it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect in which two transcripts of the same scenario are not the same."""

    scenario: str
    between: tuple[str, str]
    """Two cells, each named `implementation@host`; the first is the baseline."""
    what: str
    """The aspect: `status`, `header allow`, `body`, `body.path`, `pieces`, ..."""
    values: tuple[str, str] = ("", "")
    """What each of the two had, as text."""
    known: bool = False
    reason: str = ""
    """Why, if it is known."""
    layer: str = ""
    """Which layer makes it, if it is known."""
    source: str = ""
    """Where in that layer's source."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number, with what it is a number of."""

    what: str
    scenario: str
    implementation: str
    host: str
    value: float
    unit: str
    """`s`, `us`, `bytes`, `requests/s`, `threads`, `ratio` or `count`."""
    low: float | None = None
    high: float | None = None
    """The spread: first and third quartile, where it was measured more than once."""
    n: int = 1


@dataclass(slots=True)
class Run:
    """Everything that one call of the tool found out."""

    environment: dict[str, object] = field(default_factory=dict)
    """The machine, the versions of everything that took part, the date, the options."""
    scenarios: list[dict[str, object]] = field(default_factory=list)
    implementations: list[dict[str, object]] = field(default_factory=list)
    hosts: list[dict[str, object]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    """By `scenario implementation@host`."""
    interrupted: bool = False
    """Stopped by Ctrl-C: what is here is what was done until then."""
