"""Find the experiments: each module below `questions/` has one, named EXPERIMENT."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from asgi_compare.measure.experiments import questions
from asgi_compare.measure.experiments.experiment import Experiment


@cache
def experiments() -> dict[str, Experiment]:
    """Return all experiments by name, by topic and then in order of their files."""
    found = []
    for module in walk_packages(questions.__path__, f"{questions.__name__}."):
        if not module.ispkg:
            found.append(import_module(module.name).EXPERIMENT)
    found.sort(key=lambda each: each.topic)  # stable
    by_name: dict[str, Experiment] = {each.name: each for each in found}
    if len(by_name) < len(found):
        raise ValueError("Expected one experiment of each name, but got two of one.")
    return by_name
