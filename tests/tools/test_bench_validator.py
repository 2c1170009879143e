from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import asgi_compare
from tools import bench_validator, bench_wrapped
from tools.bench_validator import TABLES, Table, lines, main, measure, verdict


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_validator, "SLICE", 0.0005)
    monkeypatch.setattr(bench_validator, "QUICK_ROUNDS", 3)


def test_every_wrapper_has_a_row_in_every_table() -> None:
    said: list[str] = []

    assert main(["--quick"], said.append) == 0

    for table in TABLES:
        at = said.index(table.title)
        for line in said[at + 2 : at + 2 + len(table.wrappers) - 1]:
            name = line[2:24].strip()
            assert name in table.wrappers or line.startswith("  not here: ")
    goals = [line for line in said if line.endswith((": met", ": MISSED"))]
    assert [line.partition(": wsgiref")[0] for line in goals if "wsgiref" in line] == [
        table.title for table in TABLES if "wsgiref.validate" in table.wrappers
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda each: each.title)
def test_applications_of_the_tables_break_no_rule(table: Table) -> None:
    made: list[Any] = []

    def ours(app: Any) -> Any:
        made.append(asgi_compare.validate(app))
        return made[-1]

    measure(Table(table.title, table.app, table.calls, {"ours": ours}), 2)

    assert made[0].findings == []


def test_wrapper_that_is_not_installed_is_named() -> None:
    def absent(app: Any) -> Any:
        raise ImportError("No module named 'rival'")

    table = Table("one", bench_wrapped.hello, bench_wrapped.asgi_calls, {})
    wrappers: dict[str, Any] = {
        "bare call": bench_wrapped.bare,
        bench_validator.OURS: asgi_compare.validate,
        "rival": absent,
    }
    times, missing = measure(Table("one", table.app, table.calls, wrappers), 3)

    assert missing == ["rival: No module named 'rival'"]
    assert [line[2:24].strip() for line in lines(table, times)[2:]] == [
        "bare call",
        "asgi_compare.validate",
    ]


def test_price_of_a_stream_is_that_of_a_piece() -> None:
    stream = next(table for table in TABLES if table.events)
    taken = [1.0 + stream.events / 2] * 3

    said = lines(stream, {"bare call": [1.0] * 3, bench_validator.OURS: taken})

    assert "0.50 (0.50-0.50)" in said[-1]


@pytest.mark.parametrize(("price", "word"), [(20.0, "met"), (19.8, "MISSED")])
def test_goal_is_met_or_missed(price: float, word: str) -> None:
    times = {
        "bare call": [1.0] * 3,
        bench_validator.OURS: [3.0] * 3,
        "wsgiref.validate": [1.0 + price] * 3,
    }
    table = Table("one", bench_wrapped.wsgi_hello, bench_wrapped.wsgi_calls, {})

    assert verdict(table, times) == (
        f"one: wsgiref.validate adds {price / 2:.1f} times as much: {word}"
    )


def test_table_without_another_checker_has_no_verdict() -> None:
    table = Table("one", bench_wrapped.hello, bench_wrapped.asgi_calls, {})
    times = {"bare call": [1.0] * 3, bench_validator.OURS: [2.0] * 3}

    assert verdict(table, times) is None


def test_other_interpreter_measures_too(tmp_path: Path) -> None:
    said: list[str] = []

    bench_validator.elsewhere(sys.executable, True, said.append)
    assert TABLES[0].title in said

    said.clear()
    bench_validator.elsewhere(str(tmp_path / "python"), True, said.append)
    assert said[0].startswith("not here: asgion: ")
