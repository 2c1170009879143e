"""Each behaviour is what it is said to be, and its layer is what causes it."""

from __future__ import annotations

import pytest

from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.behaviours.behaviour import IMPLEMENTATIONS
from asgi_compare.measure.behaviours.observer import Laboratory
from asgi_compare.measure.behaviours.plans import Plan, plan, plan_elsewhere
from tests.measure.behaviours.cases import cases, check_each

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


@pytest.mark.parametrize("plans", cases(WITH))
def test_behaviours_are_as_described(plans: list[Plan], laboratory: Laboratory) -> None:
    def check(plan: Plan) -> None:
        assert laboratory.carry_out(plan).problems == ()

    check_each(plans, check)


@pytest.mark.parametrize("plans", cases(WITHOUT, shared=False, usual=("fields",)))
def test_behaviours_vanish_without_their_layer(
    plans: list[Plan], laboratory: Laboratory
) -> None:
    def check(plan: Plan) -> None:
        observation = laboratory.carry_out(plan)
        assert observation.problems == ()
        assert observation.vanished

    check_each(plans, check)


@pytest.mark.parametrize("plans", cases(ELSEWHERE))
def test_behaviours_can_be_had_without_django(
    plans: list[Plan], laboratory: Laboratory
) -> None:
    def check(plan: Plan) -> None:
        assert laboratory.carry_out(plan).problems == ()

    check_each(plans, check)
