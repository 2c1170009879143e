"""Servers that go wrong end no run and spoil no neighbour; commands of one's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from asgi_compare.cli.commands.check_server import check_server
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.judge.server import host, own_command
from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.player import Endpoint, play
from tests.judge.probes.faulty_server import TRIGGER

HERE = Path(__file__).with_name("faulty_server.py")
CASE = f"wire/{TRIGGER}"


def faulty(mode: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE), mode, "{port}", "{target}")


def run(*words: str) -> Result:
    return CliRunner().invoke(check_server, ["--no-color", *words])


def played(tmp_path: Path, mode: str, *names: str) -> dict[str, dict[str, Any]]:
    """Play these cases; give the results as JSON, by case."""
    report = tmp_path / "out.json"
    selected = [word for name in names for word in ("--select", name)]
    result = run(*selected, "--json", str(report), *faulty(mode))
    assert result.exit_code in (0, 1), result.output
    cases = json.loads(report.read_text())["cases"]
    return {each["case"]: each for each in cases}


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("mode", "verdict", "said"),
    [
        ("refuse", "fail", "passes no request to the application any more"),
        ("exit", "crash", "The server exited with code 3."),
        pytest.param(
            "hang",
            "timeout",
            "The server answered nobody within",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_fault_is_the_verdict_of_its_case_and_of_no_other(
    mode: str,
    verdict: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host, "ASKED_FIRST", 1.0)
    monkeypatch.setattr(host, "ASKED_AGAIN", 1.0)
    found = played(tmp_path, mode, "chunked", TRIGGER, "chunk-size-negative")
    told = found.pop(CASE)

    assert told["verdict"] == verdict
    assert said in told["sentence"]
    assert {each["verdict"] for each in found.values()} == {"pass"}


def test_values_of_another_type_are_verdicts(tmp_path: Path) -> None:
    found = played(tmp_path, "bytearray", "repeated-field", "content-length")

    assert {each["verdict"] for each in found.values()} == {"fail"}
    said = found["wire/content-length"]["sentence"]
    assert said.endswith("The server handed over bytearray.")


def test_last_words_of_a_server_are_shown_and_written(tmp_path: Path) -> None:
    report = tmp_path / "out.json"
    result = run("--json", str(report), *faulty("broken"))

    assert result.exit_code == 3
    assert "  | the last words of the server" in result.output
    logs = json.loads(report.read_text())["logs"]
    assert logs == {Path(sys.executable).name: ["the last words of the server"]}


def test_several_workers_are_told_before_anything_is_played() -> None:
    result = run("uvicorn", "--workers", "2", "--port", "{port}", "{target}")

    assert result.exit_code == 3
    assert "start it with one worker" in " ".join(result.output.split())


@pytest.mark.slow
def test_application_of_the_other_interface_is_no_taken_port() -> None:
    words = ("--start-timeout", "6", "--select", "content-length")
    result = run(*words, "waitress-serve --port={port} {target}")

    assert result.exit_code == 3
    said = " ".join(result.output.split())
    assert "gave the status 500; see whether it takes the target for ASGI" in said


def test_own_command_may_listen_on_a_socket() -> None:
    words = ("--name", "over-uds", "--select", "unix-server", "--select", "keep-alive")
    result = run("uvicorn --uds {socket} {target}", *words)

    assert result.exit_code == 0, result.output
    assert "over-uds" in result.output


def test_own_command_may_speak_tls() -> None:
    where = "--ssl-certfile {certificate} --ssl-keyfile {key}"
    words = ("--select", "tls-scheme", "--select", "scope-scheme")
    result = run(f"uvicorn --port {{port}} {where} {{target}}", *words)

    assert result.exit_code == 0, result.output


def test_target_with_one_dot_is_found() -> None:
    row = own_command.read([sys.executable, "-c", "{port} {dotted}"])
    [*_, words] = row.command("asgi", port=80, target="a.b:c")
    assert words == "80 asgi_compare_target.application"
    [there, *_] = row.environment()["PYTHONPATH"].split(os.pathsep)
    assert (Path(there) / "asgi_compare_target.py").is_file()
    assert own_command.read(["uvicorn {port} {target}"], "a", "1").environment() == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["uvicorn", "--port", "80"], "Expected a command with {port} (or {socket})"),
        (["nothing-such {port} {target}"], "there is no 'nothing-such'"),
        (["'a {port} {target}"], "No closing quotation"),
    ],
)
def test_command_that_is_none_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(own_command.CommandError) as caught:
        own_command.read(words)
    assert said in str(caught.value)


def test_daemon_of_a_server_does_not_outlive_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    row = own_command.read(
        [sys.executable, str(HERE), f"daemon={pid}", "{port}", "{target}"]
    )
    target = "asgi_compare.judge.server.instrument:asgi"
    with start(row, target, interface="asgi"):
        daemon = int(pid.read_text())
        os.kill(daemon, 0)
    end = time.monotonic() + 5
    while Path(f"/proc/{daemon}/cmdline").exists() and time.monotonic() < end:
        if not Path(f"/proc/{daemon}/cmdline").read_bytes():
            break  # dead, and nobody has waited for it
        time.sleep(0.02)
    assert time.monotonic() < end


def test_sigterm_writes_what_there_is_and_leaves_nothing(tmp_path: Path) -> None:
    report, temporary = tmp_path / "out.json", tmp_path / "tmp"
    temporary.mkdir()
    words = (
        "check-server",
        "uvicorn",
        "--select",
        "limits and waits",
        "--select",
        "tls*",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "asgi_compare", *words, "--json", str(report)],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    end = time.monotonic() + 30
    while not list(temporary.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 130, said.decode()
    written = json.loads(report.read_text())
    assert written["interrupted"]
    assert written["not_played"]
    assert list(temporary.iterdir()) == []


def test_ipv6_address_is_in_brackets_in_a_host_field() -> None:
    assert Endpoint("x", "::1", 80, "asgi").authority == "[::1]:80"
    assert Endpoint("x", "127.0.0.1", 80, "asgi").authority == "127.0.0.1:80"


def test_endless_answer_is_bounded() -> None:
    """A server that sends without a pause is left after its limit, in linear time."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        piece = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                client.sendall(head)
                while True:
                    client.sendall(piece * 16)
            except OSError:
                client.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port: int = listener.getsockname()[1]
    endpoint = Endpoint("endless", "127.0.0.1", port, "asgi")
    began = time.monotonic()
    seen = asyncio.run(play(CASES["wire/content-length"], endpoint, 0.5))
    took = time.monotonic() - began
    listener.close()

    assert 0 < len(seen.wire.answers[0].body) <= 17 << 20
    assert not seen.asked
    assert took < 20
