"""Does `asgi-compare bench --against` cry wolf? Twenty runs against the one before.

    make prove-bench

The same application on the same server is measured twenty-one times, and each run is
compared with the one before: there is no difference, so each alarm is a false one. At
most one of the twenty may be. Then an application that does more is compared with it,
and must be found slower: an alarm that is never raised would be no help either.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise

from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.experiments.experiment import Observations
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.throughput import Plan, Subject, changes, run

RUNS = 20
ALLOWED = 1
PLAN = Plan(rounds=5, seconds=0.4, connections=8)
NAME = "the same name for both"


def measured(implementation: str) -> Observations:
    """Measure an implementation once."""
    row = IMPLEMENTATIONS[implementation]
    subject = Subject(
        NAME, "uvicorn", row.target, row.interface, HttpLoad(0, "/"), row.app_dir
    )
    return Observations(tuple(run([subject], PLAN)))


def main() -> int:
    """Prove both; return 1 if one does not hold."""
    found = []
    for number in range(RUNS + 1):
        print(f"\rRun {number + 1} of {RUNS + 1}", end="", file=sys.stderr)
        found.append(measured("raw-asgi"))
    print(file=sys.stderr)
    verdicts = Counter(
        change.verdict
        for before, now in pairwise(found)
        for change in changes(before, now)
    )
    alarms = verdicts["slower"] + verdicts["faster"]
    print(f"The same against itself, {RUNS} times: {alarms} alarms, {ALLOWED} allowed.")
    (other,) = changes(found[-1], measured("django-asgi"))
    print(
        f"Django in its place: {other.verdict}, {other.factor.median:.2f} times "
        f"({other.factor.low:.2f} to {other.factor.high:.2f})."
    )
    return int(alarms > ALLOWED or other.verdict != "slower")


if __name__ == "__main__":
    sys.exit(main())
