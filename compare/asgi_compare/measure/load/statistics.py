"""From repeated measurements to a number with an interval, or to none.

All functions are pure. An `Interval` is a median between two order statistics, which
needs no assumption on how the values are distributed: with enough of them it covers the
true median in at least 95 % of all cases; with fewer than six it is the range of all
values, and `confidence` says how little that is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

CONFIDENCE = 0.95
TOLERANCE = 0.1
"""How far the same thing measured twice may be apart before nothing is concluded."""
NOISY = 0.3
"""The middle half of the values may be as wide as this share of their median."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A median, and where the true one is."""

    median: float
    low: float
    high: float
    n: int = 1

    @classmethod
    def of(cls, values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
        """Return the interval of values that were measured independently; at least one.

        Its ends are the k-th smallest and the k-th largest value, for the largest k
        with which it still covers the median as often as `confidence` says.
        """
        ordered = sorted(values)
        n, k = len(ordered), 1
        while 2 * (k + 1) <= n and coverage(n, k + 1) >= confidence:
            k += 1
        return cls(median(ordered), ordered[k - 1], ordered[n - k], n)

    @property
    def confidence(self) -> float:
        """Return how often the range of so few values covers the median, at least."""
        return coverage(self.n, 1)

    def is_below(self, other: Interval) -> bool:
        """Return whether it lies below another one as a whole."""
        return self.high < other.low

    def scaled(self, factor: float) -> Interval:
        """Return the same in another unit."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Interval(self.median * factor, low, high, self.n)


def coverage(n: int, k: int) -> float:
    """Return how often the k-th smallest and largest of n values enclose the median."""
    outside: float = sum(math.comb(n, below) for below in range(k)) / 2**n
    return max(1.0 - 2.0 * outside, 0.0)


def ratio(above: Sequence[float], below: Sequence[float]) -> Interval:
    """Return one thing by another that was measured beside it, round by round.

    What slows a whole round slows both, and falls out of their ratio.
    """
    pairs = [(a, b) for a, b in zip(above, below, strict=False) if b > 0]
    return Interval.of([a / b for a, b in pairs])


def alternate(names: Sequence[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Yield what to measure next, with the number of its round: A B, A B, A B.

    Whatever changes slowly (heat, other load) meets all of them alike.
    """
    for number in range(rounds):
        for name in names:
            yield number, name


def control_holds(
    first: Sequence[float], again: Sequence[float], tolerance: float = TOLERANCE
) -> bool:
    """Return whether the same thing, measured twice each round, came out the same."""
    return abs(ratio(first, again).median - 1.0) <= tolerance


def is_noisy(values: Sequence[float], limit: float = NOISY) -> bool:
    """Return whether the middle half of the values is too wide to tell anything."""
    if len(values) < 2 or (middle := median(values)) == 0:
        return False
    low, _, high = quantiles(values, n=4, method="inclusive")
    return (high - low) / abs(middle) > limit


def turning_point(at: Sequence[float], ratios: Sequence[float]) -> float | None:
    """Return where a ratio crosses 1, on a logarithmic scale; None if it never does.

    `at` ascends. Between two measured points the logarithm is taken to be straight.
    """
    points = [(x, math.log(r)) for x, r in zip(at, ratios, strict=True) if r > 0]
    for (x, y), (next_x, next_y) in pairwise(points):
        if y == 0:
            return x
        if (y < 0) != (next_y < 0) or next_y == 0:
            share = y / (y - next_y)
            return math.exp(math.log(x) + share * (math.log(next_x) - math.log(x)))
    return None


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the slope of the line through the points (Theil and Sen): the median.

    One wild point does not bend it, unlike least squares.
    """
    points = list(zip(xs, ys, strict=True))
    found = [
        (y2 - y1) / (x2 - x1)
        for index, (x1, y1) in enumerate(points)
        for x2, y2 in points[index + 1 :]
        if x1 != x2
    ]
    return median(found)
