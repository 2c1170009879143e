"""The results of the ladder: a `Cost`, a `Comparison`, and `LadderResult` with all."""

from __future__ import annotations

from dataclasses import dataclass, field

from asgi_compare.measure.timing.figures import Call, Counts, Spread, Weight
from asgi_compare.measure.timing.rounds import Quality


@dataclass(frozen=True, slots=True)
class ServedCost:
    """What a request costs on a real server."""

    server: str
    rps: Spread
    """Requests a second, under a closed loop of a few connections."""
    cpu_us: Spread
    """CPU time of the server for each, in microseconds."""
    p50_us: float
    p99_us: float
    share: Spread
    """Requests a second, as a share of what raw ASGI did in the same rounds."""
    cpu_times: Spread
    """How many times the CPU time that raw ASGI took in the same rounds."""
    disturbed: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs on one rung, in one variant."""

    rung: str
    variant: str
    counts: Counts | None = None
    weight: Weight | None = None
    us: Spread | None = None
    """Microseconds in process."""
    cpu_us: Spread | None = None
    """CPU time of the process, in process, in microseconds."""
    times: Spread | None = None
    """How many times what raw ASGI took in the same rounds."""
    served: ServedCost | None = None
    not_served: str = ""
    """Why it was not measured on a server, though it was to be."""
    disturbed: bool = False
    unsupported: str = ""
    """Why there is nothing to be measured."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One application among those of its group: the same load, in the same rounds."""

    group: str
    rung: str
    variant: str
    server: str
    connections: int
    rps: Spread | None = None
    cpu_us: Spread | None = None
    p99_us: float = 0.0
    threads: int = 0
    """Of the server, while the load is on."""
    memory_kb: int = 0
    times: Spread | None = None
    """How many times the requests a second of the first of its group."""
    disturbed: bool = False
    unsupported: str = ""


@dataclass(frozen=True, slots=True)
class Middleware:
    """One middleware of a user's project."""

    path: str
    sync_only: bool = False
    unused: str = ""
    """Why Django leaves it out: it raised MiddlewareNotUsed."""
    needed: str = ""
    """Why it was not taken away: without it, the answer is another one."""


@dataclass(frozen=True, slots=True)
class Project:
    """What was found out about a user's own project."""

    settings: str
    request: str
    """What it was asked for: `POST /orders/`."""
    entries: dict[str, str] = field(default_factory=dict)
    """The application of each interface, and where it comes from."""
    debug: bool = False
    services: str = ""
    """Which database and cache it had."""
    middleware: list[Middleware] = field(default_factory=list)
    login: str = ""


@dataclass(frozen=True, slots=True)
class VersionCounts:
    """What was counted with other versions than those of the environment."""

    python: str
    django: str
    asgiref: str
    rung: str
    hops: int
    threads: int
    tasks: int


@dataclass(slots=True)
class LadderResult:
    """Everything that one measuring found out."""

    environment: dict[str, object] = field(default_factory=dict)
    ladder: list[dict[str, str]] = field(default_factory=list)
    """For each rung: name, part, adds, above, layer."""
    costs: list[Cost] = field(default_factory=list)
    gains: dict[str, list[str]] = field(default_factory=dict)
    """For each rung, the names of the behaviours that its layer causes."""
    comparisons: list[Comparison] = field(default_factory=list)
    by_version: list[VersionCounts] = field(default_factory=list)
    project: Project | None = None
    trees: dict[str, Call] = field(default_factory=dict)
    """The calls of one request, by what is pictured."""
    in_process: Quality = field(default_factory=Quality)
    on_servers: Quality = field(default_factory=Quality)
    interrupted: bool = False

    def cost(self, rung: str, variant: str) -> Cost | None:
        """Return one cost; None if there is none."""
        for cost in self.costs:
            if cost.rung == rung and cost.variant == variant:
                return cost
        return None

    def below(self, cost: Cost) -> Cost | None:
        """Return the cost of the nearest rung below that was measured as well.

        None if there is none, or if the two give different answers: the difference of a
        page and an error page is no price.
        """
        above = {rung["name"]: rung["above"] for rung in self.ladder}
        name = above.get(cost.rung, "")
        while name:
            found = self.cost(name, cost.variant)
            if found is not None and found.counts and not found.unsupported:
                same = cost.counts and cost.counts.status == found.counts.status
                return found if same else None
            name = above.get(name, "")
        return None

    def group(self, name: str) -> list[Comparison]:
        """Return the comparisons of one group, in order."""
        return [each for each in self.comparisons if each.group == name]
