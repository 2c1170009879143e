"""The results of the ladder: `Cost`, `Claim`, and `Adds` with all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from asgi_compare.measure.timing.figures import Call, Counts, Spread, Weight
from asgi_compare.measure.timing.rounds import Quality

ClaimVerdict = Literal[
    "reproduced", "in between", "not reproduced", "undecided", "not measured"
]
"""In between: two kinds of load give less and more. Undecided: not reproduced, but by
numbers that were measured in bad company."""


@dataclass(frozen=True, slots=True)
class ServedCost:
    """What a request costs on a real server."""

    server: str
    rps: Spread
    """Requests a second, under a closed loop of a few connections."""
    cpu_us: Spread
    """Processor time of the server for each, in microseconds."""
    p50_us: float
    p99_us: float
    share: Spread
    """Requests a second, as a share of what raw ASGI did in the same rounds."""
    cpu_times: Spread
    """How many times the processor time that raw ASGI took in the same rounds."""
    disturbed: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs on one rung, one way."""

    rung: str
    way: str
    counts: Counts | None = None
    weight: Weight | None = None
    us: Spread | None = None
    """Microseconds in process."""
    cpu_us: Spread | None = None
    """Processor time of the process in process, in microseconds."""
    times: Spread | None = None
    """How many times what raw ASGI took in the same rounds."""
    served: ServedCost | None = None
    disturbed: bool = False
    unsupported: str = ""
    """Why there is nothing to be measured."""


IN_PROCESS = "in process"
"""What stands for a client where there is no server."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Two cells beside each other under the same load, round by round."""

    above: str
    """The rung and the way whose requests are told: `urls-1 async`."""
    below: str
    """Those that they are divided by."""
    connections: int
    """0 in process."""
    client: str
    """What put the load on them."""
    rps: Spread
    """How many times as many requests a second."""
    cpu: Spread
    """How many times as many requests for the same processor time."""
    least: float
    """The lowest ratio of requests a second in any round."""
    most: float
    """The highest."""
    disturbed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that was measured by hand once, and what came out this time."""

    says: str
    value: float
    """The figure."""
    found: Spread | None
    verdict: ClaimVerdict
    by_cpu: Spread | None = None
    """The same by processor time, where it is one of requests a second: the sturdier
    number on a machine with company."""
    note: str = ""
    why: str = ""
    """Under which load it came out, or what was measured that makes it differ."""


@dataclass(slots=True)
class Adds:
    """Everything that one climb found out."""

    environment: dict[str, object] = field(default_factory=dict)
    ladder: list[dict[str, str]] = field(default_factory=list)
    """For each rung: name, part, adds, above, layer."""
    costs: list[Cost] = field(default_factory=list)
    buys: dict[str, list[str]] = field(default_factory=dict)
    """For each rung, the names of the behaviours that its layer causes."""
    claims: list[Claim] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    """What the claims about servers rest on, under several loads."""
    trees: dict[str, Call] = field(default_factory=dict)
    """The calls of one request, by what is pictured."""
    in_process: Quality = field(default_factory=Quality)
    on_servers: Quality = field(default_factory=Quality)
    interrupted: bool = False

    def cost(self, rung: str, way: str) -> Cost | None:
        """Return one cost; None if there is none."""
        for cost in self.costs:
            if cost.rung == rung and cost.way == way:
                return cost
        return None

    def below(self, cost: Cost) -> Cost | None:
        """Return the cost of the rung that this one stands above, the same way."""
        for rung in self.ladder:
            if rung["name"] == cost.rung:
                return self.cost(rung["above"], cost.way)
        return None

    def of_way(self, way: str) -> Iterator[Cost]:
        """Return the costs of one way, from the bottom up."""
        return (cost for cost in self.costs if cost.way == way)
