"""The steps of a move from WSGI to ASGI: taken small, and read of made-up numbers."""

from __future__ import annotations

import pytest

from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions import migration_steps
from asgi_compare.measure.experiments.questions.migration_steps import (
    EXPERIMENT,
    NATIVE,
    TIME,
    TO,
    WSGI,
)

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)


def test_hops_go_away_with_sync_middleware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration_steps, "QUICK_REQUESTS", 3)
    found = Observations(tuple(EXPERIMENT.run(TINY)))
    hops = {step: found.values(TO, step=step)[0] for step in found.cases("step")}
    assert hops[WSGI] == 0
    assert hops["sync view on ASGI"] == hops["async view"] + 1
    assert hops["async view"] > 7 > hops[NATIVE] == hops["async view, no middleware"]
    assert EXPERIMENT.read(found).tables


@pytest.mark.parametrize(("micros", "verdict"), [(900.0, "yes"), (1100.0, "no")])
def test_answer_is_read_off_the_times(micros: float, verdict: str) -> None:
    rows = [
        Observation(TIME, value, "µs", {"step": step})
        for step, value in ((WSGI, 1000.0), (NATIVE, micros))
    ]
    assert EXPERIMENT.read(Observations(tuple(rows))).verdict == verdict


def test_nothing_is_answered_of_one_step() -> None:
    row = Observation(TIME, 1.0, "µs", {"step": WSGI})
    assert EXPERIMENT.read(Observations((row,))).verdict == "not answered"
