"""wrk as the client: what it is told, when it is stopped, and what it says."""

import shutil
from pathlib import Path

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder.ladder import BASELINES
from asgi_compare.measure.timing import wrk
from asgi_compare.measure.timing.served import serve
from asgi_compare.measure.timing.wrk import WrkClient, figures, is_there

SAID = """\
Running 1m test @ http://127.0.0.1:8000/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.50ms    2.25ms  20.00ms   90.00%
    Req/Sec     5.00k     0.00     5.00k   100.00%
  Latency Distribution
     50%  750.00us
     75%    1.25ms
     90%    3.00ms
     99%    1.02s
  1000 requests in 199.50ms, 120.00KB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 7
Requests/sec:   5012.53
Transfer/sec:    601.50KB
"""

STAND_IN = """\
#!/bin/sh
trap 'cat {said}; exit' INT
echo "$@" >> {calls}
[ "$(wc -l < {calls})" -gt 1 ] || exit  # as one told to stop before it listens
while :; do sleep 0.05; done
"""


def test_what_it_says_is_read() -> None:
    assert figures(SAID) == {
        "requests": 1000,
        "rps": 5012.53,
        "p50_us": 750,
        "p99_us": 1.02e6,
        "statuses": {"200": 993, "not 2xx or 3xx": 7},
        "broken": 10,
    }


def test_nothing_said_is_nothing_measured() -> None:
    assert figures("unable to connect to 127.0.0.1:1 Connection refused\n") == {
        "requests": 0,
        "rps": 0.0,
        "p50_us": 0.0,
        "p99_us": 0.0,
        "statuses": {},
        "broken": 0,
    }


def test_it_is_told_all_of_the_request() -> None:
    request = Request(target=b"/a?b=%20", headers=((b"cookie", b"a=1"),))
    client = WrkClient(None, 3)
    assert client.command(8000, request) == [
        *("wrk", "--threads", "1", "--connections", "3", "--duration", "60s"),
        *("--latency", "--header", "cookie: a=1", "http://127.0.0.1:8000/a?b=%20"),
    ]
    assert client.pid is None
    client.close()


def test_it_is_stopped_in_time_and_started_again_if_it_said_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program stands in for it, so that this is seen where it is not installed."""
    calls, said, program = (tmp_path / name for name in ("calls", "said", "wrk"))
    said.write_text(SAID)
    program.write_text(STAND_IN.format(said=said, calls=calls))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert is_there()
    monkeypatch.setattr(wrk, "TRIES", 50)  # a busy machine may be slow to listen
    came = WrkClient(None, 8).put(8000, Request(), 0.5)
    assert came["requests"] == 1000
    assert len(calls.read_text().splitlines()) >= 2


def test_one_that_never_says_anything_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "wrk"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert WrkClient(None, 8).put(8000, Request(), 0.01)["requests"] == 0


def test_it_is_not_there_if_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_there()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_it_puts_load_on_a_real_server() -> None:
    served = serve(BASELINES["hello-asgi"], "asgi", None)
    try:
        came = WrkClient(None, 4).put(served.running.port, Request(), 0.2)
    finally:
        served.close()
    assert came["rps"] > 10
    assert 0 < came["p50_us"] <= came["p99_us"]
