"""The table of real software says what is so, as far as the software is here."""

from __future__ import annotations

import importlib.util
import re
import sys
from typing import Any

import pytest

from asgi_compare.judge.application.conclusions import CONCLUSIONS
from asgi_compare.judge.application.probes.all_probes import BY_ID
from asgi_compare.judge.rules import RULES
from tests.tools.scripts import ROOT, TOOLS, script

REAL = script("real_software")
ROWS = script("real_software_table")
TABLE = ROWS.read_table()
PAGE = (ROOT / "docs" / "real-software.md").read_text("utf-8")
HERE = ("starlette", "fastapi", "litestar", "quart", "django", "flask", "asgiref")
"""Distributions of the development environment; the others are not looked for."""
BY_DEFAULT = ("Flask",)
"""Driven by default; the slow tests drive the others."""


@pytest.mark.parametrize("target", TABLE.targets, ids=lambda target: target.name)
def test_target_has_its_application_its_version_and_its_line(target: Any) -> None:
    module = target.application.partition(":")[0]

    assert (TOOLS / "targets" / f"{module}.py").exists()
    version = ROWS.pinned()[target.distribution]
    assert f"\n| {target.name} | {version} | " in PAGE


@pytest.mark.parametrize("target", TABLE.targets, ids=lambda target: target.name)
def test_every_finding_of_the_page_is_explained(target: Any) -> None:
    line = next(x for x in PAGE.splitlines() if x.startswith(f"| {target.name} |"))
    shown = set(re.findall(r"\[`([^`]+)`\]", line))

    assert shown == TABLE.expected(target)
    for rule in shown:
        of_rule = PAGE.split(f"\n## {rule}\n")[1].split("\n## ")[0]
        assert f"**{target.name}.** " in of_rule


def test_every_row_names_a_rule_and_a_target_that_there_are() -> None:
    names = {target.name for target in TABLE.targets}

    assert len(names) == len(TABLE.targets)
    for row in TABLE.explained:
        assert row.target in names
        assert row.rule in TABLE.about
        assert row.what
        assert row.source
    assert TABLE.about.keys() <= {**RULES, **CONCLUSIONS, **BY_ID}.keys()


def test_every_mistake_that_was_mended_names_its_test() -> None:
    for row in TABLE.mended:
        assert (ROOT / row["kept"]).exists(), row


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(
            target,
            id=target.name,
            marks=() if target.name in BY_DEFAULT else pytest.mark.slow,
        )
        for target in TABLE.targets
        if target.distribution in HERE
    ],
)
def test_target_that_is_installed_has_the_findings_of_the_table(target: Any) -> None:
    if target.application.startswith("on_adapters:"):
        pytest.importorskip("a2wsgi")
    report = REAL.check(sys.executable, target)

    assert list(REAL.unexplained(TABLE, {target: report})) == []


def test_finding_without_a_row_and_row_without_a_finding_are_told() -> None:
    target = next(each for each in TABLE.targets if each.name == "Bottle")
    report = {
        "findings": [{"rule": "http/content-short"}],
        "probes": [{"scenario": "GET /", "verdict": "error", "reason": "It is gone."}],
    }

    assert list(REAL.unexplained(TABLE, {target: report})) == [
        "Bottle: http/content-short is broken, and no row explains it.",
        "Bottle: a row explains http/etag, which is not broken.",
        "Bottle: GET /: It is gone.",
    ]


def test_development_environment_has_what_is_looked_for() -> None:
    missing = [name for name in HERE if importlib.util.find_spec(name) is None]

    assert missing == []


def test_every_adapter_has_its_line() -> None:
    for row in TABLE.adapters:
        version = ROWS.pinned()[row["distribution"]]
        assert f"\n| {row['name']} | {version} | {row['inside']} | none |" in PAGE
