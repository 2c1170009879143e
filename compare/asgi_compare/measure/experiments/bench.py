"""What experiments measure with: servers, the load client, and many users at once.

    with serve("django-asgi", "uvicorn") as serving, client() as load:
        yield from under_load(serving, load, HttpLoad(serving.port, "/"), case)

A server is on the first core and the load client on the last, when there are two.
"""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.servers.process import Process, inherited, wait_until
from asgi_compare.drive.servers.supervisor import (
    RunningServer,
    ServerError,
    free_port,
    start,
)
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.measure.experiments.experiment import Case, Observation
from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.load.records import HOST, HttpLoad, HttpResult
from asgi_compare.measure.timing.machine import (
    Foreign,
    pin,
    places,
    seconds_of,
    session_pids,
)
from asgi_compare.model.transcript import Interface

PATIENCE = 30.0
"""Seconds to wait for one answer."""
START = 20.0
"""Seconds that a server may take to start."""

REQUESTS = "requests a second"
P50, P99 = "median latency", "99th percentile of the latency"
CPU = "CPU a request"
MEMORY = "memory"
THREADS = "threads"


@dataclass(frozen=True, slots=True)
class Listening:
    """Processes that listen on a port, as far as they are measured."""

    port: int
    group: int
    """The number of their process group."""

    def pids(self) -> list[int]:
        """Return those that are alive now, workers included."""
        return session_pids([self.group])

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used up to now."""
        return seconds_of(self.pids())

    def memory_kib(self) -> float:
        """Return its memory: PSS, so that what processes share counts once."""
        return sum(_field(f"/proc/{pid}/smaps_rollup", "Pss") for pid in self.pids())

    def threads(self) -> int:
        """Return how many threads it has."""
        return sum(_field(f"/proc/{pid}/status", "Threads") for pid in self.pids())


@dataclass(frozen=True, slots=True)
class Serving(Listening):
    """A server that runs."""

    running: RunningServer


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    seconds: float
    status: int
    body: bytes


def installed(servers: Sequence[str]) -> list[str]:
    """Return those of the servers that are installed."""
    return [name for name in servers if missing(SERVERS[name]) is None]


@contextmanager
def serve(
    target: str,
    server: str,
    *options: str,
    interface: Interface | None = None,
    environment: Mapping[str, str] | None = None,
    app_dir: str = str(APPLICATIONS),
    factory: bool = False,
) -> Iterator[Serving]:
    """Run a target on a server: an implementation by name, or any `module:attribute`.

    `options` are added to the server's command line, and win over those before. The
    `interface` is needed where the target is not one of ours, and `app_dir` where its
    module is elsewhere. Raises `ServerError` if the server does not start.
    """
    ours = IMPLEMENTATIONS.get(target)
    spoken = interface or (ours.interface if ours else "asgi")
    row = SERVERS[server]
    if options:
        words = {name: (*(getattr(row, name) or ()), *options) for name in (spoken,)}
        row = replace(
            row, asgi=words.get("asgi", row.asgi), wsgi=words.get("wsgi", row.wsgi)
        )
    with start(
        row,
        ours.target if ours else target,
        interface=spoken,
        app_dir=app_dir,
        factory=factory,
        environment=environment,
        deadline=START,
        grace=0.5,
    ) as running:
        serving = Serving(running.port, running.group, running)
        pin(serving.pids(), places()[0])
        yield serving


@contextmanager
def listen(module: str, *options: str) -> Iterator[Listening]:
    """Run one of our own bare servers: `python -m MODULE PORT`, with more options.

    It says that it is serving when it is. Raises `ServerError` if it does not.
    """
    port = free_port()
    command = [sys.executable, "-P", "-m", module, str(port), *options]
    process = Process(command, inherited())
    try:
        if not wait_until(lambda: "Serving" in "".join(process.log.tail()), START):
            raise ServerError(f"{module} did not start within {START:g} s.")
        listening = Listening(port, process.group)
        pin(listening.pids(), places()[0])
        yield listening
    finally:
        process.stop(0.0)


@contextmanager
def client() -> Iterator[LoadProcess]:
    """Run the load client."""
    with LoadProcess(places()[1]) as process:
        yield process


def get(serving: Serving, target: str) -> Reply:
    """Ask for one page on a connection of its own."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, serving.port, timeout=PATIENCE)
    try:
        connection.request("GET", target, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    return Reply(time.perf_counter() - began, answer.status, body)


def at_once(serving: Serving, target: str, users: int) -> tuple[float, list[Reply]]:
    """Let so many users ask at the same time; return when the last has its answer.

    The seconds count from the moment at which all of them begin.
    """
    with ThreadPoolExecutor(users) as pool:
        began = time.perf_counter()
        replies = list(pool.map(lambda _: get(serving, target), range(users)))
        return time.perf_counter() - began, replies


def under_load(
    serving: Listening, load_client: LoadProcess, load: HttpLoad, case: Case
) -> Iterator[Observation]:
    """Put load on a server, and yield what it did, and what it took for that.

    Requests that were not answered with 200, and errors, are observations as well.
    """
    foreign = Foreign([*serving.pids(), load_client.pid])
    before = serving.cpu_seconds()
    load_client.begin(load)
    time.sleep(load.seconds * 0.7)  # look while the load is on
    threads, memory = serving.threads(), serving.memory_kib()
    result = load_client.finish()
    assert isinstance(result, HttpResult)
    used, others = serving.cpu_seconds() - before, foreign.cores()
    failed = dict(result.errors) | {
        f"status {status}": count
        for status, count in result.statuses.items()
        if status != 200
    }
    found = [
        (REQUESTS, result.rate, "1/s"),
        (P50, result.latencies.quantile(0.5), "s"),
        (P99, result.latencies.quantile(0.99), "s"),
        (CPU, used / max(result.requests, 1), "s"),
        (MEMORY, memory, "KiB"),
        (THREADS, threads, ""),
        *((f"failed: {kind}", count, "") for kind, count in failed.items()),
    ]
    for measure, value, unit in found:
        yield Observation(measure, float(value), unit, case, foreign=others)


def _field(path: str, name: str) -> int:
    """Return the first number behind a name in a file of /proc; 0 if it is gone."""
    with suppress(OSError):
        for line in Path(path).read_text("ascii", "replace").splitlines():
            key, _, value = line.partition(":")
            if key == name:
                return int(value.split()[0])
    return 0
