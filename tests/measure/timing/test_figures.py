"""Spreads and ratios."""

import pytest

from asgi_compare.measure.timing.figures import Spread, ratio
from asgi_compare.measure.timing.groups import NAMES, group_of


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        pytest.param([4.0], Spread(4, 4, 4, 1), id="one"),
        pytest.param([1.0, 2.0, 3.0, 4.0, 5.0], Spread(3, 2, 4, 5), id="five"),
        pytest.param([3.0, 1.0], Spread(2, 1.5, 2.5, 2), id="two, out of order"),
    ],
)
def test_spread_is_a_median_between_quartiles(
    values: list[float], spread: Spread
) -> None:
    assert Spread.of(values) == spread


def test_ratio_is_taken_round_by_round() -> None:
    """A round that was slow for both is not slow for their ratio."""
    assert ratio([10.0, 100.0, 10.0], [5.0, 50.0, 5.0]) == Spread(2, 2, 2, 3)


def test_spread_changes_its_unit() -> None:
    assert Spread(3, 2, 4, 5).scaled(10) == Spread(30, 20, 40, 5)


@pytest.mark.parametrize(
    ("module", "group"),
    [
        ("django.core.handlers.base", "handlers"),
        ("django.middleware.csrf", "middleware"),
        ("django.utils.encoding", "rest of Django"),
        ("djangorestframework", "other packages"),
        ("asyncio.events", "asyncio"),
        ("json.decoder", "standard library"),
        ("asgi_raw.app", "application"),
        ("asgi_compare.measure.timing.smallest_server", "server"),
        ("asgi_compare.domain.board", "application"),
        ("", "standard library"),
    ],
)
def test_module_belongs_to_a_group(module: str, group: str) -> None:
    assert group_of(module) == group
    assert group in NAMES
