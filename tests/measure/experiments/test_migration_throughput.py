"""The requests a second of a move from WSGI to ASGI: taken small, and read."""

from __future__ import annotations

import pytest

from asgi_compare.measure.experiments.bench import REQUESTS
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.waiting import migration_throughput
from asgi_compare.measure.experiments.questions.waiting.migration_throughput import (
    EXPERIMENT,
    STEPS,
    WSGI,
)

ROUNDS = (0.98, 1.0, 1.02)


def seen(rates: dict[str, dict[str, float]]) -> Observations:
    """Observations of so many requests a second, by upstream and step."""
    return Observations(
        tuple(
            Observation(
                REQUESTS, rate * jitter, "1/s", {"step": step, "upstream": upstream}, n
            )
            for upstream, steps in rates.items()
            for step, rate in steps.items()
            for n, jitter in enumerate(ROUNDS)
        )
    )


@pytest.mark.parametrize(
    ("quick", "slow", "verdict"),
    [(200.0, 200.0, "yes"), (50.0, 50.0, "no"), (50.0, 200.0, "it depends")],
)
def test_answer_is_read_off_the_rates(quick: float, slow: float, verdict: str) -> None:
    answer = EXPERIMENT.read(
        seen(
            {
                "10 ms": {WSGI: 100.0, "async view": quick},
                "200 ms": {WSGI: 100.0, "async view": slow},
            }
        )
    )
    assert answer.verdict == verdict
    assert f"10 ms gives {quick / 100:.2f} times (async view)" in answer.sentence
    assert [table.title for table in answer.tables] == [
        "An upstream of 10 ms",
        "An upstream of 200 ms",
    ]


def test_nothing_is_answered_without_a_rate_of_wsgi() -> None:
    answer = EXPERIMENT.read(seen({"10 ms": {"async view": 100.0}}))
    assert answer.verdict == "not answered"


@pytest.mark.slow
def test_every_step_serves_all_its_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration_throughput, "WAITS", (0.01,))
    monkeypatch.setattr(migration_throughput, "CLIENTS", 4)
    effort = Effort("careful", rounds=1, seconds=0.1, limit=60.0)
    found = Observations(tuple(EXPERIMENT.run(effort)))
    assert found.cases("step") == tuple(step.name for step in STEPS)
    assert not [row for row in found.rows if row.measure.startswith("failed")]
