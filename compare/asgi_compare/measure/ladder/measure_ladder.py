"""Measure every rung in every variant, and put the numbers to the names of the ladder.

`trials` says what is measured on servers besides: applications that wait, before a
crowd, and the two interfaces by hand on one and the same server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.ladder.costs import Comparison, Cost, LadderResult, ServedCost
from asgi_compare.measure.ladder.gains import gains_of
from asgi_compare.measure.ladder.ladder import (
    BASELINE,
    BASELINES,
    RUNGS,
    WAITING,
    absent,
    configurations,
)
from asgi_compare.measure.ladder.rung import VARIANTS, Rung, Variant
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.figures import ratio
from asgi_compare.measure.timing.rounds import Cell, Key
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import (
    CONNECTIONS,
    Effort,
    Progress,
    Result,
    Survey,
    Trial,
)
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

SERVED_VARIANTS = ("async", "sync", "wsgi")
"""Ways that are measured on real servers."""
ENDS = ("urls-1", "startproject")
"""Rungs with native variants when there is little time."""
SERVED_QUICKLY = (*ENDS, "orm-get", "orm-get-kept")
"""Rungs that are measured on servers when there is little time."""

CROWD = 50
"""Clients at once, of what waits."""
THREADS = ("--threads", str(CROWD))
"""For gunicorn: a thread for each client."""
THREADED = "gunicorn-gthread"
WAITERS: tuple[tuple[Key, str, tuple[str, ...], bool], ...] = (
    (("wait", "async"), "uvicorn", (), True),
    (("wait", "sync"), "uvicorn", (), True),
    (("wait", "wsgi"), THREADED, THREADS, True),
    (("wait", "wsgi"), THREADED, (), False),
    (("wait-sync-only", "async"), "uvicorn", (), True),
    (("wait-bare", "async"), "uvicorn", (), False),
    (("wait-bare", "wsgi"), THREADED, THREADS, False),
    (("starlette, waiting", "async"), "uvicorn", (), False),
    (("raw-asgi, waiting", "async"), "uvicorn", (), True),
    (("raw-wsgi, waiting", "wsgi"), THREADED, THREADS, True),
)
"""What waits: application, server, its options, and whether there is always time."""

SPEAK_BOTH = {
    "uvicorn": ("uvicorn", "uvicorn"),
    "hypercorn": ("hypercorn", "hypercorn"),
    "granian": ("granian", "granian-wsgi"),
}
"""Servers that speak both interfaces, and their rows for ASGI and for WSGI."""
HANDMADE: tuple[Key, Key] = (("raw-asgi", "async"), ("raw-wsgi", "wsgi"))

PICTURED: dict[str, Key] = {
    "raw ASGI": ("raw-asgi", "async"),
    "raw WSGI": ("raw-wsgi", "wsgi"),
    "Starlette": ("starlette", "async"),
    "Django, WSGI": ("startproject", "wsgi"),
    "Django, async view on ASGI": ("startproject", "async"),
    "Django, sync view on ASGI": ("startproject", "sync"),
}
"""Whose calls are drawn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    rungs: tuple[Rung, ...] = tuple(RUNGS.values())
    quick: bool = False

    @property
    def effort(self) -> Effort:
        """How much time to spend."""
        return QUICK if self.quick else THOROUGH

    def variants(self, rung: Rung) -> tuple[Variant, ...]:
        """Return the variants in which a rung is measured."""
        every = not self.quick or rung.name in ENDS
        return tuple(each for each in VARIANTS.values() if every or not each.native)

    def is_served(self, rung: str) -> bool:
        """Return whether a rung is measured on real servers."""
        return not rung.startswith("wait") and (
            not self.quick or rung in SERVED_QUICKLY
        )


def plan(names: Sequence[str], *, quick: bool) -> Plan:
    """Make the plan for some rungs, by name."""
    return Plan(tuple(rung for rung in RUNGS.values() if rung.name in names), quick)


