"""Climb the ladder: measure every rung every way, and say what came of it.

This module knows the ladder and `asgi_compare.measure.timing`, and puts the numbers of
the one to the names of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.ladder.claims import claims
from asgi_compare.measure.ladder.costs import Adds, Cost, ServedCost
from asgi_compare.measure.ladder.gains import buys
from asgi_compare.measure.ladder.ladder import (
    BASELINES,
    RUNGS,
    YARDSTICK,
    absent,
    configurations,
)
from asgi_compare.measure.ladder.rung import WAYS, Rung, Way
from asgi_compare.measure.ladder.trials import beside, crowds
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.rounds import Cell, Key
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import Effort, Progress, Result, Survey
from asgi_compare.model.environment import environment, versions

THOROUGH = Effort()
QUICK = Effort(
    rounds=4,
    batch=0.01,
    served_rounds=3,
    burst=0.1,
    settle=0.02,
    tries=2,
    patience=2.0,
    ends=(9.0, 17.0),
)

SERVED_WAYS = ("async", "sync", "wsgi")
"""Ways that are measured on real servers."""
ENDS = ("urls-1", "startproject")
"""The two ends of the stairs. When there is little time, servers and the ways without
hops are for them alone."""

PICTURED: dict[str, Key] = {
    "raw ASGI": ("raw-asgi", "async"),
    "raw WSGI": ("raw-wsgi", "wsgi"),
    "Starlette": ("starlette", "async"),
    "Django, WSGI": ("startproject", "wsgi"),
    "Django, async view on ASGI": ("startproject", "async"),
    "Django, sync view on ASGI": ("startproject", "sync"),
}
"""Whose way through the code is drawn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to climb."""

    rungs: tuple[Rung, ...] = tuple(RUNGS.values())
    quick: bool = False

    @property
    def effort(self) -> Effort:
        """How much time to spend."""
        return QUICK if self.quick else THOROUGH

    def ways(self, rung: Rung) -> tuple[Way, ...]:
        """Return the ways in which a rung is measured."""
        every = not self.quick or rung.name in ENDS
        return tuple(way for way in WAYS.values() if every or not way.native)

    def is_served(self, rung: str) -> bool:
        """Return whether a rung is measured on real servers."""
        return not self.quick or rung in ENDS


def plan(names: Sequence[str], *, quick: bool) -> Plan:
    """Make the plan for some rungs, by name."""
    return Plan(tuple(rung for rung in RUNGS.values() if rung.name in names), quick)


def climb(plan: Plan, progress: Progress = lambda stage, done, total: None) -> Adds:
    """Measure everything in the plan."""
    there = [rung for rung in plan.rungs if not absent(rung)]
    steps = [each for rung in there for each in configurations(rung, plan.ways(rung))]
    serving = _serving(plan, steps)
    found = survey(
        [*BASELINES.values(), *steps],
        YARDSTICK,
        serving=serving,
        crowds=[] if plan.quick else crowds(serving),
        pictured=frozenset(PICTURED.values()),
        effort=plan.effort,
        progress=progress,
    )
    adds = Adds(
        environment=described(plan),
        ladder=[_row(rung) for rung in plan.rungs],
        costs=[*costs(found), *_missing(plan)],
        buys=buys(plan.rungs, BEHAVIOURS.values()),
        beside=list(beside(found)),
        trees={
            title: tree
            for title, key in PICTURED.items()
            if key in found.results and (tree := found.results[key].tree) is not None
        },
        in_process=found.in_process,
        on_servers=found.on_servers,
        interrupted=found.interrupted,
    )
    adds.costs.sort(key=_order(plan))
    adds.claims = claims(adds)
    return adds


def described(plan: Plan | None = None) -> dict[str, object]:
    """Describe the machine, the versions and the effort."""
    about = environment()
    found = about["versions"]
    assert isinstance(found, dict)
    found |= versions(("whitenoise", "django-cors-headers", "django-htmx"))
    if plan is not None:
        effort = plan.effort
        about["effort"] = (
            f"{effort.rounds} rounds of {effort.batch * 1e3:g} ms in process, "
            f"{effort.served_rounds} of {effort.burst * 1e3:g} ms on servers"
        )
        about["cores used"] = [core for core in effort.cores if core is not None]
        about["load"] = "closed loop, 8 connections kept alive, our own client"
    return about


def costs(found: Survey) -> Iterator[Cost]:
    """Make a cost of every result."""
    for result in found.results.values():
        yield _cost(result)


def _cost(result: Result) -> Cost:
    cost = Cost(
        *result.key,
        counts=result.counts,
        weight=result.weight,
        unsupported=result.unsupported,
        served=_served(result.served, result.server),
    )
    cell = result.in_process
    if cell is None or not cell.samples:
        return cost
    return replace(
        cost,
        us=cell.spread("us"),
        cpu_us=cell.spread("cpu_us"),
        times=cell.ratio("us"),
        disturbed=cell.was_disturbed,
    )


def _served(cell: Cell | None, server: str) -> ServedCost | None:
    if cell is None or not cell.samples:
        return None
    return ServedCost(
        server,
        cell.spread("rps"),
        cell.spread("cpu_us"),
        cell.spread("p50_us").median,
        cell.spread("p99_us").median,
        cell.ratio("rps"),
        cell.ratio("cpu_us"),
        cell.was_disturbed,
    )


def _serving(plan: Plan, steps: Sequence[Configuration]) -> frozenset[Key]:
    ours = {(c.name, way) for c in BASELINES.values() for way in c.ways}
    ladder = {
        (c.name, way)
        for c in steps
        for way in c.ways
        if way in SERVED_WAYS and plan.is_served(c.name)
    }
    return frozenset(ours | ladder) if ladder else frozenset()


def _missing(plan: Plan) -> Iterator[Cost]:
    """Return the cells that cannot be had, each with its reason."""
    for rung in plan.rungs:
        for way in plan.ways(rung):
            if why := absent(rung) or rung.cannot.get(way.name, ""):
                yield Cost(rung.name, way.name, unsupported=why)


def _order(plan: Plan) -> Callable[[Cost], tuple[int, int]]:
    names = [*BASELINES, *(rung.name for rung in plan.rungs)]
    ways = list(WAYS)
    return lambda cost: (names.index(cost.rung), ways.index(cost.way))


def _row(rung: Rung) -> dict[str, str]:
    return {
        "name": rung.name,
        "part": rung.part,
        "adds": rung.adds,
        "above": rung.above,
        "layer": rung.layer,
    }
