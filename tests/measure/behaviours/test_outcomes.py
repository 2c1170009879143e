"""Each behaviour is what it is said to be, and its layer is what causes it."""

from __future__ import annotations

import pytest

from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.behaviours.behaviour import IMPLEMENTATIONS
from asgi_compare.measure.behaviours.observer import Laboratory
from asgi_compare.measure.behaviours.plans import Plan, in_order, plan, plan_elsewhere
from tests.measure.behaviours.cases import cases

WITH = [
    planned
    for behaviour in BEHAVIOURS.values()
    for implementation in IMPLEMENTATIONS
    if isinstance(planned := plan(behaviour, implementation), Plan)
]
WITHOUT = [
    planned
    for behaviour in BEHAVIOURS.values()
    for implementation in behaviour.ablation.on
    if isinstance(planned := plan(behaviour, implementation, without_layer=True), Plan)
]
ELSEWHERE = [
    plan_elsewhere(behaviour, implementation)
    for behaviour in BEHAVIOURS.values()
    for implementation in behaviour.shown_elsewhere
]


@pytest.mark.parametrize("plan", cases(in_order(WITH)))
def test_behaviour_is_as_described(plan: Plan, laboratory: Laboratory) -> None:
    assert laboratory.carry_out(plan).problems == ()


@pytest.mark.parametrize("plan", cases(in_order(WITHOUT)))
def test_behaviour_vanishes_without_its_layer(
    plan: Plan, laboratory: Laboratory
) -> None:
    observation = laboratory.carry_out(plan)
    assert observation.problems == ()
    assert observation.vanished


@pytest.mark.parametrize("plan", cases(in_order(ELSEWHERE)))
def test_behaviour_can_be_had_without_django(
    plan: Plan, laboratory: Laboratory
) -> None:
    assert laboratory.carry_out(plan).problems == ()
