"""The client and the bare server as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import free_port, is_taken
from asgi_compare.measure.load import __main__ as command
from asgi_compare.measure.load.process import LoadFailed, LoadProcess
from asgi_compare.measure.load.records import HttpLoad, StreamLoad


@pytest.fixture(scope="module", params=[(), ("--delay", "0.02", "--stall", "0.01")])
def bare(request: pytest.FixtureRequest) -> Iterator[tuple[int, float]]:
    """A bare server: its port, and the least that an answer takes."""
    port = free_port()
    words = ["-m", "asgi_compare.measure.load.bare_server", str(port), *request.param]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: is_taken(port), 20.0)
        yield port, 0.02 if request.param else 0.0
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)


def test_client_puts_one_load_after_the_other(bare: tuple[int, float]) -> None:
    port, least = bare
    with LoadProcess() as client:
        for load in (HttpLoad(port, seconds=0.1), HttpLoad(port, rate=50, seconds=0.1)):
            found = client.put(load)
            assert (found.errors, set(found.statuses)) == ({}, {200})
            assert found.latencies.quantile(0.01) >= least * 0.99
        refused = client.put(StreamLoad(free_port(), "/", seconds=0.01))
    assert refused.opened == 0


def test_bare_server_closes_what_is_no_http(bare: tuple[int, float]) -> None:
    with LoadProcess() as client:
        found = client.put(HttpLoad(bare[0], seconds=0.05, method="NO SUCH"))
    assert set(found.errors) == {"closed"}


def test_client_that_ends_is_an_error() -> None:
    with LoadProcess() as client:
        client.begin(HttpLoad(free_port(), seconds=30.0))
        os.kill(client.pid, signal.SIGKILL)
        with pytest.raises(LoadFailed):
            client.finish()


def test_command_prints_the_result(
    bare: tuple[int, float], capsys: pytest.CaptureFixture[str]
) -> None:
    command.main([f"http://127.0.0.1:{bare[0]}/", "--seconds", "0.1"])
    told = json.loads(capsys.readouterr().out)
    assert told["requests"] > 0
    assert set(told["latencies"]) == {"p50", "p90", "p99", "p99.9", "max"}


def test_command_line_describes_a_load() -> None:
    words = ["http://localhost:80?a=b", "--rate", "5", "--poisson", "--no-keep-alive"]
    assert command.parse(words) == HttpLoad(
        80, "/?a=b", 5.0, 8, 5.0, "poisson", 1, keep_alive=False
    )
    assert command.parse(["ws://127.0.0.1:80/x", "--send-every", "1"]) == StreamLoad(
        80, "/x", "websocket", 8, 5.0, send_every=1.0
    )
    assert command.parse(["http://127.0.0.1:80/", "--sse", "--slow", "2"]) == (
        StreamLoad(80, "/", "sse", 8, 5.0, slow=2)
    )
    assert command.parse([]) is None


@pytest.mark.parametrize("url", ["http://example.com:80/", "http://127.0.0.1/"])
def test_load_goes_to_this_machine_only(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.parse([url])
    assert f"but got {url!r}; load goes to this machine only." in (
        capsys.readouterr().err.replace("\n", " ")
    )
