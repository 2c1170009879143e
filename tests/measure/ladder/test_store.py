"""What a climb found out, to JSON and back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import Adds
from tests.measure.ladder.sample import sample


def test_climb_comes_back_unchanged() -> None:
    adds = sample()
    assert store.from_json(json.loads(json.dumps(store.to_json(adds)))) == adds
    assert store.from_json(store.to_json(Adds())) == Adds()


def test_older_run_lacks_what_has_a_default() -> None:
    written = store.to_json(sample())
    del written["beside"]
    for claim in written["claims"]:
        del claim["why"]
    found = store.from_json(written)
    assert found.beside == []
    assert {claim.why for claim in found.claims} == {""}


def broken(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(store.to_json(sample())))
    change(written)
    return written


@pytest.mark.parametrize(
    ("found", "message"),
    [
        pytest.param([], "Expected what `adds --json` writes, version 1.", id="list"),
        pytest.param(
            {"version": 7}, "Expected what `adds --json` writes, version 1.", id="old"
        ),
        pytest.param(
            broken(lambda w: w["costs"][0].pop("rung")),
            "Expected a Cost at 'costs[]', but got dict with other fields.",
            id="a field is missing",
        ),
        pytest.param(
            broken(lambda w: w["costs"][0].update(rung=1)),
            "Expected <class 'str'> at 'costs[].rung', but got 1.",
            id="a number for a name",
        ),
        pytest.param(
            broken(lambda w: w["claims"][0].update(verdict="so so")),
            "but got 'so so'.",
            id="a verdict that is none",
        ),
    ],
)
def test_what_is_not_ours_is_refused(found: object, message: str) -> None:
    with pytest.raises(store.StoreError) as error:
        store.from_json(found)
    assert str(error.value).endswith(message)
