"""Results to JSON, and back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from asgi_compare.measure.ladder import store
from asgi_compare.measure.ladder.costs import LadderResult
from tests.measure.ladder.sample import project_sample, sample


def test_result_comes_back_unchanged() -> None:
    for result in (sample(), project_sample()):
        written = json.loads(json.dumps(store.to_json(result)))
        assert store.from_json(written) == result
    assert store.from_json(store.to_json(LadderResult())) == LadderResult()


def test_older_run_lacks_what_has_a_default() -> None:
    written = store.to_json(sample())
    del written["by_version"]
    for each in written["comparisons"]:
        del each["unsupported"]
    found = store.from_json(written)
    assert found.by_version == []
    assert {each.unsupported for each in found.comparisons} == {""}


def broken(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(store.to_json(sample())))
    change(written)
    return written


@pytest.mark.parametrize(
    ("found", "message"),
    [
        pytest.param([], "Expected what `layers --json` writes, version 2.", id="list"),
        pytest.param(
            {"version": 7}, "Expected what `layers --json` writes, version 2.", id="old"
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
    ],
)
def test_what_is_not_ours_is_refused(found: object, message: str) -> None:
    with pytest.raises(store.StoreError) as error:
        store.from_json(found)
    assert str(error.value).endswith(message)
