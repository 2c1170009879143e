"""The cases on real servers: verdicts that do not change, and what a server lacks."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands import check_server as command
from asgi_compare.cli.commands.check_server import check_server
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.runner import Table, Wish, run_all
from asgi_raw.app import application
from tests.judge.probes.here import uvicorn_here
from tests.judge.probes.tiny import Tiny, serving


def run(*words: str) -> Result:
    return CliRunner().invoke(check_server, words, standalone_mode=False)


def verdicts(name: str, *patterns: str, patience: float = 1.0) -> dict[str, str]:
    from fnmatch import fnmatchcase

    cases = tuple(
        case
        for case in CASES.values()
        if any(fnmatchcase(case.name, pattern) for pattern in patterns)
    )
    row = SERVERS[name]
    host = Host(name, "asgi" if row.asgi else "wsgi", row)
    table = asyncio.run(run_all([host], Wish(cases, patience=patience)))
    assert not table.refused
    return {r.case.removeprefix("wire/"): r.verdict for r in table.results}


def test_wsgi_server_is_held_to_wsgi() -> None:
    found = verdicts(
        "waitress", "environ-*", "input-*", "write-callable", "text-message"
    )
    assert found.pop("text-message") == "unsupported"
    assert set(found.values()) == {"pass"}


def test_wsgiref_is_served_one_case_at_a_time() -> None:
    """It reads past an empty body, and waits until the client has no more patience."""
    names = ("content-length", "input-empty", "close-is-called")
    found = verdicts("wsgiref", *names, patience=0.3)
    assert found == {
        "content-length": "pass",
        "input-empty": "warn",
        "close-is-called": "pass",
    }


def test_http2_is_spoken_where_the_server_speaks_it() -> None:
    found = verdicts("hypercorn", "http2-*")
    assert set(found.values()) == {"pass"}


def test_life_of_a_server_is_judged_from_its_diary() -> None:
    names = [case.name for case in CASES.values() if case.life]
    assert verdicts("uvicorn-h11", *names) == dict.fromkeys(names, "pass")


def test_server_without_lifespan_is_unsupported() -> None:
    found = verdicts("daphne", "startup-scope")
    assert found == {"startup-scope": "unsupported"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["uvicorn-h11", "hypercorn", "daphne"])
@pytest.mark.slow
def test_verdicts_are_the_same_in_two_runs(name: str) -> None:
    first = verdicts(name, "*", patience=1.0)
    assert verdicts(name, "*", patience=1.0) == first


def test_command_shows_and_writes_what_came_of_it(tmp_path: Path) -> None:
    file = tmp_path / "wire.json"
    result = run(
        "uvicorn-h11",
        *("--select", "date-field", "--select", "method-in-lower-case"),
        *("--select", "streamed-without-length", "--seed", "3", "--json", str(file)),
    )
    assert result.return_value == 1
    assert "fail    wire/method-in-lower-case  (must)" in result.output
    assert "streamed-without-length" in result.output
    assert "3 cases, 1 server," in result.output
    assert "in the order of seed 3." in result.output
    found = json.loads(file.read_text())
    assert found["version"] == 1
    [case] = [c for c in found["cases"] if c["case"] == "wire/method-in-lower-case"]
    assert case["server"] == "uvicorn-h11"
    assert case["verdict"] == "fail"
    assert case["chapter"] == CHAPTER_OF[case["case"]]
    assert case["text"]["quote"] == "The HTTP method name, uppercased"
    assert case["wire"][0].startswith(
        "  0.000 s sent b'get /wire/method-in-lower-case~"
    )
    assert case["application"][0].startswith("http get ")
    assert found["seed"] == 3


def test_command_starts_the_users_own_command() -> None:
    line = "uvicorn {target} --port {port} --log-level error"
    result = run(line, "--select", "content-length")
    assert "1 case, 1 server," in result.output, result.output
    assert (result.return_value, result.exception) == (0, None)


@pytest.fixture(scope="module")
def tiny() -> Iterator[int]:
    with serving(Tiny) as port:
        yield port


def test_command_talks_to_a_server_that_is_up(tiny: int) -> None:
    url = f"http://127.0.0.1:{tiny}"
    words = ("--select", "content-length", "--select", "graceful-stop")
    result = run("--url", url, *words, "--select", "handshake*")
    assert "2" in result.output
    assert result.return_value == 0
    assert "start-up and shut-down" in result.output


def test_dangerous_cases_are_for_loopback(
    tiny: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{tiny}"
    monkeypatch.setattr(command, "is_loopback", lambda host: False)
    name = "chunked-with-content-length"
    assert "      1    " in run("--url", url, "--select", name).output
    result = run("--url", url, "--select", name, "--i-own-this-host")
    assert "1 case," in result.output


def test_loopback_is_known() -> None:
    assert command.is_loopback("127.0.0.1")
    assert command.is_loopback("localhost")
    assert not command.is_loopback("192.0.2.1")
    assert not command.is_loopback("does-not-exist.invalid")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Expected one of NAME, COMMAND, --all or --url."),
        (("uvicorn", "--all"), "Expected one of NAME, COMMAND, --all or --url."),
        (
            ("uvicron",),
            "Expected the name of a server, but got 'uvicron'; did you mean",
        ),
        (("python", "x.py"), "Expected a command with {port} (or {socket}) and"),
        (("no-such-program {port} {target}",), "Expected a program, but there is no"),
        (("--url", "ftp://x"), "Expected http://HOST:PORT or https://HOST, but"),
        (("uvicorn", "--select", "nothing-like-it"), "Expected the name of a case"),
    ],
)
def test_wrong_usage_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert sentence in str(getattr(result.exception, "message", result.exception))
    assert getattr(result.exception, "exit_code", None) == 2


def test_foreign_server_is_not_talked_to() -> None:
    with uvicorn_here(application) as port:
        result = run("--url", f"http://127.0.0.1:{port}")
    assert getattr(result.exception, "exit_code", None) == 3
    assert "does not answer as asgi_compare.judge.server.instrument does" in str(
        result.exception
    )


def test_server_that_does_not_start_is_told_of() -> None:
    result = run("python -c 1 {target} {port}", "--select", "content-length")
    assert result.return_value == 3
    assert "exited with code 0 before" in result.output


def test_matrix_of_several_servers_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    two = {name: SERVERS[name] for name in ("uvicorn-h11", "waitress")}
    monkeypatch.setattr(command, "SERVERS", two)
    tables: list[Table] = []

    async def once(*words: Any) -> Table:
        """Play when asked first; the same table is shown in every width."""
        if not tables:
            tables.append(await run_all(*words))
        return tables[0]

    monkeypatch.setattr(command, "run_all", once)
    words = ("--all", "--select", "host-*", "--select", "date-field")
    for width in (80, 140):
        monkeypatch.setenv("COLUMNS", str(width))
        result = run(*words)
        assert "A uvicorn-h11  B waitress" in result.output
        assert max(map(len, result.output.splitlines())) <= width
        assert ("RFC 9112, 3.2" in result.output) == (width == 140)
        assert result.return_value == 1


def test_time_is_limited(tiny: int) -> None:
    words = ("--select", "request line", "--max-time", "0.0001")
    result = run("--url", f"http://127.0.0.1:{tiny}", *words)
    assert "The time was over before" in result.output


def test_level_and_exclude_choose_cases() -> None:
    words = ("--select", "request line", "--exclude", "*target*", "--level", "must")
    chosen = command._cases(("request line",), ("*target*",), "must")
    assert words
    assert chosen
    assert {case.level for case in chosen} == {"must"}
    assert not [case for case in chosen if "target" in case.name]
    assert len(command._cases((), (), "all")) == len(CASES)


def test_crash_is_found_and_the_server_started_again(tmp_path: Path) -> None:
    (tmp_path / "crashing.py").write_text(CRASHING)
    # Nobody is left to say what the application saw; so that is not waited for long.
    wish = Wish((CASES["wire/date-field"],), patience=0.2)
    table = asyncio.run(run_all([_host(tmp_path)], wish))
    [result] = table.results
    assert result.verdict == "crash"
    assert result.sentence.startswith("The server exited with code 9.")


CRASHING = """
import os
from asgi_compare.judge.server import instrument

async def application(scope, receive, send):
    if "date-field" in scope.get("path", ""):
        os._exit(9)
    await instrument.asgi(scope, receive, send)
"""


def _host(app_dir: Path) -> Host:
    class Crashing(Host):
        async def _start(self) -> None:
            assert self.server is not None
            self._running: RunningServer | None = await asyncio.to_thread(
                start,
                self.server,
                "crashing:application",
                interface="asgi",
                app_dir=str(app_dir),
            )

    return Crashing("uvicorn-h11", "asgi", SERVERS["uvicorn-h11"])
