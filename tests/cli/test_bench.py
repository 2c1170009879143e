"""`asgi-compare bench`: a small run, what it writes, and wrong usage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from asgi_compare.cli.commands.bench import bench
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.throughput import run

SMALL = ("--rounds", "2", "--seconds", "0.1", "--connections", "2")
OURS = ("-i", "raw-asgi", "--no-color")


def test_run_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    first = CliRunner().invoke(bench, [*SMALL, *OURS, "--json", str(file)])
    assert first.exit_code == 0, first.output
    assert "raw-asgi on uvicorn, hello/get" in first.output
    assert "the limit" in first.output
    kept = json.loads(file.read_text())
    for row in kept["observations"]:  # as if it had been a hundred times as fast
        if row["case"]["by"] != "the limit" and row["measure"] == "requests a second":
            row["value"] *= 100
    file.write_text(json.dumps(kept))
    second = CliRunner().invoke(bench, [*SMALL, *OURS, "--against", str(file)])
    assert second.exit_code == 1, second.output
    assert "slower" in second.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["-i", "raw-asgi", "--select", "jobs/*"],
            "Expected the name of a scenario, but got 'jobs/*'",
        ),
        (
            ["-i", "raw-asgi", "--select", "ws_echo/text"],
            "Expected a scenario that is one plain request, such as hello/get, but got "
            "'ws_echo/text'.",
        ),
        (
            ["-i", "raw-wsgi", "--servers", "daphne"],
            "Expected from 1 to 12 applications on servers, but got 0; choose with "
            "--servers, --implementation and --select.",
        ),
        (["--servers", "uvicorm"], "did you mean uvicorn"),
        (["--against", "nowhere.json"], "File 'nowhere.json' does not exist."),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(bench, arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}")
    result = CliRunner().invoke(bench, ["--against", str(file)])
    assert result.exit_code == 3
    assert "expected what `asgi-compare bench --json` writes" in result.output


def test_report_that_cannot_be_written_keeps_back_no_result() -> None:
    result = CliRunner().invoke(bench, [*SMALL, *OURS, "--json", "/dev/full"])
    assert result.exit_code == 4
    assert "raw-asgi on uvicorn, hello/get" in result.output
    assert "No space left on device" in result.output


def test_ctrl_c_shows_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(subjects: Any, plan: Any) -> Iterator[Observation]:
        yield from islice(run(subjects, plan), 20)
        raise KeyboardInterrupt

    monkeypatch.setattr("asgi_compare.cli.commands.bench.run", interrupted)
    result = CliRunner().invoke(bench, [*SMALL, *OURS])
    assert result.exit_code == 130
    assert "raw-asgi on uvicorn, hello/get" in result.output


def test_target_that_does_not_start_is_one_sentence() -> None:
    result = CliRunner().invoke(bench, [*SMALL, "--target", "no_such_module:app"])
    assert result.exit_code == 3
    assert "no_such_module" in result.output
    assert "Traceback" not in result.output


def test_locustfile_is_written_and_nothing_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "locustfile.py"
    asked = [*OURS, "--target", "main:app", "--path", "/items", "--locust", str(file)]
    result = CliRunner().invoke(bench, asked)
    assert result.exit_code == 0, result.output
    assert "Wrote 2 requests; run: locust -f" in result.output
    assert "'url': '/items'" in file.read_text()
