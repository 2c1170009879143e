from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tools import bench_drivers, bench_rivals
from tools.bench_drivers import Row, Table, lines, main, measure


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_drivers, "SLICE", 0.0005)
    monkeypatch.setattr(bench_drivers, "QUICK_ROUNDS", 3)


@pytest.mark.parametrize("table", bench_drivers.TABLES, ids=lambda each: each.title)
def test_every_driver_gets_an_answer_from_every_application(table: Table) -> None:
    said: list[str] = []

    assert main(["--quick", "--only", table.title], said.append) == 0

    about, packages, rounds, empty, title, _head, *rows = said
    assert "cores" in about
    assert "asgiref" in packages
    assert rounds.startswith("3 rounds in turns")
    assert (empty, title) == ("", f"{table.title} ({table.target})")
    assert len(rows) == len(table.rows)
    for row, line in zip(table.rows, rows, strict=True):
        assert line.startswith(f"  {row.name}  ")


def test_driver_that_is_not_installed_has_no_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(application: Any, loop: asyncio.AbstractEventLoop) -> Any:
        raise ImportError("No module named 'rival'")

    table = Table(
        "one",
        "tools.bench_drivers:wsgi_hello",
        (*bench_drivers.WSGI[:2], Row("rival", absent)),
    )

    said: list[str] = []
    monkeypatch.setattr(bench_drivers, "TABLES", (table,))
    main(["--quick"], said.append)
    times, missing = measure(table, 2)

    assert said[-1] == "  not here: rival: No module named 'rival'"
    assert missing == ["rival: No module named 'rival'"]
    assert [line.split("  ")[1] for line in lines(table, times)[2:]] == [
        "bare call",
        "ours",
    ]


def test_answer_that_is_not_200_is_an_error() -> None:
    def fails(environ: Any, start_response: Any) -> Any:
        raise LookupError

    loop = asyncio.new_event_loop()
    with bench_rivals.ours_wsgi(fails, loop) as many, pytest.raises(RuntimeError) as r:
        bench_drivers.timed(many, 1)
    loop.close()

    assert str(r.value) == "Expected the status 200, but got 500."
