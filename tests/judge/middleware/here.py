"""Check a middleware in this process, which is quicker than in a child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from asgi_compare.judge.middleware import play
from asgi_compare.judge.middleware.check import Plan, check_with
from asgi_compare.judge.middleware.trial import LayerTrial
from asgi_compare.model.checked import Checked
from asgi_compare.model.transcript import Transcript

PLAN = Plan("here:layer")
OWN = ("[!p]*", "p[!r]*")
"""All trials but those of the probes, which take the longest."""


TAKEN_OUT: dict[tuple[str, str], Transcript] = {}
"""What came without the layer, which is the same for all of them."""


@contextmanager
def stand() -> Iterator[play.Stand]:
    """Give a stand of one's own, and close its loops."""
    before, play.STAND = play.STAND, play.Stand()
    try:
        yield play.STAND
    finally:
        play.STAND.end_sessions()
        play.STAND = before


def checked(target: Any, plan: Plan = PLAN, **changes: Any) -> Checked:
    """Check a target that is at hand."""
    with stand():

        def drive(trial: LayerTrial) -> Transcript:
            key = (trial.case, play.STAND.outside)
            if trial.taken_out and key in TAKEN_OUT:
                return TAKEN_OUT[key]
            came = play.play(target, "asgi", trial)
            if trial.taken_out:
                TAKEN_OUT[key] = came
            return came

        return check_with(drive, replace(plan, **changes))


def rules_in(found: Checked) -> set[str]:
    """Return the rules that are broken, advice as well."""
    return {each.rule for each in (*found.problems, *found.advice)}
