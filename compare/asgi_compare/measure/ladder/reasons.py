"""Why a figure came out, or did not: in numbers of the same run.

A figure that was measured by hand is one number, and nobody wrote down all that it
depends on. So it is looked for under several loads (see `trials.py`), and this module
says in a sentence where it was found, or how far away the nearest is, and what moves
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from asgi_compare.measure.ladder.costs import IN_PROCESS, Beside, ClaimVerdict
from asgi_compare.measure.ladder.trials import SMALLEST
from asgi_compare.measure.timing.figures import Spread

Read = Callable[[Beside], Spread]
ENOUGH = 3
"""Rounds that a spread has to be of: one that stands for itself is no spread."""


def verdict(
    value: float, digit: float, trials: Sequence[Beside]
) -> tuple[ClaimVerdict, str]:
    """Return what several loads together make of a figure, and why."""
    if not trials:
        return "not measured", ""
    told = [trial for trial in trials if trial.rps.n >= ENOUGH]
    quiet = [trial for trial in told if not trial.disturbed]
    # Company takes time away, and none of the time that a request needs. So processor
    # time can tell where requests a second cannot.
    looks: tuple[tuple[list[Beside], Read, str], ...] = (
        (quiet, attrgetter("rps"), "It is"),
        (told, attrgetter("cpu"), "By processor time, it is"),
    )
    for some, read, says in looks:
        if hits := [trial for trial in some if within(value, digit, read(trial))]:
            best = nearest(value, hits, read)
            return "reproduced", f"{says} {shown(best, read(best))}."
    for some, read, says in looks:
        if ends := around(value, some, read):
            told_of = " and ".join(shown(trial, read(trial)) for trial in ends)
            return "in between", f"{says} {told_of}."
    if not quiet:
        best = nearest(value, trials, attrgetter("cpu"))
        times = best.cpu.median / value
        return "undecided", (
            f"By processor time, the nearest is {shown(best, best.cpu)}: "
            f"{times:.2f} times the figure."
        )
    best = nearest(value, quiet, attrgetter("rps"))
    return "not reproduced", (
        f"The nearest is {shown(best, best.rps)}: "
        f"{best.rps.median / value:.2f} times the figure. "
        f"Single rounds went from {min(t.least for t in quiet):.3g} to "
        f"{max(t.most for t in quiet):.3g}."
    )


def around(value: float, trials: Sequence[Beside], read: Read) -> tuple[Beside, ...]:
    """Return the lowest and the highest trial, if the figure is between the two."""
    ordered = sorted(trials, key=lambda trial: read(trial).median)
    if ordered and read(ordered[0]).median < value < read(ordered[-1]).median:
        return ordered[0], ordered[-1]
    return ()


def within(value: float, digit: float, found: Spread) -> bool:
    """Return whether a figure is within a spread, up to its last digit."""
    return found.low - digit <= value <= found.high + digit


def nearest(value: float, trials: Sequence[Beside], read: Read) -> Beside:
    """Return the trial that is off by the least, whichever way."""

    def off(trial: Beside) -> float:
        times = read(trial).median / value
        return max(times, 1 / times)

    return min(trials, key=off)


def shown(trial: Beside, found: Spread) -> str:
    """Return what came out, and under which load."""
    told = f"{found.median:.3g} ({found.low:.3g} to {found.high:.3g})"
    if trial.client == IN_PROCESS:
        return f"{told} {trial.client}, on the rung {trial.above.partition(' ')[0]}"
    beside = " beside the smallest application" if of_smallest(trial) else ""
    return f"{told} with {trial.connections} connections of {trial.client}{beside}"


def of_smallest(trial: Beside) -> bool:
    """Return whether it is a share of the smallest application's requests."""
    return trial.below == " ".join(SMALLEST)
