"""Requests a second of applications on servers, side by side: what `bench` measures.

All of them run at the same time, and are under load by turns: A B C, C B A, A B C. So
whatever changes slowly meets all alike. One of them is the limit, a protocol that
parses requests and does nothing else. Each rate is also a share of the limit's in the
same round, and what slows a whole round falls out.

Two runs are compared by these shares, since the machine may be another one, or have
other work to do. A change is one only if the two intervals are further apart than
`TOLERANCE`: an alarm that is raised for nothing is soon ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.measure.experiments.bench import (
    CPU,
    P50,
    P99,
    REQUESTS,
    Listening,
    client,
    listen,
    serve,
    under_load,
)
from asgi_compare.measure.experiments.experiment import (
    Observation,
    Observations,
    in_round,
)
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.load.statistics import Interval, ratio
from asgi_compare.model.transcript import Interface

VERSION = 1
"""The version of what is written. It changes when a field does."""
LIMIT = "the limit"
BARE_SERVER = "asgi_compare.measure.load.bare_server"
"""The module of the server that is the limit. It needs httptools."""
TOLERANCE = 0.1
"""How far two intervals must be apart, as a share, to be a change."""
WARM_UP = 0.3
"""Seconds of load that each has before anything is measured."""
Verdict = Literal["slower", "faster", "no change"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One application on one server, and what it is asked for."""

    name: str
    """Under which its figures stand; another run is compared by it."""
    server: str
    target: str
    interface: Interface
    request: HttpLoad
    """Without its port."""
    app_dir: str = str(APPLICATIONS)
    factory: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int = 7
    seconds: float = 1.0
    """Of load, for each in each round."""
    connections: int = 16


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one subject."""

    name: str
    rate: Interval
    share: Interval
    """Of the limit's rate."""
    p50: Interval
    p99: Interval
    cpu: Interval
    failed: Mapping[str, int]
    """How many requests were not answered with 200, by what came instead."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one subject since another run."""

    name: str
    factor: Interval
    """The share of the limit now, by what it was."""

    @property
    def verdict(self) -> Verdict:
        """Return what can be said of it."""
        if self.factor.high < 1 - TOLERANCE:
            return "slower"
        return "faster" if self.factor.low > 1 + TOLERANCE else "no change"


def run(subjects: Sequence[Subject], plan: Plan) -> Iterator[Observation]:
    """Put all of them under load by turns; raise ServerError if one does not start."""
    turns: list[tuple[str, Listening, HttpLoad]] = []

    def add(name: str, server: Listening, request: HttpLoad) -> None:
        job = replace(
            request,
            port=server.port,
            seconds=plan.seconds,
            connections=plan.connections,
        )
        turns.append((name, server, job))

    with ExitStack() as stack:
        load = stack.enter_context(client())
        add(LIMIT, stack.enter_context(listen(BARE_SERVER)), HttpLoad(0))
        for subject in subjects:
            server = serve(
                subject.target,
                subject.server,
                interface=subject.interface,
                app_dir=subject.app_dir,
                factory=subject.factory,
            )
            add(subject.name, stack.enter_context(server), subject.request)
        for _, _, job in turns:
            load.put(replace(job, seconds=WARM_UP))
        for number in range(plan.rounds):
            for name, serving, job in turns if number % 2 == 0 else reversed(turns):
                rows = under_load(serving, load, job, {"by": name})
                yield from in_round(number, rows)


def rows(found: Observations) -> list[Row]:
    """Return what came of each subject, the limit first."""
    return [row for name in found.cases("by") if (row := _row(found, name))]


def _row(found: Observations, name: str) -> Row | None:
    measured = [found.interval(each, by=name) for each in (REQUESTS, P50, P99, CPU)]
    rate, p50, p99, cpu = measured
    if rate is None or p50 is None or p99 is None or cpu is None:
        return None
    failed: dict[str, int] = {}
    for each in found.rows:
        kind = each.measure.removeprefix("failed: ")
        if kind != each.measure and each.case["by"] == name:
            failed[kind] = failed.get(kind, 0) + round(each.value)
    return Row(name, rate, share(found, name), p50, p99, cpu, failed)


def share(found: Observations, name: str) -> Interval:
    """Return a subject's rate by the limit's, round by round."""
    return ratio(found.values(REQUESTS, by=name), found.values(REQUESTS, by=LIMIT))


def changes(before: Observations, now: Observations) -> list[Change]:
    """Compare those that both runs have, and whose requests were answered in both."""
    return [
        Change(name, _factor(share(now, name), share(before, name)))
        for name in now.cases("by")
        if name != LIMIT and min(_rates(now, name) + _rates(before, name))
    ]


def _rates(found: Observations, name: str) -> list[float]:
    """Return the rates of a subject and of the limit; a zero if there is none."""
    rates = [found.values(REQUESTS, by=each) for each in (name, LIMIT)]
    return [*rates[0], *rates[1]] if all(rates) else [0.0]


def _factor(now: Interval, before: Interval) -> Interval:
    """Divide two intervals; the ends are as far apart as they can be."""
    return Interval(
        now.median / before.median,
        now.low / before.high,
        now.high / before.low,
        min(now.n, before.n),
    )


def strangers(found: Observations) -> float:
    """Return how many cores others used meanwhile, in the mean."""
    return sum(row.foreign for row in found.rows) / max(len(found.rows), 1)


def to_json(found: Observations, environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run as plain data."""
    return {
        "version": VERSION,
        "environment": dict(environment),
        "observations": [asdict(row) for row in found.rows],
    }


def from_json(data: Any) -> Observations:
    """Return the observations of a run; raise ValueError if it is none."""
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError("expected what `asgi-compare bench --json` writes")
    try:
        found = [Observation(**row) for row in data["observations"]]
        return Observations(tuple(replace(r, value=float(r.value)) for r in found))
    except (KeyError, TypeError) as error:
        raise ValueError(f"expected a whole run, but got {error!r}") from error
