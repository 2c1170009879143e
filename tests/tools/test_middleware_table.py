"""The pages about middleware and test clients are as their tables say."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.judge.application.conclusions import CONCLUSIONS
from asgi_compare.judge.middleware.rules import LAYER_RULES
from asgi_compare.judge.rules import RULES
from tools import client_table, middleware_table


@pytest.mark.parametrize(
    "tool", [middleware_table, client_table], ids=["middleware", "clients"]
)
def test_page_is_as_it_would_be_made(
    tool: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["check"]) == 0, capsys.readouterr().out
    assert tool.main(["nonsense"]) == 2


def test_rows_speak_of_targets_and_rules_that_there_are() -> None:
    table = middleware_table.read_table()
    names = {each["name"] for each in table["target"]}
    clients = client_table.read_table()
    known = {each["name"] for each in clients["client"]}
    wrong = [e for e in table["finding"] if e["target"] not in names]
    wrong += [e for e in clients["finding"] if e["client"] not in known]
    every = (*table["finding"], *clients["finding"])
    rules = {**LAYER_RULES, **RULES, **CONCLUSIONS}
    wrong += [e for e in every if e["rule"] not in rules]
    assert wrong == []


def test_finding_and_row_must_agree() -> None:
    table = {
        "target": [{"name": "x"}],
        "finding": [{"target": "x", "rule": "one", "says": ""}],
    }
    report = {"findings": [{"rule": "two"}], "advice": []}
    found = list(middleware_table.disagreements(table, {"name": "x"}, report))
    assert found == [
        "x: two is broken, and no row explains it.",
        "x: a row explains one, which is not broken.",
    ]
