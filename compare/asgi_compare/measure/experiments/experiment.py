"""The nouns of the notebook: an experiment, its effort, and what it observes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from asgi_compare.measure.experiments.answer import Answer
from asgi_compare.measure.load.statistics import TOLERANCE, Interval

LONGEST_QUOTE = 15
"""Words of somebody else's text that may be quoted."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question was asked, or a claim was made."""

    url: str
    quote: str = ""
    """At most fifteen words."""
    kind: Literal["question", "claim"] = "question"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time an experiment may take."""

    name: str
    rounds: int
    """How often everything is measured."""
    seconds: float
    """How long one thing is under load in one round."""
    limit: float
    """Seconds after which the whole experiment is ended."""

    @property
    def is_quick(self) -> bool:
        """Return whether only the most telling conditions are to be measured."""
        return self.name == "quick"


# At most 30 s, of which the end of all servers takes a few.
QUICK = Effort("quick", rounds=3, seconds=0.5, limit=26.0)
CAREFUL = Effort("careful", rounds=7, seconds=2.0, limit=600.0)
EFFORTS = {each.name: each for each in (QUICK, CAREFUL)}

Case = Mapping[str, str]
"""The conditions that vary: `{"server": "uvicorn", "view": "sync"}`."""
Control = Literal["", "first", "again"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One number, under one set of conditions."""

    measure: str
    """What was measured, such as `requests a second`."""
    value: float
    unit: str = ""
    case: Case = field(default_factory=dict)
    round: int = 0
    note: str = ""
    foreign: float = 0.0
    """Cores that other processes used meanwhile, if anyone looked."""
    control: Control = ""
    """For the control: the same thing measured `first` and `again` in each round. The
    `first` counts as an ordinary observation as well."""


@dataclass(frozen=True, slots=True)
class Observations:
    """All observations of one experiment, in the order in which they were made."""

    rows: tuple[Observation, ...] = ()

    def of(self, measure: str, **case: str) -> Observations:
        """Return those of a measure whose case has these values; no repeated control.

        A keyword stands for a key of the case, with blanks written as underscores.
        """
        wanted = {key.replace("_", " "): value for key, value in case.items()}
        return Observations(
            tuple(
                row
                for row in self.rows
                if row.measure == measure
                and row.control != "again"
                and wanted.items() <= dict(row.case).items()
            )
        )

    def values(self, measure: str, **case: str) -> list[float]:
        """Return the numbers of a measure, round by round."""
        return [row.value for row in self.of(measure, **case).rows]

    def interval(self, measure: str, **case: str) -> Interval | None:
        """Return the median with its interval; None if it was never measured."""
        values = self.values(measure, **case)
        return Interval.of(values) if values else None

    def cases(self, key: str) -> tuple[str, ...]:
        """Return the values that a key of the case has, in order of appearance."""
        found = (row.case[key] for row in self.rows if key in row.case)
        return tuple(dict.fromkeys(found))

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A question, and how it is answered."""

    name: str
    """In words, with hyphens: what is typed to run it."""
    topic: str
    """Under which heading of the ledger it stands."""
    question: str
    """As a user asks it."""
    conditions: str
    """Under which the answer holds: what is fixed."""
    measured: str
    """What is measured."""
    decided_by: str
    """How the answer is read off."""
    refuted_by: str
    """What would have to be seen for the opposite answer."""
    run: Callable[[Effort], Iterator[Observation]]
    read: Callable[[Observations], Answer]
    """Pure. It is given at least one observation, and maybe not all."""
    sources: tuple[Source, ...] = ()
    needs: tuple[str, ...] = ()
    """Modules that must be installed, besides what the toolkit needs anyway."""
    tolerance: float = TOLERANCE
    """How far the two halves of the control may be apart, and how much of a core others
    may use, before the answer is withheld: small for small effects."""


def in_round(
    number: int,
    rows: Iterator[Observation],
    control: Control = "",
    of: str = "requests a second",
) -> Iterator[Observation]:
    """Yield observations with the number of their round.

    As one half of a control, only the measure `of` is marked, and only that is kept of
    the half that comes `again`.
    """
    for row in rows:
        half: Control = control if row.measure == of else ""
        if control != "again" or half:
            yield replace(row, round=number, control=half)
