"""Is a result that was written down still true?

    python -m asgi_compare.measure.ladder.check write FILE   measure, and write
    python -m asgi_compare.measure.ladder.check check FILE   again, and compare

What was counted must be the same: status, hops, threads, tasks, queries. What was timed
must agree as far as it can be told: the two spreads of a ratio, each widened by
`TOLERANCE`, must overlap. A ratio that was measured while the machine was not quiet,
then or now, says nothing, and is left out; how many are so now is printed.

The documentation shows what is written down, so this is how it is checked. Two things
are not measured here: the trees of calls, which no document shows, are not written; and
what was counted with other versions (`tools/ladder_versions.py`) is kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import Cost, LadderResult
from asgi_compare.measure.ladder.ladder import RUNGS
from asgi_compare.measure.ladder.measure_ladder import measure_ladder, plan
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.model.serialization.codec import dumps

EXACT = ("status", "hops", "hops_back", "threads", "tasks", "queries")
"""What has to be the same. Calls of functions vary with how threads take turns."""
TOLERANCE = 0.25
"""How far a spread is widened: a ratio is another one on another machine."""

Measure = Callable[[bool], LadderResult]


def problems(written: LadderResult, fresh: LadderResult) -> Iterator[str]:
    """Yield a sentence wherever a fresh result is not as it was written down."""
    for cost in fresh.costs:
        before = written.cost(cost.rung, cost.variant)
        if before is None:
            name = f"{cost.rung} {cost.variant}"
            yield f"Expected {name} to be written down, but it is not."
        else:
            yield from _counts(before, cost)
            yield from _ratios(before, cost)


def _counts(before: Cost, now: Cost) -> Iterator[str]:
    if before.counts is None or now.counts is None:
        return
    for what in EXACT:
        was, is_now = getattr(before.counts, what), getattr(now.counts, what)
        if was != is_now:
            name = f"{now.rung} {now.variant}"
            yield f"Expected {was} {what} of {name}, but got {is_now}."


def _ratios(before: Cost, now: Cost) -> Iterator[str]:
    name = f"{now.rung} {now.variant}"
    if not (before.disturbed or now.disturbed):
        yield from _ratio(f"{name} in process", before.times, now.times)
    if not (before.served and now.served):
        return
    if not (before.served.disturbed or now.served.disturbed):
        what = f"CPU time of {name} on {now.served.server}"
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


def ratios(fresh: LadderResult) -> int:
    """Count the ratios that there are."""
    return sum(
        (cost.times is not None) + (cost.served is not None) for cost in fresh.costs
    )


def unknown(fresh: LadderResult) -> int:
    """Count the ratios that say nothing this time."""
    return sum(
        (cost.times is not None and cost.disturbed)
        + (cost.served is not None and cost.served.disturbed)
        for cost in fresh.costs
    )


def all_rungs(quick: bool) -> LadderResult:
    """Measure the ladder; quickly, or thoroughly."""
    names = [name for name, rung in RUNGS.items() if rung.quick or not quick]
    return measure_ladder(plan(names, quick=quick))


def read(path: Path) -> LadderResult:
    """Read a result that was written down."""
    return store.from_json(json.loads(path.read_text("utf-8")))


def write(path: Path, result: LadderResult) -> None:
    """Write a result down, without the trees of calls."""
    result.trees = {}
    path.write_text(dumps(store.to_json(result)) + "\n", "utf-8")


def main(arguments: list[str], measure: Measure = all_rungs) -> int:
    """Write or check; the exit code is 1 if something is not as it was."""
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        print("Expected 'write FILE' or 'check FILE'.", file=sys.stderr)
        return 2
    path = Path(arguments[1])
    if arguments[0] == "write":
        result = measure(False)
        with suppress(OSError, ValueError):  # nothing to be kept
            result.by_version = read(path).by_version
        write(path, result)
        print(f"{_not_quiet(result)} while the machine was not quiet.")
        return 0
    fresh = measure(True)
    found = list(problems(read(path), fresh))
    for problem in found:
        print(problem)
    print(
        f"{len(found)} problems; {_not_quiet(fresh)} while the machine was not quiet."
    )
    return 1 if found else 0


def _not_quiet(result: LadderResult) -> str:
    return f"{unknown(result)} of {ratios(result)} ratios were measured"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
