"""What becomes of what the live validator finds.

The same mistake is made in every request, so a finding is told once: once for each rule
and place, a place being what was asked for, such as `GET /items`. Raising is different:
there every violation counts, since each ends an exchange.

A finding that was seen live has no transcript to point into. It has the last few events
as text instead, so that it keeps nothing of the application alive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Literal

from asgi_compare.judge.rules import RULES
from asgi_compare.judge.selection import Selection
from asgi_compare.model.results import Finding, Level, Side

logger = logging.getLogger("asgi-compare")

PLACES = 1000
"""How many findings are kept; the paths of a site have no end."""

LEVELS: dict[Level, int] = {
    "must": logging.ERROR,
    "should": logging.WARNING,
    "unclear": logging.INFO,
}


@dataclass(frozen=True, slots=True)
class Observed(Finding):
    """A finding that was seen live, with what had passed until then."""

    recent: tuple[str, ...] = ()
    """The last few events, the one in question last; one line of text each."""

    def explained(self) -> str:
        """Say all that there is to say, on a few lines."""
        rule = RULES[self.rule]
        lines = [f"{self.rule}: {self.message}", *(f"  {each}" for each in self.recent)]
        return "\n".join([*lines, f"  {rule.hint}", f"  {rule.link}"])


class Violation(AssertionError):
    """A rule is broken; `finding` says which, and where."""

    def __init__(self, finding: Observed) -> None:
        super().__init__(finding.explained())
        self.finding = finding

    def __reduce__(self) -> tuple[type[Violation], tuple[Observed]]:
        return type(self), (self.finding,)


Then = Literal["log", "raise"] | Callable[[Observed], object]


class Findings:
    """What one wrapper has found, and what is to be done about it."""

    def __init__(self, then: Then, chosen: Selection, side: Side | None) -> None:
        if then not in ("log", "raise") and not callable(then):
            raise ValueError(
                f"Expected 'log', 'raise' or a function as on_finding, but got {then!r}"
                f"; leave it away to have findings logged."
            )
        self.then = then
        self.chosen = chosen
        self.side = side
        self.found: list[Observed] = []
        """In the order in which they were seen; one for each rule and place."""
        self._places: dict[tuple[str, str], Observed] = {}

    def wants(self, finding: Finding) -> bool:
        """Return whether the user wants to know."""
        return self.side in (None, finding.side) and self.chosen.wants(
            finding.rule, finding.level
        )

    def take(
        self, findings: Iterable[Finding], recent: tuple[str, ...]
    ) -> Violation | None:
        """Keep and tell what is new; give the exception that is to be raised, if any.

        What is unclear in the specification is told of and never raised.
        """
        first = None
        for finding in findings:
            if not self.wants(finding):
                continue
            known = {each.name: getattr(finding, each.name) for each in fields(Finding)}
            observed = Observed(**known, recent=recent)
            self._keep(observed)
            if self.then == "raise" and first is None and finding.level != "unclear":
                first = Violation(observed)
        return first

    def _keep(self, observed: Observed) -> None:
        place = observed.rule, observed.scenario
        if place in self._places or len(self._places) >= PLACES:
            return
        # Threads may come here at the same time; only one of them is the first.
        if self._places.setdefault(place, observed) is not observed:
            return
        self.found.append(observed)
        if self.then == "log":
            logger.log(LEVELS[observed.level], "%s", observed.explained())
        elif callable(self.then):
            self.then(observed)
