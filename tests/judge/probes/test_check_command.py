"""`asgi-compare check`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check import check
from asgi_compare.drive.workers import worker as isolation
from tests.judge.probes.targets import APPS, HELLO
from tests.places import ROOT
from tests.tables import slow_but

Check = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks a target of a directory of its own."""
    (tmp_path / "apps.py").write_text(APPS)
    (tmp_path / "hello.py").write_text(HELLO)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(check, [*words, "--no-color"])

    return run


def read(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


@pytest.mark.parametrize("target", ["apps:fine", "apps:Old", "apps:wsgi", "raw-asgi"])
def test_application_without_fault_passes(run: Check, target: str) -> None:
    result = run(target)

    assert result.exit_code == 0, result.output
    assert "no rule broken" in result.output


@pytest.mark.parametrize(
    ("name", "found"),
    slow_but(
        ("starlette", "django_wsgi"),
        [
            ("starlette", []),
            ("fastapi", []),
            # It closes a WebSocket in a protocol that there is not.
            ("litestar", ["asgi/unknown-protocol-accepted"]),
            # Optional keys that Quart takes for granted; every known server has them.
            (
                "quart",
                [
                    "probe-http/without-scheme",
                    "probe-websocket/without-query-string",
                    "probe-websocket/without-scheme",
                ],
            ),
            ("flask", []),
            # "Header names must be lowercased"; Django sends them as they were written.
            ("django_asgi", ["asgi-headers/not-lowercase"]),
            ("django_wsgi", []),
        ],
        ids=lambda row: row[0],
    ),
)
def test_framework_breaks_what_is_known_of_it(
    run: Check, name: str, found: list[str]
) -> None:
    pytest.importorskip(name.partition("_")[0])
    result = run(f"hello:{name}", "--factory", "--json", "x.json")

    assert sorted(f["rule"] for f in read("x.json")["findings"]) == found, result.output
    assert read("x.json")["interface"] in ("asgi", "wsgi")
    assert result.exit_code == (1 if found else 0)
    assert not [p for p in read("x.json")["probes"] if p["verdict"] == "error"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("waits", "did not answer in time, and was cancelled."),
        ("stubborn", "went on after it was cancelled"),
        ("floods", "was stopped after 10,000 events."),
        ("leaves", "exited with code 7"),
        ("wsgi_leaves", "with code 1"),
        ("wsgi_blocks", "went on after it was cancelled"),
        ("blocks", "did not answer within"),
    ],
)
def test_unruly_target_is_survived(
    run: Check, target: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if target == "blocks":  # no word comes from there, however long one waits
        monkeypatch.setattr(isolation, "GRACE", 0.5)
    result = run(f"apps:{target}", "--timeout", "0.3", "--json", "x.json")

    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    content = read("x.json")
    assert [p["verdict"] for p in content["probes"]].count("error") == 1
    assert "GET /: the other probes were left out." in content["notes"]


def test_finding_has_its_sentence_its_events_and_a_line_to_see_it_again(
    run: Check,
) -> None:
    result = run("apps:capital")

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("must  asgi-headers/not-lowercase  ")
    assert "  The text: “Header names must be lowercased”" in lines
    assert "  >   0 <- http.response.start status=200 headers=[X-Name: a]" in lines
    again = next(line for line in lines if line.startswith("  Again: "))
    once_more = run(*again.removeprefix("  Again: asgi-compare check ").split())
    assert once_more.exit_code == 1
    assert "1 rule broken (1 must)" in once_more.output


def test_escape_sequences_of_a_target_are_in_no_report(run: Check) -> None:
    names = ["--json", "a", "--junit", "b", "--sarif", "c", "--markdown", "d"]
    result = run("apps:escapes", *names, "--html", "e")

    assert result.exit_code == 1
    assert "\\x1b" in result.output
    texts = [result.output, *(Path(name).read_text("utf-8") for name in "abcde")]
    assert not any(char in text for text in texts for char in "\x1b\x07\x9b")
    ElementTree.parse("b")
    assert len(read("c")["runs"][0]["results"]) == 2


def test_paths_and_requests_are_asked_for(run: Check) -> None:
    Path("request").write_text("POST /echo HTTP/1.1\nX-A: b\n\nhello, world")
    result = run(
        "hello:starlette",
        "--factory",
        *("--path", "/", "--path", "POST:/echo", "--path", "ws:/"),
        *("--request", "request", "--json", "x.json"),
    )

    assert result.exit_code == 0, result.output
    asked = [p["scenario"].partition(" ")[2] for p in read("x.json")["probes"]]
    assert set(asked) == {"", "POST /echo", "GET /", "WebSocket /"}
    assert "probe-http/body-in-pieces POST /echo" in {
        p["scenario"] for p in read("x.json")["probes"]
    }


def test_openapi_document_is_crawled_for_what_is_safe(run: Check) -> None:
    pytest.importorskip("fastapi")
    words = ["hello:fastapi", "--factory", "--openapi", "--json", "x.json"]
    words += ["--probe", "probe-http/plain"]  # it is about what is asked

    def asked() -> set[str]:
        names = (p["scenario"].partition(" ")[2] for p in read("x.json")["probes"])
        return {name for name in names if name}

    assert run(*words).exit_code == 0
    assert asked() == {"GET /", "GET /items/1?q=text"}
    assert run(*words, "--unsafe").exit_code == 0
    assert asked() == {"GET /", "GET /items/1?q=text", "POST /echo"}


def test_expected_findings_are_accepted_until_they_change(run: Check) -> None:
    assert run("apps:capital", "--write-expected", "known.json").exit_code == 0
    assert read("known.json")["findings"] == ["asgi-headers/not-lowercase GET /"]
    assert run("apps:capital", "--expected", "known.json").exit_code == 0

    new = run("apps:escapes", "--expected", "known.json", "--json", "x.json")
    assert new.exit_code == 1
    assert read("x.json")["expected"] == {
        "accepted": ["asgi-headers/not-lowercase GET /"],
        "new": ["http/field-name GET /"],
        "gone": [],
    }
    gone = run("apps:fine", "--expected", "known.json")
    assert gone.exit_code == 1
    assert "gone  asgi-headers/not-lowercase GET /" in gone.output
    # What is not looked for cannot be missing.
    words = ("apps:fine", "--expected", "known.json", "--exclude", "asgi-headers/*")
    assert run(*words).exit_code == 0


def test_options_may_stand_in_pyproject(run: Check) -> None:
    table = '[tool.asgi-compare]\nexclude = "asgi-headers/*"\njson = "x.json"\n'
    Path("pyproject.toml").write_text(table)

    assert run("apps:capital").exit_code == 0
    assert read("x.json")["findings"] == []
    # The command line goes before the file.
    assert run("apps:capital", "--exclude", "wsgi/*").exit_code == 1


def test_unclear_finding_does_not_fail(run: Check) -> None:
    result = run("apps:late")

    assert result.exit_code == 0
    assert "unclear  asgi-http/after-final-body" in result.output
    assert "no rule broken" in run("apps:late", "--level", "must").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nope:app"], 3, "there is no module 'nope'"),
        (["apps:nope"], 3, "Expected an attribute 'nope'"),
        (["apps:fine", "--path", "x"], 2, "Expected a path that begins with /"),
        (["apps:fine", "--request", "x"], 2, "Expected a file with a request"),
        (["apps:fine", "--select", "asgi-htp/x"], 2, "Expected the name of a rule"),
        (["apps:fine", "--probe", "x"], 2, "Expected the name of a probe"),
        (["apps:fine", "--expected", "x"], 2, "make it with --write-expected"),
        (["apps:fine", "--openapi"], 1, "Expected an OpenAPI document"),
        (["apps:fine", "-H", "x"], 2, "Expected a header 'name: value'"),
        (["apps:fine", "--interface", "cgi"], 2, "'cgi' is not one of"),
        (["apps:fine", "--level", "may"], 2, "'may' is not one of"),
        (["apps:fine", "--json", "/dev/full"], 4, "Could not write the report"),
    ],
)
def test_wrong_usage_is_one_sentence(
    run: Check, words: list[str], code: int, said: str
) -> None:
    result = run(*words)

    assert result.exit_code == code, result.output
    assert said in " ".join(result.output.split())


def test_wrong_option_in_pyproject_is_one_sentence(run: Check) -> None:
    Path("pyproject.toml").write_text("[tool.asgi-compare]\nselct = []\n")
    result = run("apps:fine")

    assert result.exit_code == 2
    assert "but got 'selct'" in result.output


def test_factory_is_called(run: Check) -> None:
    assert run("apps:make", "--factory").exit_code == 0


def test_document_names_every_option_that_asks_or_writes() -> None:
    text = (ROOT / "docs/checking.md").read_text()
    named = {
        option
        for param in check.params
        for option in param.opts
        if option.startswith("--")
    }
    assert {name for name in named if name not in text} == {"--no-color"}
