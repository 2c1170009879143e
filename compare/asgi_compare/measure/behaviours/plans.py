"""How a behaviour is played: where, with which settings, and what must come.

A behaviour says all that there is to know of it. A `Plan` is one way to play it: with
one implementation, with its layer, or without it (the ablation), or where somebody has
built it without Django. `carry_out` plays a plan with whatever can drive a scenario,
and gives an `Observation`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from asgi_compare.contract.expectation import Problem
from asgi_compare.contract.scenario import Request
from asgi_compare.measure.behaviours.behaviour import (
    DJANGO_ASGI,
    DJANGO_WSGI,
    Behaviour,
    Outcome,
    Settings,
    Step,
    Unsupported,
)
from asgi_compare.measure.behaviours.observe import Drive, play
from asgi_compare.measure.behaviours.verdict import problems
from asgi_compare.model.transcript import Transcript

VARIABLE = "ASGI_COMPARE_LAB"
"""The environment variable that changes the settings of Django's laboratory."""
DJANGOS = (DJANGO_ASGI, DJANGO_WSGI)


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to play a behaviour: where, with which settings, and what must come."""

    behaviour: Behaviour
    implementation: str
    steps: tuple[Step, ...]
    settings: str
    """The JSON object for `VARIABLE`; empty where there are no settings."""
    outcome: Outcome

    @property
    def environment(self) -> dict[str, str]:
        """What the process of the application is told."""
        return {VARIABLE: self.settings} if self.settings else {}


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of a behaviour, somewhere."""

    plan: Plan
    transcripts: tuple[Transcript, ...]
    """One a step."""
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether it is as the plan says."""
        return not self.problems

    @property
    def vanished(self) -> bool:
        """Whether it is not what Django does: so an ablation has to be."""
        django = self.plan.behaviour.django  # whose texts may hold what was taken
        assert isinstance(django, Outcome)
        return bool(problems(django, self.transcripts))


def plan(
    behaviour: Behaviour, implementation: str, *, without_layer: bool = False
) -> Plan | Unsupported:
    """Return how a behaviour is played with an implementation."""
    outcome = behaviour.outcomes[implementation]
    steps, settings = behaviour.steps, behaviour.settings
    if implementation in DJANGOS and (lacks := lacking(behaviour)):
        return Unsupported(lacks)
    if isinstance(outcome, Unsupported):
        return outcome
    if implementation in DJANGOS and is_past(behaviour.until):
        if behaviour.later is None or without_layer:
            return Unsupported(
                f"Django {behaviour.until} does otherwise: {behaviour.note}"
            )
        outcome = behaviour.later
    if without_layer:
        ablation = behaviour.ablation
        steps = (*steps[:-1], _ablated(behaviour))
        settings = merged(settings, ablation.settings)
        outcome = ablation.without
    if implementation not in DJANGOS:
        return Plan(behaviour, implementation, steps, "", outcome)
    return Plan(behaviour, implementation, steps, as_text(settings), outcome)


def plan_elsewhere(behaviour: Behaviour, implementation: str) -> Plan:
    """Return how a behaviour is played where somebody has built it without Django."""
    attribute = behaviour.shown_elsewhere[implementation]
    steps = tuple(replace(step, application=attribute) for step in behaviour.steps)
    outcome = behaviour.elsewhere.outcome or behaviour.django
    assert isinstance(outcome, Outcome)
    return Plan(behaviour, implementation, steps, "", outcome)


def _ablated(behaviour: Behaviour) -> Step:
    """Return the last step as the ablation has it."""
    step, ablation = behaviour.steps[-1], behaviour.ablation
    if ablation.target is not None and isinstance(step.exchange, Request):
        step = replace(step, exchange=replace(step.exchange, target=ablation.target))
    if ablation.application is not None:
        step = replace(step, application=ablation.application)
    return step


def merged(old: Settings, new: Settings) -> dict[str, object]:
    """Put `new` over `old`; lists of middleware to add and remove are joined."""
    result = dict(old)
    for name, value in new.items():
        before = result.get(name)
        if name in ("LAB_ADD", "LAB_REMOVE") and isinstance(before, list):
            assert isinstance(value, list)
            value = [*before, *value]
        result[name] = value
    return result


def as_text(settings: Settings) -> str:
    """Write settings as the environment has them: equal ones alike."""
    return json.dumps(settings, sort_keys=True) if settings else ""


def carry_out(plan: Plan, drive: Drive) -> Observation:
    """Play what is planned, and judge what came of it."""
    transcripts, outcome = play(plan.behaviour, plan.steps, plan.outcome, drive)
    return Observation(plan, transcripts, tuple(problems(outcome, transcripts)))


def lacking(behaviour: Behaviour) -> str:
    """Return what is not there that the behaviour needs of Django; empty if all is."""
    if behaviour.since and not is_past(behaviour.since):
        return f"Django {behaviour.since} is the first that does it."
    if behaviour.needs and not installed(behaviour.needs):
        return f"It needs {behaviour.needs}, which is not installed."
    return ""


def is_past(first: str) -> bool:
    """Return whether the Django that is installed is this version or a newer one."""
    return bool(first) and numbers(installed("django")) >= numbers(first)


def installed(distribution: str) -> str:
    """Return the version of what is installed; empty if it is not."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def numbers(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version, which say what it does."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def in_order(plans: Iterable[Plan]) -> list[Plan]:
    """Put together what the same child can be asked."""
    return sorted(plans, key=lambda plan: (plan.settings, plan.implementation))
