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

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.servers.process import Process, inherited, wait_until
from asgi_compare.drive.servers.supervisor import ServerError, free_port, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.measure.experiments.bench import (
    CPU,
    P50,
    P99,
    REQUESTS,
    Listening,
    Serving,
    client,
    under_load,
)
from asgi_compare.measure.experiments.experiment import (
    Observation,
    Observations,
    in_round,
)
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.load.statistics import Interval, ratio
from asgi_compare.measure.timing.machine import pin, places, session_pids
from asgi_compare.model.transcript import Interface

LIMIT = "the limit"
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
    with ExitStack() as stack:
        load = stack.enter_context(client())
        running: dict[str, tuple[Listening, HttpLoad]] = {
            LIMIT: (stack.enter_context(_limit()), HttpLoad(0))
        }
        for subject in subjects:
            serving = stack.enter_context(_served(subject))
            running[subject.name] = (serving, subject.request)
        for listening, request in running.values():
            load.put(_load(listening.port, request, WARM_UP, plan))
        for number in range(plan.rounds):
            names = list(running)
            for name in names if number % 2 == 0 else reversed(names):
                listening, request = running[name]
                job = _load(listening.port, request, plan.seconds, plan)
                yield from in_round(
                    number, under_load(listening, load, job, {"by": name})
                )


def _load(port: int, request: HttpLoad, seconds: float, plan: Plan) -> HttpLoad:
    return HttpLoad(
        port,
        request.target,
        seconds,
        plan.connections,
        method=request.method,
        headers=request.headers,
        body=request.body,
    )


@contextmanager
def _limit() -> Iterator[Listening]:
    port = free_port()
    module = "asgi_compare.measure.load.bare_server"
    process = Process([sys.executable, "-P", "-m", module, str(port)], inherited())
    try:
        if not wait_until(lambda: "Serving" in "".join(process.log.tail()), 10.0):
            raise ServerError("The server of the limit did not start within 10 s.")
        pin(session_pids([process.group]), places()[0])
        yield Listening(port, process.group)
    finally:
        process.stop(0.0)


@contextmanager
def _served(subject: Subject) -> Iterator[Serving]:
    with start(
        SERVERS[subject.server],
        subject.target,
        interface=subject.interface,
        app_dir=subject.app_dir,
        factory=subject.factory,
        deadline=20.0,
        grace=0.5,
    ) as running:
        serving = Serving.of(running)
        pin(serving.pids(), places()[0])
        yield serving


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
    """Compare those that both runs have."""
    there = set(before.cases("by"))
    return [
        Change(name, _factor(share(now, name), share(before, name)))
        for name in now.cases("by")
        if name != LIMIT and name in there
    ]


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
        "version": 1,
        "environment": dict(environment),
        "observations": [
            {
                "by": row.case["by"],
                "measure": row.measure,
                "value": row.value,
                "unit": row.unit,
                "round": row.round,
                "foreign": row.foreign,
            }
            for row in found.rows
        ],
    }


def from_json(data: Any) -> Observations:
    """Return the observations of a run; raise ValueError if it is none."""
    if not isinstance(data, dict) or data.get("version") != 1:
        raise ValueError("expected what `asgi-compare bench --json` writes")
    try:
        return Observations(tuple(_observations(data["observations"])))
    except (KeyError, TypeError) as error:
        raise ValueError(f"expected a whole run, but got {error!r}") from error


def _observations(listed: Iterable[Mapping[str, Any]]) -> Iterator[Observation]:
    for row in listed:
        yield Observation(
            row["measure"],
            float(row["value"]),
            row["unit"],
            {"by": row["by"]},
            row["round"],
            foreign=row["foreign"],
        )
