"""Measurements become tables of text."""

from __future__ import annotations

import pytest

from asgi_compare.model.results import Measurement, Run
from asgi_compare.report.common.wording import duration
from asgi_compare.report.run.measures import show, tables
from asgi_compare.report.run.view import Column

HERE = ("raw", "in-process")


def measured(what: str, scenario: str, value: float, unit: str) -> Measurement:
    return Measurement(what, scenario, *HERE, value, unit)


def test_sample_has_three_tables(run: Run) -> None:
    first, second, third = tables(run)
    assert first.title == "Sequential and concurrent waits"
    assert first.rows[0] == (
        Column("raw-asgi", "in-process"),
        ("151 ms", "50.7 ms", "3.0 times"),
    )
    assert second.headings == ("sequential", "concurrent", "mock_api", "cpu")
    assert second.rows[-1][1] == ("1 / 50",) * 4
    assert third.title == "Stopped after the client left"
    assert third.rows[0][1] == ("12.3 ms (11.0 ms to 20.0 ms)",) * 2
    assert tables(run, spread=False)[2].rows[0][1] == ("12.3 ms",) * 2


def test_run_without_measurements_has_no_tables() -> None:
    assert tables(Run()) == []


def test_half_of_a_pair_makes_no_row() -> None:
    run = Run(measurements=[measured("elapsed", "sequential/three_waits", 1, "s")])
    assert tables(run) == []


def test_crowd_without_threads_shows_what_there_is() -> None:
    run = Run(
        measurements=[
            measured("most at a time", "cpu/fifty_at_once", 50, "count"),
            measured("most at a time", "mock_api/fifty_at_once", 4, "count"),
            measured("threads", "mock_api/fifty_at_once", 2, "threads"),
            Measurement(
                "most at a time", "cpu/fifty_at_once", "raw", "uvicorn", 3, "count"
            ),
        ]
    )
    (table,) = tables(run)
    assert [values for _, values in table.rows] == [("50", "4 / 2"), ("3", "")]


def test_scenario_that_was_not_measured_leaves_its_cell_empty() -> None:
    run = Run(
        measurements=[
            measured("m", "a/x", 1, "count"),
            Measurement("m", "b/y", "raw", "uvicorn", 2, "count"),
        ]
    )
    (table,) = tables(run)
    assert [values for _, values in table.rows] == [("1", ""), ("", "2")]


def test_many_scenarios_are_shown_by_their_median_and_the_most() -> None:
    run = Run(
        measurements=[measured("elapsed", f"a/{n}", n / 1000, "s") for n in range(1, 8)]
    )
    (table,) = tables(run)
    assert table.headings == ("median", "most", "in")
    assert table.rows == ((Column(*HERE), ("4.00 ms", "7.00 ms", "a/7")),)


def test_case_that_all_scenarios_share_is_named_once() -> None:
    run = Run(
        measurements=[measured("answered", f"{name}/fifty", 1, "s") for name in "ab"]
    )
    (table,) = tables(run)
    assert (table.note, table.headings) == ("In fifty.", ("a", "b"))


def test_rows_of_an_implementation_stand_together() -> None:
    cells = [("raw", "x"), ("django", "x"), ("raw", "y"), ("django", "y")]
    run = Run(measurements=[Measurement("m", "a/b", *c, 1, "s") for c in cells])
    (table,) = tables(run)
    assert [column for column, _ in table.rows] == [
        Column("raw", "x"),
        Column("raw", "y"),
        Column("django", "x"),
        Column("django", "y"),
    ]


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (1700, "1.70 µs"),
        (15_300, "15.3 µs"),
        (151_200_000, "151 ms"),
        (2_000_000_000, "2.00 s"),
    ],
)
def test_duration_has_a_unit_that_suits_it(nanoseconds: int, text: str) -> None:
    assert duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234, "requests/s", "1,234 requests/s"),
        (12.345, "requests/s", "12.3 requests/s"),
        (3, "threads", "3"),
        (2.5, "us", "2.50 µs"),
        (float("nan"), "s", "nan"),
    ],
)
def test_number_is_shown_with_its_unit(value: float, unit: str, text: str) -> None:
    assert show(measured("x", "y", value, unit)) == text


def test_of_many_scenarios_those_that_were_measured_everywhere_are_shown() -> None:
    """Medians of eleven scenarios and of three say nothing beside each other."""
    run = Run(
        measurements=[
            *(measured("stopped", f"a/{n}", n, "s") for n in range(1, 8)),
            Measurement("stopped", "a/2", "raw", "uvicorn", 9, "s"),
            Measurement("stopped", "a/5", "raw", "uvicorn", 8, "s"),
        ]
    )
    (table,) = tables(run)
    assert table.note == "The 2 of 7 scenarios that apply to all."
    assert table.headings == ("a/2", "a/5")
    assert [values for _, values in table.rows] == [
        ("2.00 s", "5.00 s"),
        ("9.00 s", "8.00 s"),
    ]
