"""The pages about the rules are complete, and as they would be made now."""

from __future__ import annotations

from pathlib import Path

import pytest

from asgi_compare.judge.application.probes.all_probes import PROBES
from asgi_compare.judge.rules import RULES
from tests.tables import each_row
from tools import rule_pages

PAGES = rule_pages.pages()


def test_there_is_a_page_for_each_rule_and_a_row_for_each_probe() -> None:
    assert set(PAGES) == {f"docs/rules/{name}.md" for name in [*RULES, *OTHERS]}
    index, probes = (PAGES[f"docs/rules/{name}.md"] for name in OTHERS)
    assert all(f"]({name}.md)" in index for name in RULES)
    assert all(f"| `{probe.id}` |" in probes for probe in PROBES)


OTHERS = ("README", "probes")


@each_row("name", RULES)
def test_page_has_all_that_is_known_of_a_rule(name: str) -> None:
    page, rule = PAGES[f"docs/rules/{name}.md"], RULES[name]

    assert page.count("```") == 4
    for text in (rule.statement, rule.why, rule.hint, rule.link):
        assert text in page


def test_pages_are_written_and_found_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rule_pages.main(["check"], tmp_path) == 1
    assert rule_pages.main(["write"], tmp_path) == 0
    assert rule_pages.main(["check"], tmp_path) == 0
    capsys.readouterr()
    folder = tmp_path / "docs/rules"
    (folder / "README.md").write_text("old")
    (folder / "no-such-rule.md").write_text("")
    assert rule_pages.main(["check"], tmp_path) == 1
    said = capsys.readouterr().out
    assert said == ("Stale: docs/rules/README.md\nStale: docs/rules/no-such-rule.md\n")
    assert rule_pages.main(["write"], tmp_path) == 0
    assert rule_pages.stale(tmp_path) == []


def test_pages_of_the_repository_are_current() -> None:
    """If this fails, run `make docs`."""
    assert rule_pages.stale() == []


def test_other_words_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert rule_pages.main(["frobnicate"]) == 2
    assert "but got ['frobnicate']" in capsys.readouterr().err
