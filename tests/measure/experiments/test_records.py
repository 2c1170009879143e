"""What every experiment in `questions/` keeps to."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from asgi_compare.measure.experiments import discovery
from asgi_compare.measure.experiments.experiment import (
    LONGEST_QUOTE,
    Experiment,
    Observations,
)


def faults(experiment: Experiment) -> list[str]:
    """What is wrong with a record."""
    found = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", experiment.name):
        found.append("its name is not words with hyphens")
    if not experiment.question.endswith("?"):
        found.append("its question is none")
    texts = ("conditions", "measured", "decided_by", "refuted_by")
    found += [
        f"{text} is no sentence"
        for text in texts
        if not getattr(experiment, text).endswith(".")
    ]
    if not experiment.sources:
        found.append("nobody asked or claimed it")
    for source in experiment.sources:
        if not source.url.startswith("https://"):
            found.append(f"{source.url} is no address")
        if len(source.quote.split()) > LONGEST_QUOTE:
            found.append(f"more than {LONGEST_QUOTE} words are quoted")
        if source.kind == "claim" and not source.quote:
            found.append("a claim is not quoted")
    return found


def test_experiments_are_whole() -> None:
    wrong = {
        name: found
        for name, experiment in discovery.experiments().items()
        if (found := faults(experiment))
    }
    assert wrong == {}


def test_experiments_make_nothing_out_of_nothing() -> None:
    """Without what decides, the answer is that there is none."""
    for name, experiment in discovery.experiments().items():
        answer = experiment.read(Observations())
        assert answer.verdict == "not answered", name


def test_two_experiments_of_one_name_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (first, *_) = discovery.experiments().values()
    monkeypatch.setattr(
        discovery, "import_module", lambda _: SimpleNamespace(EXPERIMENT=first)
    )
    discovery.experiments.cache_clear()
    try:
        with pytest.raises(ValueError, match="but got two of one"):
            discovery.experiments()
    finally:
        discovery.experiments.cache_clear()
