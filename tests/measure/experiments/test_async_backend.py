"""The experiment on an async database backend: read, and run where it is installed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asgi_compare.measure.experiments.experiment import (
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions.async_django.async_backend import (
    BACKEND,
    DJANGO,
    EXPERIMENT,
    HOPS,
    TIME,
)
from asgi_compare.measure.experiments.runner import missing


def seen(hops: float, micros: float) -> Observations:
    """Observations of one method, of which Django's takes 1,000 µs and a hop."""
    rows = []
    for who, hop, time in ((DJANGO, 1.0, 1000.0), (BACKEND, hops, micros)):
        case = {"who": who, "method": "acount"}
        rows.append(Observation(HOPS, hop, "", case))
        rows.append(Observation(TIME, time / 1e6, "s", case))
    return Observations(tuple(rows))


@pytest.mark.parametrize(("hops", "verdict"), [(0.0, "yes"), (1.0, "no")])
def test_answer_is_read_off_the_hops(hops: float, verdict: str) -> None:
    answer = EXPERIMENT.read(seen(hops, 600.0))
    assert answer.verdict == verdict
    assert f"{hops:.0f} of 1 methods go to a thread" in answer.sentence
    assert "from 0.60 to 0.60 times" in answer.sentence


def test_nothing_is_answered_of_one_alone() -> None:
    row = Observation(HOPS, 1.0, "", {"who": DJANGO, "method": "acount"})
    assert EXPERIMENT.read(Observations((row,))).verdict == "not answered"


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("django_async_backend", "django-async-backend[binary]"),
        ("no_such_module", "asgi-compare[all]"),
    ],
)
def test_what_is_missing_is_named(
    module: str, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "asgi_compare.measure.experiments.runner.find_spec", lambda name: None
    )
    assert missing(replace(EXPERIMENT, needs=(module,))) == (
        f"It needs the module {module!r}, which is not installed; add it with: "
        f'pip install "{distribution}"'
    )


@pytest.mark.slow
def test_backend_goes_to_no_thread() -> None:
    pytest.importorskip("django_async_backend", reason="wants Python 3.12, Django 6.1")
    effort = Effort("quick", rounds=1, seconds=0.1, limit=60.0)
    found = Observations(tuple(EXPERIMENT.run(effort)))
    assert EXPERIMENT.read(found).verdict == "yes"
    assert set(found.values(HOPS, who=DJANGO)) == {1.0}
