"""From repeated measurements to a number with an interval."""

from __future__ import annotations

import math
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.measure.load.statistics import (
    Interval,
    alternate,
    control_holds,
    coverage,
    is_noisy,
    ratio,
    slope,
    turning_point,
)

VALUES = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40)


@given(VALUES)
@settings(max_examples=50)
def test_interval_encloses_the_median(values: list[float]) -> None:
    found = Interval.of(values)
    assert min(values) <= found.low <= found.median <= found.high <= max(values)
    assert found.median == median(values)
    assert found.n == len(values)


@given(VALUES, st.floats(-1e3, 1e3))
@settings(max_examples=50)
def test_interval_scales_with_its_ends_in_order(
    values: list[float], factor: float
) -> None:
    found = Interval.of(values).scaled(factor)
    assert found.low <= found.high


def test_interval_covers_as_often_as_it_says() -> None:
    # Tables of the sign test: with 6 values the range covers 96.9 %, with 20 the 6th
    # and the 15th cover 95.9 %.
    assert coverage(6, 1) == pytest.approx(0.96875)
    assert coverage(20, 6) == pytest.approx(0.9586, abs=1e-4)
    assert Interval.of(range(20)) == Interval(9.5, 5, 14, 20)
    assert Interval.of([1.0, 2.0, 3.0]).confidence == 0.75
    assert Interval.of([1.0]).confidence == 0.0


def test_interval_below_another_does_not_touch_it() -> None:
    assert Interval(1, 1, 2).is_below(Interval(4, 3, 5))
    assert not Interval(1, 1, 3).is_below(Interval(4, 3, 5))


@given(VALUES, st.floats(0.01, 100.0))
@settings(max_examples=50)
def test_ratio_takes_out_what_slows_a_whole_round(
    rounds: list[float], factor: float
) -> None:
    found = ratio([factor * each for each in rounds], rounds)
    assert found.low == pytest.approx(factor)
    assert found.high == pytest.approx(factor)


def test_rounds_alternate() -> None:
    assert list(alternate("AB", 2)) == [(0, "A"), (0, "B"), (1, "A"), (1, "B")]


def test_control_fails_where_twice_the_same_is_not_the_same() -> None:
    assert control_holds([1.0, 2.0, 3.0], [1.05, 1.9, 3.0])
    assert not control_holds([1.0, 2.0, 3.0], [1.3, 2.6, 3.9])


def test_noise_is_a_wide_middle_half() -> None:
    assert not is_noisy([1.0])
    assert not is_noisy([0.0, 0.0])
    assert not is_noisy([1.0, 1.01, 1.02, 1.03, 9.0])  # one wild value is none
    assert is_noisy([1.0, 2.0, 3.0, 4.0])


@given(st.floats(0.1, 10.0), st.floats(0.2, 5.0))
@settings(max_examples=50)
def test_turning_point_is_found_between_two_measured_points(
    at: float, steep: float
) -> None:
    places = [0.01, 0.1, 1.0, 10.0, 100.0]
    found = turning_point(places, [(x / at) ** steep for x in places])
    assert found is not None
    assert math.isclose(found, at, rel_tol=1e-6)


def test_turning_point_is_absent_where_nothing_turns() -> None:
    assert turning_point([1, 2, 3], [2.0, 3.0, 1.5]) is None
    assert turning_point([1, 2, 3], [1.0, 3.0, 1.5]) == 1
    assert turning_point([1.0], [0.5]) is None


def test_slope_ignores_one_wild_point() -> None:
    assert slope([0, 1, 2, 3, 4], [5, 7, 9, 100, 13]) == pytest.approx(2.0, abs=0.1)
