"""The nouns of a check: what the probes found out about one application.

A `Problem` stands for all places where one rule is broken: the first of them with its
evidence, and how many there are. It holds the words of the rule as well, so that a
report needs to know nothing of the rule book. `Checked` is everything that one call of
`asgi-compare check` found out; every report of it is a view of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asgi_compare.model.results import Level, Side, Verdict
from asgi_compare.model.transcript import Transcript

SHOWN_PLACES = 20
"""How many of the scenarios in which a rule is broken are named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that is broken, in one place or in many."""

    rule: str
    side: Side
    level: Level
    message: str
    """Of the first place: expected what, but got what, and where."""
    scenario: str
    """Of the first place; it is the name of its transcript, too."""
    evidence: tuple[int, ...]
    """Indexes of the events in that transcript."""
    count: int
    """In how many places it is broken."""
    scenarios: tuple[str, ...]
    """Where: some of them, each once, and of each exchange at least the first."""
    statement: str
    sentence: str
    """What the specification says, word for word."""
    link: str
    hint: str
    again: str
    """A line for a shell that shows it again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs from a file of expected findings."""

    accepted: tuple[str, ...] = ()
    """Rules of findings that were expected, each with what it is broken in."""
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class Checked:
    """Everything that one check found out."""

    target: str
    interface: str
    """`asgi`, `asgi2` or `wsgi`."""
    environment: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    """Of each trial: a probe with an exchange."""
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and no fault, such as a status that is no success."""
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    """Those that problems refer to, by the name of the scenario."""
    changed: Changed | None = None
    interrupted: bool = False
    unstartable: str = ""
    """Why no server could start it; empty if one could."""
    complete: bool = True
    """All probes were played, so that what was not found is not there."""
    file: str = ""
    """The file of the target's module, from the current directory; empty if unknown."""
    advice: list[Problem] = field(default_factory=list)
    """What no sentence forbids, and goes wrong in practice; never a failure. With
    `--level advice` it stands among the problems."""
    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    """By exchange: how often which status came, or `no answer`."""
    unanswered: bool = False
    """Not one exchange was answered, so that nothing is known."""
    strict: bool = False
    """A note fails, too."""

    def of(self, kind: str) -> list[Verdict]:
        """Return the verdicts of one kind."""
        return [each for each in self.verdicts if each.verdict == kind]

    @property
    def empty(self) -> bool:
        """Nothing was played, which is no reason to be content."""
        return not (self.verdicts or self.complete or self.unstartable)

    @property
    def required(self) -> list[Problem]:
        """The problems that make the check fail: not those that are unclear.

        Advice is among the problems only where it counts.
        """
        return [each for each in self.problems if each.level != "unclear"]

    @property
    def code(self) -> int:
        """The exit code: see `cli.py`."""
        if self.interrupted:
            return 130
        if self.changed is not None:
            bad: Sequence[object] = (*self.changed.new, *self.changed.gone)
        else:
            bad = self.required
        if bad or self.of("error") or self.empty or (self.strict and self.notes):
            return 1
        if self.unstartable:
            return 3
        return 1 if self.unanswered else 0


def exchange_in(scenario: str) -> str:
    """Return the exchange in the name of a trial: `GET /x` of `probe-http/head GET /x`.

    It is empty where nothing was asked, as in a lifespan.
    """
    return scenario.partition(" ")[2]


def some_places(scenarios: Iterable[str]) -> tuple[str, ...]:
    """Choose the scenarios to name: of each exchange the first, then as many as fit."""
    every = tuple(scenarios)
    firsts = dict.fromkeys({exchange_in(each): each for each in every[::-1]}.values())
    room = max(SHOWN_PLACES - len(firsts), 0)
    chosen = {*firsts, *[each for each in every if each not in firsts][:room]}
    return tuple(each for each in every if each in chosen)


def key_of(problem: Problem, scenario: str) -> str:
    """Name a broken rule and the exchange that it is broken in: `rule GET /x`."""
    # Which probe it was seen with may change from one version to the next.
    return f"{problem.rule} {exchange_in(scenario)}".strip()


def keys_of(problem: Problem) -> list[str]:
    """Name a broken rule with each exchange that it is broken in, each once."""
    return list(dict.fromkeys(key_of(problem, each) for each in problem.scenarios))