def measure_ladder(
    plan: Plan, progress: Progress = lambda stage, done, total: None
) -> LadderResult:
    """Measure everything in the plan."""
    there = [rung for rung in plan.rungs if not absent(rung)]
    steps = [c for rung in there for c in configurations(rung, plan.variants(rung))]
    waits = WAITING if any(rung.name == "wait" for rung in there) else {}
    beside = [*BASELINES.values(), *waits.values()]
    serving = _serving(plan, steps)
    # What is compared goes to servers, and so do the applications beside it.
    compared = trials(plan) if serving or waits else ()
    keys = {(c.name, variant) for c in [*beside, *steps] for variant in c.variants}
    found = survey(
        [*beside, *steps],
        BASELINE,
        serving=serving,
        trials=[each for each in compared if each.key in keys],
        pictured=frozenset(PICTURED.values()),
        effort=plan.effort,
        progress=progress,
    )
    result = LadderResult(
        environment=described(plan),
        ladder=[row(rung, plan) for rung in plan.rungs],
        costs=[
            *(cost for cost in costs(found) if cost.rung not in WAITING),
            *_missing(plan),
        ],
        gains=gains_of(plan.rungs, BEHAVIOURS.values()),
        comparisons=list(comparisons(found)),
        trees={
            title: tree
            for title, key in PICTURED.items()
            if key in found.results and (tree := found.results[key].tree) is not None
        },
        in_process=found.in_process,
        on_servers=found.on_servers,
        interrupted=found.interrupted,
    )
    result.costs.sort(key=_order(plan))
    return result


def trials(plan: Plan) -> Iterator[Trial]:
    """Yield what is compared on servers besides."""
    for key, server, options, always in WAITERS:
        if always or not plan.quick:
            yield Trial("waiting", key, server, CROWD, options)
    for name, rows in SPEAK_BOTH.items():
        # Those of our own two servers are wanted; the others, if they are there.
        if name == "uvicorn" or not any(missing(SERVERS[row]) for row in rows):
            for key, row in zip(HANDMADE, rows, strict=True):
                yield Trial(name, key, row)


def comparisons(found: Survey) -> Iterator[Comparison]:
    """Make a comparison of every trial, with the first of its group."""
    firsts: dict[str, Cell] = {}
    for trial, cell in found.trials.items():
        firsts.setdefault(trial.group, cell)
        threads = f", {trial.options[1]} threads" if trial.options else ""
        row = Comparison(
            trial.group, *trial.key, f"{trial.server}{threads}", trial.connections
        )
        if cell.samples:
            first = [sample["rps"] for sample in firsts[trial.group].samples]
            yield replace(
                row,
                rps=cell.spread("rps"),
                cpu_us=cell.spread("cpu_us"),
                p99_us=cell.spread("p99_us").median,
                threads=round(cell.spread("threads").median),
                memory_kb=round(cell.spread("memory_kb").median),
                times=ratio([sample["rps"] for sample in cell.samples], first),
                disturbed=cell.was_disturbed,
            )
    for trial, why in found.not_tried.items():
        yield Comparison(
            trial.group, *trial.key, trial.server, trial.connections, unsupported=why
        )


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
        about["load"] = (
            f"closed loop by our own client; {CONNECTIONS} connections kept alive, "
            f"{CROWD} for what waits"
        )
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
        not_served=result.not_served,
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
    ours = {(c.name, variant) for c in BASELINES.values() for variant in c.variants}
    ladder = {
        (c.name, variant)
        for c in steps
        for variant in c.variants
        if variant in SERVED_VARIANTS and plan.is_served(c.name)
    }
    return frozenset(ours | ladder) if ladder else frozenset()


def _missing(plan: Plan) -> Iterator[Cost]:
    """Return the cells that cannot be measured, each with its reason."""
    for rung in plan.rungs:
        for variant in plan.variants(rung):
            if why := absent(rung) or rung.cannot.get(variant.name, ""):
                yield Cost(rung.name, variant.name, unsupported=why)


def _order(plan: Plan) -> Callable[[Cost], tuple[int, int]]:
    names = [*BASELINES, *(rung.name for rung in plan.rungs)]
    order = list(VARIANTS)
    return lambda cost: (names.index(cost.rung), order.index(cost.variant))


def row(rung: Rung, plan: Plan) -> dict[str, str]:
    """Describe a rung; it is built on the nearest one below that is in the plan."""
    planned = {each.name for each in plan.rungs}
    above, adds = rung.above, rung.adds
    while above and above not in planned:
        above = RUNGS[above].above
    if above != rung.above:
        adds = f"{adds}; the rungs between are left out" if above else adds
    return {
        "name": rung.name,
        "part": rung.part,
        "adds": adds,
        "above": above,
        "layer": rung.layer,
    }
