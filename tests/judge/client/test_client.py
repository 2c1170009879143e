"""Test clients are judged by the rules that bind servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check_client import check_client
from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.judge.client import exercises
from asgi_compare.judge.client.check import concluded
from asgi_compare.judge.client.play import act_in, play
from asgi_compare.model.checked import Checked
from tests.places import ROOT

SCENARIO = Scenario("client", "here", "", Request())


def run(*words: str) -> Result:
    return CliRunner().invoke(check_client, [*words, "--no-color"])


def checked(exercise: Any, interface: Any = "asgi") -> Checked:
    return concluded("here", interface, play(exercise, interface, SCENARIO))


def scope(**changes: Any) -> dict[str, Any]:
    asgi = {"version": "3.0", "spec_version": "2.5"}
    return {
        "type": "http",
        "asgi": asgi,
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/answers",
        "query_string": b"",
        "headers": [(b"host", b"here")],
        **changes,
    }


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(event: Any) -> None:
    """Take it."""


async def good(application: Any) -> None:
    """Use a client that is a proper server, if only for HTTP."""
    await application(scope(), receive, send)


async def of_text(application: Any) -> None:
    """Use a client whose fields are text."""
    await application(scope(headers=[("host", "here")]), receive, send)


def test_client_that_is_a_server_breaks_no_rule() -> None:
    found = checked(good)
    assert found.problems == []
    assert found.notes == [
        "The client plays no websocket.",
        "The client plays no lifespan.",
    ]
    assert [each.scenario for each in found.verdicts] == ["0 GET /answers"]


def test_client_that_is_none_breaks_the_rules_of_servers() -> None:
    found = checked(of_text)
    assert [each.rule for each in found.problems] == ["asgi-scope/headers-not-bytes"]
    assert found.code == 1


@pytest.mark.parametrize("name", ["httpx", "httpx-wsgi"])
def test_known_client_does_all_that_it_is_made_to(name: str) -> None:
    function, interface = exercises.KNOWN[name]
    found = checked(function, interface)
    assert found.problems == []
    assert len(found.verdicts) == (6 if interface == "asgi" else 5)


def test_client_that_cannot_leave_a_stream_is_advised() -> None:
    """httpx runs the application to its end first, and Starlette's client does not."""
    for name, rules in (("httpx", ["advice/stream-not-left"]), ("starlette", [])):
        function, _ = exercises.KNOWN[name]
        found = checked(function)
        assert [each.rule for each in found.advice] == rules, name


def test_path_names_the_act() -> None:
    assert act_in("/echoes-messages/more") == "echoes messages"


def test_command_writes_what_it_found(tmp_path: Path) -> None:
    """Starlette's client leaves `asgi` away, which the text wants in every scope."""
    file = str(tmp_path / "found.json")
    result = run("starlette", "--json", file)
    assert result.exit_code == 1, result.output
    rules = [f["rule"] for f in json.loads(Path(file).read_text("utf-8"))["findings"]]
    assert rules == ["asgi/version-missing"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("stralette",), 2, "Expected the name of a client, but got 'stralette'; "),
        (
            ("tests.judge.client.test_client:run", "--app-dir", str(ROOT)),
            3,
            "to call an application, but it raised",
        ),
    ],
    ids=["unknown", "no exercise"],
)
def test_what_is_no_client_is_refused(
    words: tuple[str, ...], code: int, message: str
) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert message in " ".join(result.output.split())
