"""The page about recall is as its rows say, and the rows are about what there is."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.judge.application.conclusions import CONCLUSIONS
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.middleware.rules import LAYER_RULES
from asgi_compare.judge.rules import RULES
from asgi_compare.judge.server.chapters import CASES
from tools import recall

KNOWN = {*CONCLUSIONS, *BY_ID, *LAYER_RULES, *RULES, *CASES, "error"}


def test_page_is_as_it_would_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert recall.main(["check"]) == 0, capsys.readouterr().out
    assert recall.main(["nonsense"]) == 2


def test_rows_speak_of_what_there_is() -> None:
    rows = recall.read_table()
    judged = [row for row in rows if row["outcome"] != "not judged"]
    assert [row["thread"] for row in judged if row["finds"] not in KNOWN] == []
    # A fault that is found has a twin without it, or software that is not mended yet.
    alone = [r for r in judged if not (r.get("affected") or r.get("clean"))]
    assert alone == []
    assert {row["outcome"] for row in rows} <= {"found", "missed", "not judged"}


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([{"x"}, set()], "found"),
        ([set()], "missed"),
        ([{"x"}, {"x"}], "wrongly blamed"),
    ],
    ids=["found", "missed", "blamed"],
)
def test_outcome_is_read_from_both_versions(
    seen: list[set[str]], outcome: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(recall, "seen", lambda command, python: seen.pop(0))
    row = {
        "thread": "one/two#3",
        "command": ["check", "x:y"],
        "clean": ["check", "x:z"],
        "finds": "x",
        "outcome": "found",
    }
    assert recall.outcome(row, tmp_path) == outcome
    assert seen == []


def test_ids_are_read_from_the_report_of_every_command() -> None:
    report = {
        "findings": [{"rule": "a"}],
        "advice": [{"rule": "b"}],
        "probes": [{"verdict": "error"}, {"verdict": "passed"}],
        "cases": [{"case": "wire/c", "verdict": "fail"}],
    }
    assert list(recall.ids(report)) == ["a", "b", "error", "wire/c"]
