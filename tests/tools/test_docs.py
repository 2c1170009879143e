"""The generated parts of the documents are as they would be made now."""

from pathlib import Path

import pytest

from tests.tables import each_row
from tools import docs


@each_row("path", docs.documents(), ids=lambda path: path.name)
def test_generated_parts_are_current(path: Path) -> None:
    """If this fails, run `make docs`."""
    text = path.read_text("utf-8")
    assert docs.filled(text) == text


def test_check_says_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "README.md"
    stale.write_text("<!-- generated: servers -->\nold\n<!-- end -->\n")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    assert docs.main(["check"]) == 1
    assert docs.main(["write"]) == 0
    assert docs.main(["check"]) == 0
    assert "| `uvicorn` |" in stale.read_text()
    assert capsys.readouterr().out == "Stale: README.md\nWrote README.md\n"


def test_other_words_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["frobnicate"]) == 2
    expected = "Expected 'write' or 'check', but got ['frobnicate'].\n"
    assert capsys.readouterr().err == expected
