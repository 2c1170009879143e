"""`asgi-compare systems`: list, run, trace and show."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from asgi_compare.cli.main import cli


def invoke(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["systems", *words], catch_exceptions=False)
    return result.exit_code, result.output


def test_stories_are_listed() -> None:
    code, output = invoke("list")
    assert code == 0
    assert "chat/resume" in output


def test_stories_are_run() -> None:
    words = ("run", "--select", "systems/chat/two_talk", "-i", "raw-asgi")
    code, output = invoke(*words)
    assert code == 0
    assert "1 passed, 0 failed, of 1 played." in output


def test_stories_are_run_with_the_scenarios_command() -> None:
    words = ["run", "-i", "raw-wsgi", "--servers", "none", "--select"]
    result = CliRunner().invoke(cli, [*words, "systems/gateway/page"])
    assert result.exit_code == 0
    assert "1 passed, 0 failed, of 1 played." in result.output
    both = CliRunner().invoke(cli, [*words, "systems/*", "--select", "hello/*"])
    assert both.exit_code == 2
    sentence = "Expected patterns of scenarios, or of stories (systems/...), but got"
    assert sentence in " ".join(both.output.split())


def test_story_is_traced_and_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "story.svg"
    words = ("trace", "chat/page", "-i", "raw-wsgi", "--transport", "poll")
    code, output = invoke(*words, "--svg", str(picture))
    assert code == 0
    assert "one -> asks for GET /systems/chat/" in output
    assert picture.read_text("utf-8").startswith("<svg")


def test_code_is_shown() -> None:
    code, output = invoke("show", "chat")
    assert code == 0
    for folder in ("asgi_raw", "wsgi_app", "starlette_app", "django_app"):
        assert f"{folder}/systems/chat.py" in output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "chap"), "Expected the name of a system, but got 'chap'"),
        (("trace", "chat/pag"), "Expected the name of a story, but got 'chat/pag'"),
        (("run", "--select", "chap"), "Expected the name of a story, but got 'chap'"),
        (
            ("trace", "chat/page", "--transport", "pigeon"),
            "Expected one of websocket as the transport of raw-asgi, but got 'pigeon'.",
        ),
    ],
)
def test_wrong_name_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    code, output = invoke(*words)
    assert code == 2
    assert sentence in output.replace("\n", " ")
