"""The page about data is as its figures make it, and they bear it out."""

import json
from typing import Any

import pytest

from tools import data_page
from tools.data_page import FIGURES, fifties, lost_by, main


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
    return kept


def test_page_is_as_its_figures_make_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "docs/data.md is so.\n"


def test_figures_say_what_the_page_concludes(figures: dict[str, Any]) -> None:
    for database in data_page.DATABASES:
        for way in ("serializable", "row_lock", "optimistic", "conditional"):
            assert lost_by(figures, way, database) == 0
        assert all(row["lost"] for row in fifties(figures, "naive", database))
    assert all(row["lost"] for row in fifties(figures, "atomic", "PostgreSQL"))
    assert lost_by(figures, "atomic", "SQLite") == 0
    for row in figures["fifties"]:
        assert row["confirmed"] + row["told"] == 50
    transactional = [r for r in figures["left"] if r["way"] != "naive"]
    assert {r["half"] for r in transactional} == {0}
    kept = {
        (r["implementation"], r["setting"]): r["after"] for r in figures["connections"]
    }
    # Four threads, and a thread for each request.
    assert kept["django-wsgi", "`CONN_MAX_AGE` 60"] <= 4
    assert kept["django-asgi", "`CONN_MAX_AGE` 60"] > 20
    assert kept["django-asgi", "`CONN_MAX_AGE` 0"] == 0
    assert all(kept[each] <= 4 for each in kept if each[1] == "a pool of 4")
    made = {(r["implementation"], r["cache"]): r["made"] for r in figures["made"]}
    for cache in ("in memory", "Redis"):
        for implementation in ("raw-asgi", "raw-wsgi", "starlette"):
            assert made[implementation, cache] == 1
        assert made["django-asgi", cache] > 4 >= made["django-wsgi", cache] > 1


def test_page_is_written_and_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data_page, "PAGE", tmp_path / "data.md")
    assert main(["check"]) == 1
    assert main(["write"]) == 0
    assert main(["check"]) == 0
    assert main(["read"]) == 2
    said = capsys.readouterr().out
    assert "Expected 'measure', 'write' or 'check', but got ['read']." in said
