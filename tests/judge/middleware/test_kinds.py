"""Layers as people write them: broken ones are found, correct ones are not."""

from __future__ import annotations

from operator import attrgetter

import pytest

from tests.judge.middleware.here import checked
from tests.kinds import broken_layers, correct_layers
from tests.kinds.common import Kind
from tests.tables import each_row

SHORT = (
    "plain*",
    "echo",
    "head",
    "an exception*",
    "a stream",
    "behind a proxy*",
    "compressible",
    "a response that*",
    "messages",
    "a lifespan that lives",
    "an unknown scope",
)
"""Trials by which a hasty judge would be caught, and that take no time."""


@pytest.mark.parametrize("half", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_broken_layer_is_found(half: int) -> None:
    def one(kind: Kind) -> None:
        found = checked(kind.made, trials=kind.trials)
        rules = {each.rule for each in (*found.problems, *found.advice)}
        assert kind.finds in rules

    each_row("kind", broken_layers.breaks.kinds[half::2], ids=attrgetter("name"))(one)()


def check_correct(kind: Kind, trials: tuple[str, ...]) -> None:
    found = checked(kind.made, trials=trials)
    assert [each.message for each in found.problems] == []
    assert found.code == 0


@pytest.mark.parametrize(
    "third",
    [
        0,
        pytest.param(1, marks=pytest.mark.slow),
        pytest.param(2, marks=pytest.mark.slow),
    ],
)
def test_correct_layer_breaks_no_rule(third: int) -> None:
    def one(kind: Kind) -> None:
        check_correct(kind, SHORT)

    each_row("kind", correct_layers.keeps.kinds[third::3], ids=attrgetter("name"))(
        one
    )()


@pytest.mark.slow
def test_correct_layer_breaks_no_rule_in_any_trial() -> None:
    def one(kind: Kind) -> None:
        check_correct(kind, ("*",))

    each_row("kind", correct_layers.keeps.kinds, ids=attrgetter("name"))(one)()
