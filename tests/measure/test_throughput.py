"""Requests a second, side by side: read of made-up numbers, and measured small."""

from __future__ import annotations

import json

import pytest

from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.experiments.bench import CPU, P50, P99, REQUESTS
from asgi_compare.measure.experiments.experiment import Observation, Observations
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.throughput import (
    LIMIT,
    Plan,
    Subject,
    changes,
    from_json,
    rows,
    run,
    strangers,
    to_json,
)

JITTER = (0.97, 1.0, 1.02)


def seen(rate: float, machine: float = 1.0, name: str = "app") -> Observations:
    """A run in which the limit answers 1,000 requests a second, and `name` so many."""
    return Observations(
        tuple(
            Observation(REQUESTS, value * machine * jitter, "1/s", {"by": by}, number)
            for number, jitter in enumerate(JITTER)
            for by, value in ((LIMIT, 1000.0), (name, rate))
        )
    )


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [(500.0, "no change"), (460.0, "no change"), (400.0, "slower"), (600.0, "faster")],
)
def test_change_is_one_only_if_it_is_more_than_the_tolerance(
    rate: float, verdict: str
) -> None:
    (change,) = changes(seen(500.0), seen(rate))
    assert change.verdict == verdict
    assert change.factor.median == pytest.approx(rate / 500.0)


def test_machine_that_is_slower_is_no_change() -> None:
    (change,) = changes(seen(500.0), seen(500.0, machine=0.3))
    assert change.verdict == "no change"


def test_what_only_one_run_has_is_not_compared() -> None:
    assert changes(seen(500.0), seen(500.0, name="another")) == []


def test_what_was_never_answered_is_not_compared() -> None:
    assert changes(seen(0.0), seen(500.0)) == []


def test_run_is_read_as_it_was_written() -> None:
    made = seen(500.0)
    assert from_json(json.loads(json.dumps(to_json(made, {})))) == made


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([], "expected what `asgi-compare bench --json` writes"),
        ({"version": 1}, "expected a whole run, but got KeyError('observations')"),
    ],
)
def test_what_is_no_run_is_refused(data: object, sentence: str) -> None:
    with pytest.raises(ValueError, match="expected") as raised:
        from_json(data)
    assert str(raised.value) == sentence


def test_each_round_has_all_and_what_failed_is_counted() -> None:
    ours = IMPLEMENTATIONS["raw-asgi"]
    subjects = [
        Subject(name, "uvicorn", ours.target, "asgi", HttpLoad(0, path), ours.app_dir)
        for name, path in (("hello", "/"), ("missing", "/nowhere"))
    ]
    found = Observations(tuple(run(subjects, Plan(rounds=2, seconds=0.1))))
    for measure in (REQUESTS, P50, P99, CPU):
        for name in (LIMIT, "hello", "missing"):
            assert len(found.values(measure, by=name)) == 2
    limit, hello, missing = rows(found)
    assert (limit.name, limit.share.median) == (LIMIT, 1.0)
    assert 0 < hello.share.median < 1
    assert (hello.failed, list(missing.failed)) == ({}, ["status 404"])
    assert strangers(found) >= 0.0
