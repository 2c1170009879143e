"""The experiment on the spans of tracing: read of made-up numbers, and run small."""

from __future__ import annotations

import pytest

from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.layers import tracing_spans
from asgi_compare.measure.experiments.questions.layers.tracing_spans import (
    ALL,
    EXPERIMENT,
    NONE,
    SERVER_ONLY,
    TIME,
)

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)


@pytest.mark.parametrize(
    ("server", "verdict", "share"), [(75.0, "yes", "25%"), (50.0, "no", "50%")]
)
def test_answer_is_the_share_of_these_spans(
    server: float, verdict: str, share: str
) -> None:
    rows = [
        Observation(TIME, micros / 1e6, "s", {"spans": spans})
        for spans, micros in ((NONE, 0.0), (SERVER_ONLY, server), (ALL, 100.0))
    ]
    answer = EXPERIMENT.read(Observations(tuple(rows)))
    assert answer.verdict == verdict
    assert f"{100 - server:.0f} µs a request, {share} of the 100 µs" in answer.sentence


def test_nothing_is_answered_of_two() -> None:
    rows = [Observation(TIME, 1.0, "s", {"spans": spans}) for spans in (NONE, ALL)]
    assert EXPERIMENT.read(Observations(tuple(rows))).verdict == "not answered"


def test_spans_are_made_and_cost_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing_spans, "QUICK_REQUESTS", 50)
    found = Observations(tuple(EXPERIMENT.run(TINY)))
    assert found.cases("spans") == (NONE, SERVER_ONLY, ALL)
    times = [min(found.values(TIME, spans=spans)) for spans in found.cases("spans")]
    assert times == sorted(times)
