from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.editor import (
    Operation,
    apply,
    compose,
    invert,
    move_position,
    transform,
)
from asgi_compare.domain.systems.editor.operation import Step
from tests.domain import quick
from tests.domain.systems.editor.operations import edited, fit, some_steps, texts


@quick
@given(texts, some_steps, some_steps)
def test_either_order_gives_the_same_text(
    text: str, one: list[Step], other: list[Step]
) -> None:
    left, right = fit(one, text), fit(other, text)
    left2, right2 = transform(left, right)
    assert apply(right2, apply(left, text)) == apply(left2, apply(right, text))


@quick
@given(edited(following=2))
def test_composed_does_what_one_after_the_other_does(
    drawn: tuple[str, list[Operation]],
) -> None:
    text, (first, second) = drawn
    both = compose(first, second)
    assert apply(both, text) == apply(second, apply(first, text))
    assert (both.length_before, both.length_after) == (
        first.length_before,
        second.length_after,
    )


@quick
@given(edited(following=3))
def test_composition_does_not_mind_the_grouping(
    drawn: tuple[str, list[Operation]],
) -> None:
    text, (first, second, third) = drawn
    early = compose(compose(first, second), third)
    late = compose(first, compose(second, third))
    assert apply(early, text) == apply(late, text)


@quick
@given(edited(following=1))
def test_inverse_leads_back(drawn: tuple[str, list[Operation]]) -> None:
    text, (operation,) = drawn
    assert apply(invert(operation, text), apply(operation, text)) == text


@quick
@given(some_steps)
def test_tidied_does_the_same_and_is_tidy(steps: list[Step]) -> None:
    text = "a" * sum(abs(step) for step in steps if isinstance(step, int))
    operation = Operation.of(steps)
    assert apply(operation, text) == apply(Operation(tuple(steps)), text)
    assert Operation.of(operation.steps) == operation
    kinds = [
        "insert" if isinstance(step, str) else "keep" if step > 0 else "delete"
        for step in operation.steps
    ]
    assert all(operation.steps)
    assert all(
        one != other and (one, other) != ("delete", "insert")
        for one, other in pairwise(kinds)
    )


@quick
@given(edited(following=1), st.integers(0, 8))
def test_cursor_stays_at_its_character(
    drawn: tuple[str, list[Operation]], position: int
) -> None:
    text, (operation,) = drawn
    position = min(position, len(text))
    # What stands left of the cursor and right of it, each edited for itself.
    marked = move_position(position, operation)
    after = apply(operation, text)
    kept_left = _kept(operation, range(position))
    kept_right = _kept(operation, range(position, len(text)))
    assert 0 <= marked <= len(after)
    assert sum(new < marked for new in kept_left) == len(kept_left)
    assert sum(new >= marked for new in kept_right) == len(kept_right)


def _kept(operation: Operation, positions: range) -> list[int]:
    """Return where the characters at `positions` are, if they are still there."""
    before = after = 0
    kept = []
    for step in operation.steps:
        if isinstance(step, str):
            after += len(step)
        elif step > 0:
            kept += [after + i for i in range(step) if before + i in positions]
            before, after = before + step, after + step
        else:
            before -= step
    return kept


def test_examples_are_as_in_the_documentation() -> None:
    assert apply(Operation.of([5, "tea", -3]), "Have cup") == "Have tea"
    assert transform(Operation.of([1, "X"]), Operation.of([1, "Y"])) == (
        Operation.of([1, "X", 1]),
        Operation.of([2, "Y"]),
    )
    # Text inserted right at the cursor pushes it; what is deleted pulls it.
    cases: list[list[Step]] = [[2, "XX", 2], [3, "XX", 1], [1, -3], [4]]
    cursors = [move_position(2, Operation.of(steps)) for steps in cases]
    assert cursors == [4, 2, 1, 2]


def test_operation_that_does_not_fit_is_an_error() -> None:
    three, two = Operation.of([3]), Operation.of([2])
    with pytest.raises(ValueError, match=r"Expected a text of length 3, but got 2\."):
        apply(three, "ab")
    with pytest.raises(ValueError, match=r"Expected a text of length 3, but got 2\."):
        invert(three, "ab")
    message = r"Expected a second operation of length 3, but got 2\."
    with pytest.raises(ValueError, match=message):
        compose(three, two)
    with pytest.raises(ValueError, match=message):
        transform(three, two)
