"""Servers beside each other under several loads: what to measure, and the quotients."""

import pytest

from asgi_compare.measure.ladder import trials
from asgi_compare.measure.ladder.ladder import BASELINES, RUNGS
from asgi_compare.measure.ladder.rung import WAYS
from asgi_compare.measure.ladder.trials import (
    LOADS,
    ON_ASGI,
    ON_WSGI,
    PAIRS,
    beside,
    crowds,
)
from asgi_compare.measure.timing.figures import Spread
from asgi_compare.measure.timing.rounds import Cell
from asgi_compare.measure.timing.survey_results import Crowd, Result, Survey

ALL = (*ON_ASGI, *ON_WSGI)


def cell(rps: list[float], cpu: list[float], *, disturbed: int = 0) -> Cell:
    """A cell that has been measured."""
    made = Cell(("a", "async"), lambda: {}, disturbed=disturbed)
    made.samples = [{"us": 1 / r, "cpu_us": c} for r, c in zip(rps, cpu, strict=True)]
    return made


def test_every_load_is_wanted_where_wrk_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "is_there", lambda: True)
    assert crowds(ALL) == [
        Crowd(key, connections, tool)
        for connections, tool, keys in LOADS
        for key in keys
    ]


def test_wrk_is_left_out_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "is_there", lambda: False)
    assert {crowd.tool for crowd in crowds(ALL)} == {"our own client"}


def test_nothing_is_wanted_where_one_of_them_is_missing() -> None:
    assert crowds(ALL[1:]) == []


def test_what_is_named_is_on_the_ladder() -> None:
    for name, way in {key for pair in PAIRS for key in pair} | set(ALL):
        assert name in BASELINES or (name in RUNGS and way in WAYS)


def test_quotients_are_of_the_same_round() -> None:
    found = Survey({key: Result(key) for key in ALL})
    found.results[ON_ASGI[0]].served = cell([128, 256, 512], [10, 20, 20])
    found.results[ON_ASGI[1]].served = cell([64, 32, 64], [40, 40, 80])
    (only,) = beside(found)
    assert (only.above, only.below) == ("urls-1 async", "hello-asgi async")
    assert (only.connections, only.client) == (8, "our own client")
    assert only.rps == Spread(0.125, 0.125, 0.3125, 3)
    assert only.cpu == Spread(0.25, 0.25, 0.375, 3)
    assert (only.least, only.most, only.disturbed) == (0.125, 0.5, False)


def test_loads_are_not_mixed() -> None:
    found = Survey({key: Result(key) for key in ALL})
    smallest, there = Crowd(ON_ASGI[0], 32), Crowd(ON_ASGI[1], 32)
    by_wrk = Crowd(ON_ASGI[0], 32, "wrk")
    found.crowds = {
        smallest: cell([100], [10]),
        there: cell([50], [20], disturbed=1),
        by_wrk: cell([70], [10]),
    }
    (only,) = beside(found)
    assert (only.connections, only.client) == (32, "our own client")
    assert (only.rps.median, only.disturbed) == (0.5, True)


def test_cell_that_was_not_measured_has_no_quotient() -> None:
    found = Survey()
    found.crowds = {
        Crowd(ON_ASGI[0], 32): cell([], []),
        Crowd(ON_ASGI[1], 32): cell([1.0], [1.0]),
    }
    assert list(beside(found)) == []


def test_what_needs_no_server_is_divided_as_well() -> None:
    keys = [("urls-1", "hopless"), ("urls-1", "async")]
    found = Survey({key: Result(key) for key in keys})
    assert list(beside(found)) == []
    found.results[keys[0]].in_process = cell([100, 100], [10, 10])
    found.results[keys[1]].in_process = cell([20, 25], [50, 40])
    (only,) = beside(found)
    assert (only.above, only.below) == ("urls-1 hopless", "urls-1 async")
    assert (only.connections, only.client) == (0, "in process")
    assert (only.rps.median, only.cpu.median) == (4.5, 4.5)
