"""One configuration on a real server, under load.

The server is kept on one core and the client on another, so that neither waits for the
other to get off; with one core only, they share it, and the numbers say less.

What a request costs the server is the processor time of all its processes, user and
system, divided by the requests. On a machine with company that is the sturdier number:
company takes time away, and so lowers requests per second, but it takes none of the
time that a request needs.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Protocol, cast

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.servers.process import inherited
from asgi_compare.drive.servers.supervisor import (
    HOST,
    RunningServer,
    ServerError,
    start,
)
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.measure.timing.configuration import Asked, Configuration
from asgi_compare.measure.timing.machine import pin, pinned, seconds_of, session_pids
from asgi_compare.measure.timing.rounds import Sample
from asgi_compare.measure.timing.smallest_server import with_cookies
from asgi_compare.measure.timing.worker import Unmeasured

SERVER_FOR: Mapping[str, str] = {"asgi": "uvicorn", "wsgi": "gunicorn-gthread"}
"""Which server a configuration is measured on, by its interface."""


class Client(Protocol):
    """What puts load on a server."""

    @property
    def pid(self) -> int | None:
        """The number of its process; None if it has a new one each time."""

    def put(self, port: int, request: Request, seconds: float) -> dict[str, Any]:
        """Put load on a port, and give what came of it."""

    def close(self) -> None:
        """End it."""


class LoadClient:
    """The process of `asgi_compare.measure.timing.load_client`: our own client."""

    def __init__(self, core: int | None, connections: int) -> None:
        self.connections = connections
        with pinned(core):
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "asgi_compare.measure.timing.load_client"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=inherited(),
                text=True,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def put(self, port: int, request: Request, seconds: float) -> dict[str, Any]:
        """Put load on a port, and give what came of it."""
        job = {
            "port": port,
            "target": request.target.decode("latin-1"),
            "method": request.method,
            "seconds": seconds,
            "connections": self.connections,
            "headers": [
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in request.headers
            ],
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return cast(dict[str, Any], json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


class Served:
    """One configuration behind one interface, on its server."""

    def __init__(self, running: RunningServer, ways: Mapping[str, Asked]) -> None:
        self.running = running
        self.pids = session_pids([running.group])
        self._requests = {name: self._ready(asked) for name, asked in ways.items()}

    def sample(self, way: str, client: Client, seconds: float) -> Sample:
        """Put load on it, and say what it did; raises `Unmeasured` if it failed."""
        before = seconds_of(self.pids)
        came = client.put(self.running.port, self._requests[way], seconds)
        used = seconds_of(self.pids) - before
        if came["broken"] or set(came["statuses"]) - {"200"} or not came["requests"]:
            raise Unmeasured(
                f"Expected answers with 200 from {self.running.server.name}, but got "
                f"{came['statuses']} and {came['broken']} broken connections."
            )
        return {
            "rps": came["rps"],
            "us": 1e6 / came["rps"],
            "cpu_us": used / came["requests"] * 1e6,
            "p50_us": came["p50_us"],
            "p99_us": came["p99_us"],
        }

    def close(self) -> None:
        """Stop the server."""
        self.running.stop()

    def _ready(self, asked: Asked) -> Request:
        if asked.before is None:
            return asked.request
        connection = http.client.HTTPConnection(HOST, self.running.port, timeout=10)
        try:
            connection.request(
                asked.before.method,
                asked.before.target.decode("latin-1"),
                headers={
                    name.decode("latin-1"): value.decode("latin-1")
                    for name, value in asked.before.headers
                },
                body=b"".join(asked.before.body) or None,
            )
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return with_cookies(
            asked.request,
            tuple(
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in answer.getheaders()
            ),
        )


def serve(configuration: Configuration, interface: str, core: int | None) -> Served:
    """Start the server for one interface of a configuration, on a core of its own."""
    ways = {n: a for n, a in configuration.ways.items() if a.interface == interface}
    target = next(iter(ways.values())).target
    server = SERVERS[SERVER_FOR[interface]]
    if why := missing(server):
        raise Unmeasured(why)
    try:
        running = start(
            server,
            target,
            interface=cast(Any, interface),
            app_dir=configuration.app_dir,
            environment=dict(configuration.environment),
            deadline=60.0,
        )
    except ServerError as error:
        raise Unmeasured(error.sentence) from None
    try:
        served = Served(running, ways)
        pin(served.pids, core)
        return served
    except OSError as error:
        running.stop()
        raise Unmeasured(
            f"{server.name} did not answer the first request: {error}."
        ) from None
