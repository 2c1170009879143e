"""Wrk as the client, where it is on the machine.

wrk (https://github.com/wg/wrk) is the load generator that most benchmarks of servers
are made with. It counts in whole seconds, and a burst of ours is much shorter; so it is
started for long, and told to stop when the burst is over, as Ctrl-C would do. It looks
whether it should every tenth of a second, so that its bursts are longer than entry for,
and says itself how long they were.

Our own client (`asgi_compare.measure.load`) puts the same load, and is always there.
Having both tells whether a figure is one of the server or one of the client.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.servers.supervisor import HOST
from asgi_compare.measure.timing.machine import pinned

COMMAND = "wrk"
LONG = 60
"""Seconds that it would go on if it were not told to stop."""
TRIES = 5
"""How often it is started at most: told to stop before it listens, it says nothing."""

UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6, "h": 3600e6}
REQUESTS = re.compile(r"^\s*(\d+) requests in ", re.MULTILINE)
RATE = re.compile(r"^Requests/sec:\s*([\d.]+)", re.MULTILINE)
BAD = re.compile(r"^\s*Non-2xx or 3xx responses: (\d+)", re.MULTILINE)
BROKEN = re.compile(
    r"^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)",
    re.MULTILINE,
)
PERCENTILE = r"^\s*{}%\s+([\d.]+)(us|ms|s|m|h)\s*$"


def is_there() -> bool:
    """Return whether wrk is on the machine."""
    return shutil.which(COMMAND) is not None


class WrkClient:
    """wrk, as a client that puts load on a port."""

    pid: int | None = None
    """It is a new process each time."""

    def __init__(self, core: int | None, connections: int) -> None:
        self.core, self.connections = core, connections

    def put(self, port: int, request: Request, seconds: float) -> dict[str, Any]:
        """Put load on a port, and give what came of it."""
        for _ in range(TRIES):
            if said := self._said(self.command(port, request), seconds):
                break
        return figures(said)

    def _said(self, command: list[str], seconds: float) -> str:
        with pinned(self.core):
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        try:
            # Nothing to poll for: this is how long the load is to be there.
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        try:
            said, _ = process.communicate(timeout=LONG)
        finally:
            process.kill()
        return said

    def close(self) -> None:
        """Nothing is left to be ended."""

    def command(self, port: int, request: Request) -> list[str]:
        """Return the command for a request without a body."""
        words = [COMMAND, "--threads", "1", "--connections", str(self.connections)]
        words += ["--duration", f"{LONG}s", "--latency"]
        for name, value in request.headers:
            words += ["--header", (name + b": " + value).decode("latin-1")]
        target = request.target.decode("latin-1")
        return [*words, f"http://{HOST}:{port}{target}"]


def figures(said: str) -> dict[str, Any]:
    """Read what wrk printed; whatever it did not say is nothing."""
    requests, rate = REQUESTS.search(said), RATE.search(said)
    done = int(requests[1]) if requests else 0
    bad = int(found[1]) if (found := BAD.search(said)) else 0
    broken = sum(map(int, found.groups())) if (found := BROKEN.search(said)) else 0
    statuses = {"200": done - bad, "not 2xx or 3xx": bad}
    return {
        "requests": done,
        "rps": float(rate[1]) if rate else 0.0,
        "p50_us": percentile(said, 50),
        "p99_us": percentile(said, 99),
        "statuses": {status: count for status, count in statuses.items() if count},
        "broken": broken,
    }


def percentile(said: str, share: int) -> float:
    """Read one percentile, in microseconds."""
    found = re.search(PERCENTILE.format(share), said, re.MULTILINE)
    return float(found[1]) * UNITS[found[2]] if found else 0.0
