"""Plans as parameters of tests: with ids to read, and together by configuration."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

import pytest

from asgi_compare.measure.behaviours.plans import Plan


def cases(plans: Iterable[Plan]) -> list[object]:
    """Return each plan an id, and put those of one child into one group of workers."""
    return [
        pytest.param(
            plan,
            id=f"{plan.behaviour.name} {plan.implementation}",
            marks=pytest.mark.xdist_group(group(plan.implementation, plan.settings)),
        )
        for plan in plans
    ]


def group(implementation: str, settings: str = "") -> str:
    """Name the group of workers for a child with these settings."""
    # Settings as they are have brackets, and behind one no group is looked for.
    return f"{implementation}-{crc32(settings.encode()):08x}"
