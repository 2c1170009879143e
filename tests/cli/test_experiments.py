"""`asgi-compare experiments`: list, show, run, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands import experiments as command
from asgi_compare.measure.experiments.answer import Answer
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
)


def observed(effort: Effort) -> Iterator[Observation]:
    """Observe how much effort is made."""
    yield Observation("rounds", effort.rounds)


def interrupted(effort: Effort) -> Iterator[Observation]:
    """Observe, and then be interrupted."""
    yield from observed(effort)
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two experiments, one of which the user interrupts."""
    made = {
        name: Experiment(
            *(name, "Topic", f"Is it {name}?", "C.", "M.", "D.", "R.", run),
            lambda found: Answer("yes", f"{found.values('rounds')} rounds."),
        )
        for name, run in (("counting", observed), ("endless", interrupted))
    }
    monkeypatch.setattr(command, "known", lambda: made)


def invoke(*words: str) -> Result:
    """Run the command as a user does."""
    return CliRunner().invoke(command.experiments, list(words))


def test_experiments_are_listed_and_shown() -> None:
    listed = invoke("list").output
    assert "counting" in listed
    assert "Is it endless?" in listed
    assert "asgi-compare experiments run counting" in invoke("show", "counting").output


def test_run_writes_reports_which_read_reads(tmp_path: Path) -> None:
    stored = tmp_path / "notebook.json"
    ran = invoke("run", "count*", "--quick", "--json", str(stored))
    assert ran.exit_code == 0
    assert "Yes. [3] rounds." in ran.output
    page, text = tmp_path / "page.html", tmp_path / "page.md"
    read = invoke("read", str(stored), "--html", str(page), "--markdown", str(text))
    assert read.exit_code == 0
    assert "Yes. [3] rounds." in read.output
    assert "[3] rounds." in page.read_text("utf-8")
    assert "Is it counting?" in text.read_text("utf-8")


def test_interrupted_run_reports_what_it_has(tmp_path: Path) -> None:
    stored = tmp_path / "notebook.json"
    ran = invoke("run", "--all", "--json", str(stored))
    assert ran.exit_code == command.INTERRUPTED
    data = json.loads(stored.read_text("utf-8"))
    assert data["interrupted"] is True
    assert [each["name"] for each in data["experiments"]] == ["counting", "endless"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run",), "Expected the name of an experiment, but got none; see"),
        (
            ("run", "countin"),
            "Expected the name of an experiment, but got 'countin'; did you mean "
            "counting?",
        ),
        (("show", "x"), "Expected the name of an experiment, but got 'x'; see"),
    ],
)
def test_wrong_name_is_said_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


@pytest.mark.parametrize("content", ["{", "{}"])
def test_file_that_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    result = invoke("read", str(file))
    assert result.exit_code == 3
    assert "Could not read" in result.output
