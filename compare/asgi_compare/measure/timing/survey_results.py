"""How much `Effort`, a `Job`, and what came of it.

With them a few words that both of its halves need, `in_process.py` and
`on_servers.py`. This module measures nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.figures import Call, Counts, Weight
from asgi_compare.measure.timing.machine import places
from asgi_compare.measure.timing.rounds import Cell, Key, Quality
from asgi_compare.measure.timing.worker import Unmeasured, Worker

T = TypeVar("T")
CONNECTIONS = 8
"""How many connections the load comes by, if nothing else is said."""
Progress = Callable[[str, int, int], None]
"""Told what is done at the moment, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time to spend."""

    rounds: int = 12
    batch: float = 0.02
    """Seconds that a cell is measured in each round, in process."""
    served_rounds: int = 5
    burst: float = 0.12
    """Seconds of load on a server in each round."""
    settle: float = 0.05
    """Seconds in which a variant warms up."""
    tries: int = 3
    patience: float = 20.0
    """Seconds beyond those that are needed which may go into measuring again."""
    ends: tuple[float, float] = (75.0, 150.0)
    """Seconds from the beginning after which nothing is measured a second time: in
    process, and on servers. On a busy machine there are fewer rounds then."""
    cores: tuple[int | None, int | None] = field(default_factory=places)
    """Where what is measured runs, and where its client does."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One of the variants on a server of our choice, under a load of our choice."""

    group: str
    """Those of one group are measured in the same rounds, and compared."""
    key: Key
    server: str
    connections: int = CONNECTIONS
    options: tuple[str, ...] = ()
    """More words for the server's command line."""


@dataclass(slots=True)
class Result:
    """What came of one variant into one configuration."""

    key: Key
    counts: Counts | None = None
    weight: Weight | None = None
    tree: Call | None = None
    in_process: Cell | None = None
    served: Cell | None = None
    server: str = ""
    not_served: str = ""
    """Why it was not measured on a server, though it was to be."""
    unsupported: str = ""
    """Why there is nothing to be measured."""


@dataclass(slots=True)
class Survey:
    """Everything that came of it."""

    results: dict[Key, Result] = field(default_factory=dict)
    trials: dict[Trial, Cell] = field(default_factory=dict)
    not_tried: dict[Trial, str] = field(default_factory=dict)
    """Trials that could not be measured, each with the reason."""
    in_process: Quality = field(default_factory=Quality)
    on_servers: Quality = field(default_factory=Quality)
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be measured, and where it is written down."""

    configurations: Sequence[Configuration]
    baseline: Key
    serving: Collection[Key]
    """What is to be measured on servers."""
    trials: Sequence[Trial]
    """What is to be measured on other servers or under other loads as well."""
    pictured: Collection[Key]
    """What the tree of calls is wanted of."""
    effort: Effort
    accepts: Callable[[int], bool]
    """Which statuses are answers that can be measured."""
    progress: Progress
    began: float
    found: Survey
    started: Mapping[str, Worker] = field(default_factory=dict)
    """Processes of configurations that are there already; they are closed with ours."""

    def end(self, stage: int) -> float:
        """Return the monotonic second after which a stage goes round no more."""
        return self.began + self.effort.ends[stage]

    def until(self, stage: int, seconds: float) -> float:
        """Return the monotonic second at which patience ends with a stage that takes so
        many seconds if nothing is measured again."""
        patient = time.monotonic() + seconds + self.effort.patience
        return min(patient, self.end(stage))

    def need(self, takes: Mapping[Key, object]) -> None:
        """See that the baseline can be measured; raises `Unmeasured` if not."""
        if self.baseline not in takes:
            raise Unmeasured(
                f"Expected to measure {self.baseline[0]!r}, beside which all others "
                f"are measured, but it could not be; see that it can be imported."
            )


class Steps:
    """How far a stage has come."""

    def __init__(self, stage: str, total: int, progress: Progress) -> None:
        self.stage, self.total, self._progress = stage, total, progress
        self._done = 0
        progress(stage, 0, total)

    def done(self) -> None:
        """Note that one more step is done."""
        self._done += 1
        self._progress(self.stage, self._done, self.total)


def keys(configuration: Configuration) -> list[Key]:
    """Return the keys of all variants into a configuration."""
    return [(configuration.name, variant) for variant in configuration.variants]


def side_by_side(act: Callable[[T], object], things: Iterable[T]) -> None:
    """Do the same to all of them, as many at a time as there are cores."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        try:
            for done in [threads.submit(act, thing) for thing in things]:
                done.result()
        except BaseException:  # Ctrl-C: what has not begun need not begin
            threads.shutdown(wait=False, cancel_futures=True)
            raise
