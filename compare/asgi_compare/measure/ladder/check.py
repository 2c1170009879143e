"""Is a climb that was written down still true?

    python -m asgi_compare.measure.ladder.check write FILE   climb, and write
    python -m asgi_compare.measure.ladder.check check FILE   again, and compare

What was counted must be the same: status, hops, threads, tasks, queries. What was timed
must agree as far as it can be told: the two spreads of a ratio, each widened by
`TOLERANCE`, must overlap. A ratio that was measured in bad company, then or now, tells
nothing, and is left out; how many are so now is said.

The documentation shows what is written down, so this is how it is checked. The trees of
calls are not written: no document shows them, and they are large.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import Adds, Cost
from asgi_compare.measure.ladder.ladder import RUNGS
from asgi_compare.measure.ladder.measure_ladder import climb, plan
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.model.serialization.codec import dumps

EXACT = ("status", "hops", "hops_back", "threads", "tasks", "queries")
"""What has to be the same. Calls of functions vary with how threads take turns."""
TOLERANCE = 0.25
"""How far a spread is widened: a ratio is another one on another machine."""

Climb = Callable[[bool], Adds]


def problems(written: Adds, fresh: Adds) -> Iterator[str]:
    """Say in a sentence each where a fresh climb is not as it was written down."""
    for cost in fresh.costs:
        before = written.cost(cost.rung, cost.way)
        if before is None:
            yield f"Expected {cost.rung} {cost.way} to be written down, but it is not."
        else:
            yield from _counts(before, cost)
            yield from _ratios(before, cost)


def _counts(before: Cost, now: Cost) -> Iterator[str]:
    if before.counts is None or now.counts is None:
        return
    for what in EXACT:
        was, is_now = getattr(before.counts, what), getattr(now.counts, what)
        if was != is_now:
            name = f"{now.rung} {now.way}"
            yield f"Expected {was} {what} of {name}, but got {is_now}."


def _ratios(before: Cost, now: Cost) -> Iterator[str]:
    name = f"{now.rung} {now.way}"
    if not (before.disturbed or now.disturbed):
        yield from _ratio(f"{name} in process", before.times, now.times)
    if not (before.served and now.served):
        return
    if not (before.served.disturbed or now.served.disturbed):
        what = f"processor time of {name} on {now.served.server}"
        yield from _ratio(what, before.served.cpu_times, now.served.cpu_times)


def _ratio(what: str, before: Spread | None, now: Spread | None) -> Iterator[str]:
    if before is None or now is None:
        return
    if not overlap(before, now):
        yield (
            f"Expected {what} at {before.median:.3g} times raw ASGI "
            f"({before.low:.3g} to {before.high:.3g}), but got {now.median:.3g} "
            f"({now.low:.3g} to {now.high:.3g})."
        )


def overlap(one: Spread, other: Spread) -> bool:
    """Return whether two spreads have anything in common, generously."""
    wide, narrow = 1 + TOLERANCE, 1 - TOLERANCE
    return (
        one.low * narrow <= other.high * wide and other.low * narrow <= one.high * wide
    )


def ratios(fresh: Adds) -> int:
    """Count the ratios that there are."""
    return sum(
        (cost.times is not None) + (cost.served is not None) for cost in fresh.costs
    )


def unknown(fresh: Adds) -> int:
    """Count the ratios that tell nothing this time."""
    return sum(
        (cost.times is not None and cost.disturbed)
        + (cost.served is not None and cost.served.disturbed)
        for cost in fresh.costs
    )


def all_rungs(quick: bool) -> Adds:
    """Climb; quickly, or thoroughly."""
    names = [name for name, rung in RUNGS.items() if rung.quick or not quick]
    return climb(plan(names, quick=quick))


def main(arguments: list[str], climb: Climb = all_rungs) -> int:
    """Write or check; the exit code is 1 if something is not as it was."""
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        print("Expected 'write FILE' or 'check FILE'.", file=sys.stderr)
        return 2
    path = Path(arguments[1])
    if arguments[0] == "write":
        adds = climb(False)
        adds.trees = {}
        path.write_text(dumps(store.to_json(adds)) + "\n", "utf-8")
        print(f"{unknown(adds)} of {ratios(adds)} ratios were measured in bad company.")
        return 0
    fresh = climb(True)
    found = list(problems(store.from_json(json.loads(path.read_text("utf-8"))), fresh))
    for problem in found:
        print(problem)
    print(
        f"{len(found)} problems; {unknown(fresh)} of {ratios(fresh)} ratios were "
        f"measured in bad company."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
