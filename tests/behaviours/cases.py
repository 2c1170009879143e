"""Plans as parameters of tests: with ids to read, and together by configuration."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from compare.behaviours.plans import Plan


def cases(plans: Iterable[Plan]) -> list[object]:
    """Give each plan an id, and put those of one child into one group of workers."""
    return [
        pytest.param(
            plan,
            id=f"{plan.behaviour.name} {plan.implementation}",
            marks=pytest.mark.xdist_group(f"{plan.implementation} {plan.settings}"),
        )
        for plan in plans
    ]
