"""Is a result that was written down still true?"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.measure.ladder import check, store
from asgi_compare.measure.ladder.costs import Cost, LadderResult
from asgi_compare.measure.timing.figures import Spread
from tests.measure.ladder.sample import counts, sample
from tools import docs, ladder_parts


def changed(rung: str, variant: str, **changes: Any) -> LadderResult:
    """The sample, with one of its costs changed."""
    result = sample()
    result.costs = [
        replace(cost, **changes)
        if (cost.rung, cost.variant) == (rung, variant)
        else cost
        for cost in result.costs
    ]
    return result


def served(result: LadderResult) -> Cost:
    cost = result.cost("urls-1", "async")
    assert cost is not None
    assert cost.served is not None
    return cost


def test_same_result_has_no_problem() -> None:
    assert list(check.problems(sample(), sample())) == []


def test_count_that_is_another_one_is_a_problem() -> None:
    fresh = changed("urls-1", "async", counts=counts(3, threads=2))
    assert list(check.problems(sample(), fresh)) == [
        "Expected 2 hops of urls-1 async, but got 3."
    ]


def test_ratio_far_from_what_it_was_is_a_problem() -> None:
    fresh = changed("urls-1", "wsgi", times=Spread(30, 28, 32))
    assert list(check.problems(sample(), fresh)) == [
        "Expected urls-1 wsgi in process at 15 times raw ASGI (13.5 to 16.5), but got "
        "30 (28 to 32)."
    ]


def test_cpu_time_is_compared_as_well() -> None:
    now = served(sample()).served
    assert now is not None
    costly = replace(now, cpu_times=Spread(99, 98, 100))
    fresh = changed("urls-1", "async", served=costly)
    (problem,) = check.problems(sample(), fresh)
    assert "CPU time of urls-1 async on uvicorn at 25 times" in problem


def test_bad_company_tells_nothing_and_is_counted() -> None:
    now = served(sample()).served
    assert now is not None
    fresh = changed(
        "urls-1",
        "async",
        times=Spread(999, 998, 1000),
        disturbed=True,
        served=replace(now, cpu_times=Spread(99, 98, 100), disturbed=True),
    )
    assert list(check.problems(sample(), fresh)) == []
    assert list(check.problems(fresh, sample())) == []
    assert check.unknown(fresh) == 2
    assert check.unknown(sample()) == 0


def test_rung_that_is_not_written_down_is_a_problem() -> None:
    written = sample()
    written.costs = [cost for cost in written.costs if cost.rung != "atomic"]
    assert list(check.problems(written, sample())) == [
        "Expected atomic async to be written down, but it is not."
    ]


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (Spread(10, 9, 11), Spread(12, 11, 13), True),
        (Spread(10, 9, 11), Spread(17, 16, 18), True),  # both widened by a quarter
        (Spread(10, 9, 11), Spread(21, 20, 22), False),
        (Spread(21, 20, 22), Spread(10, 9, 11), False),
    ],
)
def test_spreads_overlap_generously(one: Spread, other: Spread, meets: bool) -> None:
    assert check.overlap(one, other) == meets


def test_result_is_written_and_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "adds.json"
    asked: list[bool] = []

    def measure(quick: bool) -> LadderResult:
        asked.append(quick)
        return replace(sample(), by_version=[])

    path.write_text(json.dumps(store.to_json(sample())))
    assert check.main(["write", str(path)], measure) == 0
    assert check.read(path).by_version == sample().by_version  # which are kept
    assert store.from_json(json.loads(path.read_text())).trees == {}
    assert check.main(["check", str(path)], measure) == 0
    assert asked == [False, True]
    assert capsys.readouterr().out == (
        "0 of 11 ratios were measured while the machine was not quiet.\n"
        "0 problems; 0 of 11 ratios were measured while the machine was not quiet.\n"
    )
    other = changed("urls-1", "async", counts=counts(3, threads=2))
    assert check.main(["check", str(path)], lambda quick: other) == 1
    assert "Expected 2 hops" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["write"], ["see", "file"]])
def test_wrong_usage_is_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main(arguments) == 2
    assert capsys.readouterr().err == "Expected 'write FILE' or 'check FILE'.\n"


def test_every_part_is_in_the_document_and_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "adds.json"
    path.write_text(json.dumps(store.to_json(sample())))
    monkeypatch.setattr(ladder_parts, "WRITTEN", path)
    text = (docs.ROOT / "docs" / "what-django-adds.md").read_text("utf-8")
    named = {match["name"] for match in docs.PART.finditer(text)}
    assert named == set(ladder_parts.PARTS)
    for name, made in ladder_parts.PARTS.items():
        assert made().endswith("\n"), name
    assert "| startproject | 15 |" in ladder_parts.PARTS["layers-counted"]()
    assert "| raw-wsgi | uvicorn |" in ladder_parts.PARTS["layers-interfaces"]()


def test_sheet_that_a_run_has_not_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "adds.json"
    path.write_text(json.dumps(store.to_json(replace(sample(), comparisons=[]))))
    monkeypatch.setattr(ladder_parts, "WRITTEN", path)
    assert ladder_parts.sheet("waiting") == "Not measured in this run.\n"


def test_counts_in_the_document_are_those_of_the_tests() -> None:
    """What the document shows was counted by a toolkit that counts as this one does."""
    from tests.measure.ladder.test_counts import expected

    written = ladder_parts.written()
    found = {
        (c.rung, c.variant): (
            c.counts.hops,
            c.counts.threads,
            c.counts.queries,
            c.counts.hops_back,
        )
        for c in written.costs
        if c.counts is not None
    }
    for key, row in expected().items():
        assert found[key] == row, key
