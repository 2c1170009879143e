"""Servers of the table over TLS and on Unix domain sockets, and those that cannot."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.drive.servers.command_lines import Words
from asgi_compare.drive.servers.supervisor import RunningServer
from asgi_compare.drive.servers.table import SERVERS, Server
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF
from asgi_compare.judge.server.client.authority import MISSING
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.own_command import Command
from asgi_compare.judge.server.runner import Wish, run_host
from asgi_compare.judge.server.verdict import Result
from tests.judge.probes.here import uvicorn_here

ELSEWHERE = ("TLS", "TLS handshake", "TLS extension", "Unix domain sockets")


def in_chapters(*chapters: str) -> list[Case]:
    return [case for case in CASES.values() if CHAPTER_OF[case.id] in chapters]


def played(host: Host, *cases: Case) -> dict[str, Result]:
    # Nothing waits longer for what comes; so a busy machine is no reason to fail.
    table = asyncio.run(run_host(host, Wish(cases, patience=3.0)))
    assert not table.refused
    return {result.case.removeprefix("wire/"): result for result in table.results}


def host_of(row: Server) -> Host:
    return Host(row.name, "asgi" if row.asgi else "wsgi", row)


@pytest.mark.parametrize("name", ["uvicorn-h11", "hypercorn"])
def test_server_passes_what_it_can_do(name: str) -> None:
    found = played(host_of(SERVERS[name]), *in_chapters(*ELSEWHERE))
    verdicts = {case: result.verdict for case, result in found.items()}
    passed = {case for case, verdict in verdicts.items() if verdict == "pass"}
    assert set(verdicts.values()) == {"pass", "unsupported"}, found
    assert passed >= {"tls-scheme", "tls-websocket-scheme", "tls-close-notify"}
    assert passed >= {"tls-truncated-body", "tls-known-client", "tls-plain-request"}
    assert passed >= {"unix-server", "unix-client", "unix-websocket"}
    assert ("tls-http2-scope" in passed) == (name == "hypercorn")
    assert found["tls-version"].sentence == (
        "The server does not offer the extension tls."
    )


def test_wsgi_server_is_told_of_tls() -> None:
    wanted = ("tls-url-scheme", "tls-environ-https", "unix-remote-addr")
    cases = [CASES[f"wire/{name}"] for name in wanted]
    found = played(Host("hypercorn", "wsgi", SERVERS["hypercorn"]), *cases)
    assert found["tls-url-scheme"].verdict == "pass"
    assert found["tls-environ-https"].sentence == (
        "Expected HTTPS to be 'on' or '1', but got 'missing'."
    )
    assert found["unix-remote-addr"].sentence.startswith("REMOTE_ADDR is ")


@pytest.mark.parametrize(
    ("name", "case", "sentence"),
    [
        pytest.param(
            "waitress",
            "tls-url-scheme",
            "The command line of waitress takes no certificate.",
            id="tls",
        ),
        pytest.param(
            "wsgiref",
            "unix-request",
            "The command line of wsgiref takes no Unix domain socket.",
            id="unix",
        ),
        pytest.param(
            "daphne",
            "tls-known-client",
            "The command line of daphne does not ask clients for their certificates.",
            id="client-certificate",
        ),
    ],
)
def test_server_that_cannot_is_unsupported(name: str, case: str, sentence: str) -> None:
    found = played(host_of(SERVERS[name]), CASES[f"wire/{case}"])[case]
    assert (found.verdict, found.sentence) == ("unsupported", sentence)


def test_own_command_is_not_started_elsewhere() -> None:
    words: Words = ("uvicorn", "{target}", "--port", "{port}", "--log-level", "error")
    host = host_of(Command("mine", "", (), "", words))
    found = played(host, CASES["wire/tls-scheme"])
    assert found["tls-scheme"].sentence == (
        "The command line of mine takes no certificate."
    )


def test_server_of_somebody_else_is_not_started_elsewhere() -> None:
    with uvicorn_here() as port:
        host = Host("here", "asgi", None, ("127.0.0.1", port))
        found = played(host, CASES["wire/unix-request"])["unix-request"]
    assert (found.verdict, found.sentence) == (
        "unsupported",
        "The server was started by somebody else, who chose where it listens.",
    )


def test_without_the_package_nothing_is_asked_over_tls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    host = host_of(SERVERS["uvicorn-h11"])
    assert host.no_door("tls") == MISSING
    assert host.no_door("unix") == ""


def test_door_that_does_not_open_fails_its_cases_once() -> None:
    """The first start is the last: each would take until its deadline."""
    row = SERVERS["uvicorn-h11"]
    broken = replace(row, listens=replace(row.listens, tls=("--no-such-option",)))
    names = ("tls-scheme", "tls-close-notify")
    found = played(host_of(broken), *(CASES[f"wire/{name}"] for name in names))
    assert {result.verdict for result in found.values()} == {"fail"}
    for result in found.values():
        assert "exited with code 2 before" in result.sentence


def running(host: Host) -> RunningServer:
    assert host._running is not None
    return host._running


def test_door_is_renewed_by_itself() -> None:
    uvicorn = host_of(SERVERS["uvicorn-h11"])

    async def renew() -> tuple[bool, bool, Path]:
        await uvicorn.open()
        try:
            door = await uvicorn.door("unix")
            assert await uvicorn.door("unix") is door
            front, back = running(uvicorn).identity.pid, running(door).identity.pid
            assert await uvicorn.renew("unix")
            same = running(uvicorn).identity.pid == front
            return same, running(door).identity.pid == back, Path(door._way.path)
        finally:
            await uvicorn.close()

    front_is_the_same, back_is_the_same, path = asyncio.run(renew())
    assert front_is_the_same
    assert not back_is_the_same
    assert not path.parent.exists()
