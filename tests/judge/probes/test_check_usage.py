"""`asgi-compare check` with unusual words: each ends in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check import check

Check = Callable[..., Result]

APPS = """
import asyncio

def answers(*headers):
    async def application(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})
    return application

fine = answers()
capital = answers((b"X-Name", b"a"))

async def at_b_only(scope, receive, send):
    await (capital if scope.get("path") == "/b" else fine)(scope, receive, send)

async def at_home_on_uvloop(scope, receive, send):
    if not type(asyncio.get_running_loop()).__module__.startswith("uvloop"):
        raise RuntimeError("another loop")
    await fine(scope, receive, send)

def interrupted(environ, start_response):
    raise KeyboardInterrupt
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    (tmp_path / "usage_apps.py").write_text(APPS)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(check, [*words, "--no-color"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--timeout", "nan"], "'nan' is not a valid float"),
        (["--timeout", "inf"], "inf is not in the range"),
        (["--max-time", "0"], "0.0 is not in the range"),
        (["--path", "http://a/x"], "but got the URL 'http://a/x'; check calls"),
        (["--select", "xyzzy"], "see asgi-compare rules."),
        (["--probe", "xyzzy"], "see asgi-compare rules."),
    ],
)
def test_words_that_make_no_sense_are_refused(
    run: Check, words: list[str], said: str
) -> None:
    result = run("usage_apps:fine", *words)

    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.split())


def test_url_in_a_query_is_no_url(run: Check) -> None:
    assert run("usage_apps:fine", "--path", "/x?u=http://a").exit_code == 0


def test_implementation_of_ours_goes_by_its_name(run: Check) -> None:
    result = run("raw-asgi")

    assert result.exit_code == 0
    assert "asgi_raw.app:application (asgi): " in result.output


def test_option_without_its_value_may_stand_in_pyproject(run: Check) -> None:
    Path("pyproject.toml").write_text("[tool.asgi-compare]\nopenapi = true\n")
    result = run("usage_apps:fine")

    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "Expected an OpenAPI document in JSON at '/openapi.json'" in said


def test_finding_is_known_in_every_exchange_it_is_in(run: Check) -> None:
    """... also in the last of them, when it has been seen often before."""
    both = ("--path", "/a", "--path", "/b")
    words = ("usage_apps:capital", *both)
    assert run(*words, "--write-expected", "known.json").exit_code == 0
    known = json.loads(Path("known.json").read_text("utf-8"))
    assert known["findings"] == [
        "asgi-headers/not-lowercase GET /a",
        "asgi-headers/not-lowercase GET /b",
    ]

    assert run(*words, "--expected", "known.json").exit_code == 0
    gone = run("usage_apps:at_b_only", *both, "--expected", "known.json")
    assert gone.exit_code == 1
    assert "gone  asgi-headers/not-lowercase GET /a" in gone.output


@pytest.mark.parametrize(
    "words",
    [
        ("usage_apps:fine", "--path", "/c"),
        ("usage_apps:fine", "--path", "/a", "--probe", "probe-http/head"),
    ],
    ids=["another exchange", "one probe"],
)
def test_finding_that_was_not_looked_for_has_not_gone(
    run: Check, words: tuple[str, ...]
) -> None:
    found = ("usage_apps:capital", "--path", "/a", "--write-expected", "known.json")
    assert run(*found).exit_code == 0

    result = run(*words, "--expected", "known.json")

    assert result.exit_code == 0, result.output
    assert "0 accepted, 0 new, 0 gone" in result.output


@pytest.mark.parametrize(
    "words",
    [("--max-time", "1e-9"), ("--probe", "probe-http/body-in-pieces")],
    ids=["no time", "no body to play it with"],
)
def test_check_that_has_played_nothing_does_not_pass(
    run: Check, words: tuple[str, ...]
) -> None:
    result = run("usage_apps:fine", *words)

    assert result.exit_code == 1
    assert "no probe was played" in result.output


def test_interrupt_that_a_wsgi_application_raises_is_its_own(run: Check) -> None:
    result = run("usage_apps:interrupted")

    assert result.exit_code == 1
    assert "The application raised KeyboardInterrupt (" in result.output


@pytest.mark.parametrize(("words", "code"), [((), 1), (("--loop", "uvloop"), 0)])
def test_application_is_driven_in_the_loop_that_is_named(
    run: Check, words: tuple[str, ...], code: int
) -> None:
    ended = run("usage_apps:at_home_on_uvloop", "--path", "/", *words, "--json", "j")

    assert ended.exit_code == code, ended.output
    loop = json.loads(Path("j").read_text())["environment"]["loop"]
    assert loop == (words[1] if words else "asyncio")


def test_loop_that_is_not_installed_is_told(
    run: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asgi_compare.cli.commands.check.find_spec", lambda name: None)
    ended = run("usage_apps:fine", "--loop", "uvloop")

    assert ended.exit_code == 3
    assert "Expected uvloop to be installed, but it is not; add it" in ended.output
