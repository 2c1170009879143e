"""In which order to measure, and which of it to throw away.

A machine is never alone with us for long, and it has moods. So nothing is measured for
long and then done with. Everything is measured a little, in turn (A B C, A B C, ...),
so that a mood meets all alike; and in every block of some cells a baseline is measured
before and after them:

    block   base base | A B C D E F | base base

What is told of a cell is its ratio to the baseline of its own block. A block is thrown
away and measured again if its baselines vary by more than 5 % (coefficient of
variation), or if strangers used more than a tenth of a core meanwhile. That is tried a
few times, as long as there is time; then the quietest try is kept, and the cells say
that they were disturbed.

A cell that fails is left out from then on, and says why; what is known of it counts no
more, since it may be the price of something else. If the baseline fails, all is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from asgi_compare.measure.timing.figures import Spread, ratio
from asgi_compare.measure.timing.machine import FOREIGN_LIMIT, Foreign
from asgi_compare.measure.timing.worker import Unmeasured

Sample = Mapping[str, float]
"""What one measurement of a cell gave, by name."""
Take = Callable[[], Sample]
Key = tuple[str, str]
"""A configuration, and a variant into it."""

VARIATION_LIMIT = 0.05
BLOCK = 10
"""Cells in a block."""


@dataclass(slots=True)
class Cell:
    """One thing that is measured, and what has come of it so far."""

    key: Key
    take: Take
    samples: list[Sample] = field(default_factory=list)
    baselines: list[Sample] = field(default_factory=list)
    """The mean of the baselines around each sample."""
    disturbed: int = 0
    """How many of the samples are from a block that was disturbed to the end."""
    failure: str = ""
    """Why it could not be measured once."""

    def tried(self) -> Sample | None:
        """Measure it; return nothing if that fails, or ever has."""
        if not self.failure:
            try:
                return self.take()
            except Unmeasured as why:
                self.failure = str(why)
        return None

    def spread(self, name: str) -> Spread:
        """Return the spread of one of the numbers."""
        return Spread.of([sample[name] for sample in self.samples])

    def ratio(self, name: str) -> Spread:
        """Return its ratio to the baseline, round by round."""
        return ratio(
            [sample[name] for sample in self.samples],
            [sample[name] for sample in self.baselines],
        )

    @property
    def was_disturbed(self) -> bool:
        """Return whether most of its samples are noisy."""
        return self.disturbed * 2 > len(self.samples)


@dataclass(slots=True)
class Quality:
    """How quiet it was."""

    blocks: int = 0
    rejected: int = 0
    """Blocks that were thrown away and measured again."""
    disturbed: int = 0
    """Blocks that were kept although they were disturbed."""
    variation: float = 0.0
    """The coefficient of variation of all baselines that were kept."""
    foreign: float = 0.0
    """Cores that others used, on average."""


@dataclass(slots=True)
class Rounds:
    """How often to go round, and how much patience to have."""

    rounds: int
    tries: int
    """How often a block is measured at most."""
    by: str
    """The number that the variation of the baseline is judged by."""
    pids: Sequence[int] = ()
    """Processes that are ours besides this one."""
    until: float = float("inf")
    """The monotonic second after which no block is tried again."""
    end: float = float("inf")
    """The monotonic second after which nothing is measured a second time, so that some
    cells have one round more than others."""
    around: int = 2
    """Baselines before and after the cells of a block."""
    progress: Callable[[], None] = lambda: None

    def run(self, baseline: Take, cells: Sequence[Cell]) -> Quality:
        """Measure all cells, and leave what came of it in them."""
        quality, kept, foreign = Quality(), [], []
        began = time.monotonic()
        for number in range(self.rounds):
            # Each round has its share of the patience: on a machine that is never
            # quiet, the first would have all of it, and there would be no second.
            patient = began + (self.until - began) * (number + 1) / self.rounds
            for block in blocks(cells):
                if number and time.monotonic() > self.end:
                    break
                found = self._quietest(baseline, block, quality, patient)
                found.keep()
                quality.blocks += 1
                quality.disturbed += found.is_disturbed
                kept += [sample[self.by] for sample in found.baselines]
                foreign.append(found.foreign)
                self.progress()
        quality.variation = variation(kept)
        quality.foreign = fmean(foreign) if foreign else 0.0
        return quality

    def blocks(self, cells: Sequence[Cell]) -> int:
        """Return how many blocks there will be."""
        return self.rounds * len(list(blocks(cells)))

    def _quietest(
        self,
        baseline: Take,
        block: Sequence[Cell],
        quality: Quality,
        until: float,
    ) -> _Block:
        """Measure a block until it is quiet, or patience ends."""
        best = self._measured(baseline, block)
        for _ in range(self.tries - 1):
            if not best.is_disturbed or time.monotonic() > until:
                break
            quality.rejected += 1
            best = min(best, self._measured(baseline, block), key=_Block.noise)
        return best

    def _measured(self, baseline: Take, block: Sequence[Cell]) -> _Block:
        foreign = Foreign(self.pids)
        baselines = [baseline() for _ in range(self.around)]
        samples = [
            (cell, sample) for cell in block if (sample := cell.tried()) is not None
        ]
        baselines += [baseline() for _ in range(self.around)]
        return _Block(samples, baselines, foreign.cores(), self.by)


@dataclass(slots=True)
class _Block:
    """One block, measured."""

    samples: list[tuple[Cell, Sample]]
    baselines: list[Sample]
    foreign: float
    by: str

    def noise(self) -> float:
        """Return how far it is beyond its limits; up to 1 is quiet."""
        own = variation([sample[self.by] for sample in self.baselines])
        return max(own / VARIATION_LIMIT, self.foreign / FOREIGN_LIMIT)

    @property
    def is_disturbed(self) -> bool:
        """Return whether it is beyond its limits."""
        return self.noise() > 1

    def keep(self) -> None:
        """Give the cells what was measured."""
        base = mean(self.baselines)
        for cell, sample in self.samples:
            cell.samples.append(sample)
            cell.baselines.append(base)
            cell.disturbed += self.is_disturbed


def blocks(cells: Sequence[Cell], size: int = BLOCK) -> Iterable[Sequence[Cell]]:
    """Divide cells into blocks of about the same size."""
    count = max(1, -(-len(cells) // size))
    for number in range(count):
        yield cells[len(cells) * number // count : len(cells) * (number + 1) // count]


def mean(samples: Sequence[Sample]) -> Sample:
    """Return the mean of each number."""
    return {name: fmean(s[name] for s in samples) for name in samples[0]}


def variation(values: Sequence[float]) -> float:
    """Return the coefficient of variation."""
    middle = fmean(values) if values else 0.0
    return pstdev(values) / middle if middle else 0.0
