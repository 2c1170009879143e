"""Figures that were measured by hand, and what came out now, as sheets.

Two sheets: the figures with their verdicts and reasons, and the loads under which those
about servers were looked for.
"""

from __future__ import annotations

from asgi_compare.measure.ladder.costs import Adds, Beside, Claim
from asgi_compare.report.ladder.columns import DISTURBED, NONE, number, spread
from asgi_compare.report.ladder.sheet import Sheet


def claim_sheet(adds: Adds) -> Sheet:
    """Set the figures that were measured by hand beside what came out now."""
    return Sheet(
        "claims",
        "By hand, and now",
        "Measured by hand once, and now",
        "Reproduced: within our quartiles, or off by no more than the last digit. In "
        "between: one load gives less, and another one more. Undecided: neither, but "
        "measured in bad company. The ladder is measured beside raw-asgi, with eight "
        "connections; what else was tried is below.",
        ("figure", "verdict", "by hand", "on the ladder", "by processor time"),
        tuple(_claim_row(c) for c in adds.claims if c.verdict != "not measured"),
        tuple((f"{c.value:g}", c.why) for c in adds.claims if c.why),
    )


def _claim_row(claim: Claim) -> tuple[str, ...]:
    return (
        claim.says,
        claim.verdict,
        f"{claim.value:g}",
        spread(claim.found),
        spread(claim.by_cpu),
    )


def trial_sheet(adds: Adds) -> Sheet:
    """Set what the figures about servers rest on, under each load."""
    return Sheet(
        "trials",
        "Beside each other",
        "Beside each other, under several loads",
        "How many times as many requests a second the one answers as the other; the "
        "same for equal processor time; and the lowest and the highest of single "
        "rounds. hello-asgi is the smallest application there is: no routes, no "
        "middleware, and the request is not read." + _yardstick(adds),
        ("what", "connections", "client", "requests", "by processor time", "rounds"),
        tuple(map(_trial_row, adds.beside)),
    )


def _yardstick(adds: Adds) -> str:
    """Return how the choice of baseline changes a share."""
    for trial in adds.beside:
        if trial.above.startswith("raw-asgi "):
            found = trial.rps.median
            return (
                f" raw-asgi, beside which the ladder stands, answers {number(found)} "
                f"times as many requests, and so a share of it is {number(1 / found)} "
                f"times as large."
            )
    return ""


def _trial_row(trial: Beside) -> tuple[str, ...]:
    mark = DISTURBED if trial.disturbed else ""
    return (
        f"{trial.above} / {trial.below}",
        str(trial.connections or NONE),
        trial.client.removeprefix("our "),
        f"{mark}{spread(trial.rps)}",
        f"{mark}{spread(trial.cpu)}",
        f"{number(trial.least)}–{number(trial.most)}",
    )
