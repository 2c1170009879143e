"""Plans as parameters of tests: one test for each theme and implementation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import pytest

from asgi_compare.measure.behaviours.plans import Plan, in_order
from tests.tables import Faults


def cases(
    plans: Iterable[Plan],
    *,
    shared: bool = True,
    usual: Sequence[str] | None = None,
) -> list[object]:
    """Put together what is of one theme; all but the usual themes are slow, if given.

    Where most plans share a child or a server, its tests belong to one worker.
    """
    together: dict[tuple[str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        theme, _, _ = plan.behaviour.name.partition("/")
        together[plan.implementation, theme].append(plan)
    return [
        pytest.param(
            in_order(some),
            id=f"{theme} {implementation}",
            marks=[
                *([pytest.mark.xdist_group(implementation)] if shared else ()),
                *([pytest.mark.slow] if usual and theme not in usual else ()),
            ],
        )
        for (implementation, theme), some in together.items()
    ]


def check_each(plans: list[Plan], check: Callable[[Plan], None]) -> None:
    """Check every plan, and report all that fail."""
    faults = Faults(len(plans))
    for plan in plans:
        with faults.of(f"{plan.behaviour.name} {plan.implementation}"):
            check(plan)
    faults.report()
