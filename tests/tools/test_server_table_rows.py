"""Each failure that the page about servers shows is listed; each row, a failure."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from tests.tables import each_row
from tests.tools.scripts import ROOT
from tests.tools.server_page import MAIN, NO_ROWS, PAGE, REFUSED, ROW, ROWS, result, run

DOCUMENT = ROOT / "docs" / "servers.md"
TABLE = ROWS.read_table()


def test_row_without_its_failure_is_outdated() -> None:
    found = run(result("one", "warn", "It did not."), result("three", "pass", REFUSED))

    assert list(ROWS.problems(ROWS.Table((ROW,), ()), found)) == [
        "three: a row explains host-missing, which did not fail.",
        "one: a row explains host-twice, which did not fail.",
        "three: a row explains host-twice, which did not fail.",
    ]


@pytest.mark.parametrize("verdict", ["fail", "warn", "timeout", "crash", "flaky"])
def test_failure_without_a_row_is_named(verdict: str) -> None:
    found = run(result("one", verdict, "It did not."), result("two", "pass", REFUSED))

    assert list(ROWS.problems(NO_ROWS, found)) == [
        "one: host-missing failed, and no row explains it."
    ]


def test_page_is_not_written_while_something_is_unexplained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, page = tmp_path / "run.json", tmp_path / "servers.md"
    file.write_text(json.dumps(run(result("one", "fail", "It did not."))), "utf-8")
    monkeypatch.setattr(MAIN, "DOCUMENT", page)

    assert MAIN.main(["--json", str(file), "--write"]) == 1
    assert "one: host-missing failed, and no row explains it." in (
        capsys.readouterr().out.splitlines()
    )
    assert not page.exists()


def test_page_is_written_when_everything_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, page = tmp_path / "run.json", tmp_path / "servers.md"
    file.write_text(json.dumps(run(result("one", "pass", REFUSED))), "utf-8")
    monkeypatch.setattr(MAIN, "DOCUMENT", page)
    monkeypatch.setattr(MAIN, "read_table", lambda: NO_ROWS)

    assert MAIN.main(["--json", str(file), "--write"]) == 0
    assert capsys.readouterr().out == (
        "Every row explains what failed, and all that failed.\n"
    )
    assert page.read_text("utf-8").startswith("# The servers under the wire cases\n")


def name_of(row: Any) -> str:
    return f"{row.cases[0]}-{row.servers[0]}"


@each_row("row", TABLE.explained, ids=name_of)
def test_every_row_names_cases_and_servers_that_there_are(row: Any) -> None:
    order = [case.removeprefix("wire/") for case in CASES]

    assert list(row.cases) == sorted(row.cases, key=order.index)
    assert set(row.servers) <= set(SERVERS)
    assert row.source
    assert row.why.endswith((".", ".)"))
    assert all(each.startswith("https://github.com/") for each in row.upstream)


def test_no_two_rows_explain_the_same() -> None:
    cells = [cell for row in TABLE.explained for cell in row.cells()]

    assert len(cells) == len(set(cells))


SHOWN = re.compile(rf"\* ({'|'.join(ROWS.TOLD)}): ([a-z0-9, -]+): ")


def sections() -> dict[str, str]:
    """Return what the page says of each case."""
    _, *parts = re.split(r"\n### ", DOCUMENT.read_text("utf-8"))
    return {part.partition("\n")[0]: part.partition("\n## ")[0] for part in parts}


def test_page_explains_each_failure_that_it_shows() -> None:
    """And each explanation is of a failure that the page shows."""
    shown = {
        (case, server)
        for case, text in sections().items()
        for _, servers in SHOWN.findall(text)
        for server in servers.split(", ")
    }

    assert len(shown) > 200
    assert shown == {cell for row in TABLE.explained for cell in row.cells()}


def test_every_explanation_is_on_the_page() -> None:
    for case, text in sections().items():
        rows = [row for row in TABLE.explained if case in row.cases]
        found = [line for line in text.splitlines() if line.startswith("In the source")]
        assert found == PAGE.explanations(case, rows)


def test_page_has_every_chapter() -> None:
    page = DOCUMENT.read_text("utf-8").lower()

    for chapter in set(CHAPTER_OF.values()):
        assert f"\n## {chapter}\n".lower() in page
