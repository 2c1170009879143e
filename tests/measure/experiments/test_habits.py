"""Experiments about what people do in async code: each is run small."""

from __future__ import annotations

import pytest

from asgi_compare.measure.experiments.answer import Verdict
from asgi_compare.measure.experiments.bench import P50
from asgi_compare.measure.experiments.discovery import experiments
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.async_django import (
    asgi_overhead,
)
from asgi_compare.measure.experiments.questions.connections import (
    client_reuse,
    websocket_memory,
)
from asgi_compare.measure.experiments.questions.waiting import (
    blocking_call,
    queued_on_wsgi,
)
from asgi_compare.measure.experiments.questions.workers import (
    after_the_answer,
)
from tests.tables import slow_but

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few servers, few users and short waits."""
    monkeypatch.setattr(after_the_answer, "JOBS", 1)
    monkeypatch.setattr(after_the_answer, "SECONDS", 0.4)
    monkeypatch.setattr(blocking_call, "SERVERS", ("uvicorn",))
    monkeypatch.setattr(client_reuse, "COUNT", 2)
    monkeypatch.setattr(client_reuse, "AT_ONCE", (1,))
    monkeypatch.setattr(websocket_memory, "ON", (("raw-asgi", "uvicorn"),))
    monkeypatch.setattr(websocket_memory, "QUICK_COUNTS", (5, 10, 20))


@pytest.mark.parametrize(
    ("name", "verdicts"),
    slow_but(
        ("orm-natively-async", "one-blocking-call"),
        [
            ("orm-natively-async", {"no"}),
            ("async-view-fails-on-wsgi", {"no"}),
            ("task-after-the-answer", {"no"}),
            ("one-blocking-call", {"yes"}),
            ("http-client-reuse", {"yes", "it depends"}),
            ("websocket-memory", {"it depends"}),
            ("asgi-overhead-15-ms", {"yes", "no"}),
            ("queued-behind-threads", {"it depends", "yes", "no"}),
        ],
        ids=lambda row: row[0],
    ),
)
def test_experiment_measures_what_it_reads(name: str, verdicts: set[Verdict]) -> None:
    experiment = experiments()[name]
    found = Observations(tuple(experiment.run(TINY)))
    answer = experiment.read(found)
    assert answer.verdict in verdicts, answer.sentence
    assert answer.tables


def test_nothing_is_answered_of_nothing() -> None:
    other = Observations((Observation("another measure", 1.0),))
    for name in (
        "orm-natively-async",
        "async-view-fails-on-wsgi",
        "task-after-the-answer",
        "one-blocking-call",
        "http-client-reuse",
        "websocket-memory",
        "asgi-overhead-15-ms",
        "queued-behind-threads",
    ):
        assert experiments()[name].read(other).verdict == "not answered", name


@pytest.mark.parametrize(
    ("few", "many", "asgi", "verdict"),
    [
        (0.4, 0.15, 0.12, "it depends"),
        (0.4, 0.38, 0.12, "yes"),
        (0.15, 0.14, 0.12, "no"),
    ],
)
def test_threads_are_compared_with_asgi(
    few: float, many: float, asgi: float, verdict: Verdict
) -> None:
    found = Observations(
        tuple(
            Observation(queued_on_wsgi.WALL, value, "s", {"served": row[0]})
            for row, value in zip(queued_on_wsgi.ROWS, (few, many, asgi), strict=True)
        )
    )
    assert queued_on_wsgi.read(found).verdict == verdict


@pytest.mark.parametrize(("asgi", "verdict"), [(0.030, "yes"), (0.004, "no")])
def test_overhead_is_held_against_the_claim(asgi: float, verdict: Verdict) -> None:
    found = Observations(
        tuple(
            Observation(P50, value, "s", {"implementation": name})
            for name, value in (("django-asgi", asgi), ("django-wsgi", 0.002))
        )
    )
    assert asgi_overhead.read(found).verdict == verdict


def test_methods_that_do_not_hop_would_be_native() -> None:
    found = Observations(
        (Observation("hops to a thread", 0.0, "", {"method": "aget"}),)
    )
    assert experiments()["orm-natively-async"].read(found).verdict == "yes"
