"""`asgi-compare check-middleware`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check_middleware import check_middleware
from tests.places import ROOT

FEW = ("--app-dir", str(ROOT), "--trial", "plain", "--trial", "a stream")


def run(*words: str) -> Result:
    return CliRunner().invoke(check_middleware, [*words, "--no-color"])


def test_correct_layer_passes() -> None:
    result = run("tests.middlewares.correct:factory", "--factory", *FEW)
    assert result.exit_code == 0, result.output
    assert "2 trials" in result.output
    assert "no rule broken" in result.output


def test_broken_layer_fails_and_is_written_down(tmp_path: Path) -> None:
    file = str(tmp_path / "found.json")
    target = "tests.middlewares.broken:gathers_all"
    result = run(target, *FEW, "--json", file)
    assert result.exit_code == 1, result.output
    (found,) = json.loads(Path(file).read_text("utf-8"))["findings"]
    assert found["rule"] == "asgi-middleware/held-back"
    assert found["message"] == (
        "Expected pieces to come out while the application sends them, but the first "
        "came after all 5 were taken (in 'a stream')."
    )
    assert found["scenarios"] == ["a stream"]
    assert found["again"].startswith(
        f"asgi-compare check-middleware {target} --app-dir"
    )
    assert found["again"].endswith("--select asgi-middleware/held-back")


def test_every_report_of_check_can_be_had(tmp_path: Path) -> None:
    kinds = ("junit", "sarif", "markdown", "html")
    files = {kind: tmp_path / f"found.{kind}" for kind in kinds}
    options = [word for kind in kinds for word in (f"--{kind}", str(files[kind]))]
    result = run("tests.middlewares.broken:gathers_all", *FEW, *options)
    assert result.exit_code == 1, result.output
    for file in files.values():
        assert "asgi-middleware/held-back" in file.read_text("utf-8")


def test_middleware_of_django_is_put_into_a_django(tmp_path: Path) -> None:
    """One that joins the pieces of a stream is found."""
    (tmp_path / "of_django.py").write_text(
        "class Joins:\n"
        "    def __init__(self, get_response):\n"
        "        self.get_response = get_response\n"
        "    def __call__(self, request):\n"
        "        response = self.get_response(request)\n"
        "        if response.streaming:\n"
        "            response.streaming_content = [b''.join(response)]\n"
        "        return response\n"
    )
    words = ("of_django:Joins", "--app-dir", str(tmp_path), "--interface", "wsgi")
    result = run(*words, "--trial", "plain", "--trial", "a stream")
    assert result.exit_code == 1, result.output
    assert "wsgi-middleware/block-held-back" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--args", "{}"), "Expected JSON such as [\"x\", 1], but got '{}'."),
        (("--kwargs", "nope"), "Expected JSON such as {\"name\": 1}, but got 'nope'."),
        (("--header", "nope"), "Expected a header as 'Name: value', but got 'nope'."),
    ],
    ids=["args", "kwargs", "header"],
)
def test_wrong_option_is_said_in_a_sentence(
    words: tuple[str, ...], message: str
) -> None:
    result = run("tests.middlewares.correct:nothing", *words)
    assert result.exit_code == 2
    assert message in result.output


def test_target_that_is_no_middleware_ends_in_3() -> None:
    result = run("tests.middlewares.correct:who", *FEW)
    assert result.exit_code == 3
    assert "Expected 'tests.middlewares.correct:who' to be" in result.output
