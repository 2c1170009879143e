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
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, cast

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.servers.supervisor import (
    HOST,
    RunningServer,
    ServerError,
    start,
)
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.measure.load.records import HttpLoad, HttpResult, Result
from asgi_compare.measure.timing.configuration import Configuration, Entry
from asgi_compare.measure.timing.machine import (
    pin,
    seconds_of,
    session_pids,
    shared_kb,
    threads_of,
)
from asgi_compare.measure.timing.rounds import Sample
from asgi_compare.measure.timing.smallest_server import with_cookies
from asgi_compare.measure.timing.worker import Unmeasured

SERVER_FOR: Mapping[str, str] = {"asgi": "uvicorn", "wsgi": "gunicorn-gthread"}
"""Which server a configuration is measured on, by its interface."""


LOOK = 0.6
"""After which share of a burst threads and memory are looked at."""


class Client(Protocol):
    """What puts load on a server."""

    @property
    def pid(self) -> int:
        """The number of its process."""

    def begin(self, load: HttpLoad) -> None:
        """Start a load and come back at once."""

    def finish(self) -> Result:
        """Wait for what comes of it."""

    def close(self) -> None:
        """End it."""


class Served:
    """One configuration behind one interface, on its server."""

    def __init__(self, running: RunningServer, variants: Mapping[str, Entry]) -> None:
        self.running = running
        self.pids = session_pids([running.group])
        self._requests = {name: self._ready(entry) for name, entry in variants.items()}

    def sample(
        self, variant: str, client: Client, seconds: float, connections: int
    ) -> Sample:
        """Put load on it, and return what it did; raises `Unmeasured` if it failed."""
        before = seconds_of(self.pids)
        client.begin(self._load(variant, seconds, connections))
        time.sleep(seconds * LOOK)  # not to wait for anything: to look meanwhile
        threads, memory = threads_of(self.pids), shared_kb(self.pids)
        came = client.finish()
        assert isinstance(came, HttpResult)
        used = seconds_of(self.pids) - before
        if came.errors or set(came.statuses) - {200} or not came.requests:
            raise Unmeasured(
                f"Expected {self.running.server.name} to answer every request with "
                f"200, but got {_shown(came.statuses)}, and the errors "
                f"{_shown(came.errors)}."
            )
        return {
            "rps": came.rate,
            "us": 1e6 / came.rate,
            "cpu_us": used / came.requests * 1e6,
            "p50_us": came.latencies.quantile(0.5) * 1e6,
            "p99_us": came.latencies.quantile(0.99) * 1e6,
            "threads": threads,
            "memory_kb": memory,
        }

    def _load(self, variant: str, seconds: float, connections: int) -> HttpLoad:
        request = self._requests[variant]
        return HttpLoad(
            self.running.port,
            request.target.decode("latin-1"),
            seconds,
            connections,
            method=request.method,
            headers=tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in request.headers
            ),
        )

    def close(self) -> None:
        """Stop the server."""
        self.running.stop()

    def _ready(self, entry: Entry) -> Request:
        if entry.before is None:
            return entry.request
        connection = http.client.HTTPConnection(HOST, self.running.port, timeout=10)
        try:
            connection.request(
                entry.before.method,
                entry.before.target.decode("latin-1"),
                headers={
                    name.decode("latin-1"): value.decode("latin-1")
                    for name, value in entry.before.headers
                },
                body=b"".join(entry.before.body) or None,
            )
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return with_cookies(
            entry.request,
            tuple(
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in answer.getheaders()
            ),
        )


def _shown(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{n} × {what}" for what, n in counts.items()) or "none"


def serve(
    configuration: Configuration,
    interface: str,
    core: int | None,
    name: str = "",
    options: tuple[str, ...] = (),
) -> Served:
    """Start a server for one interface of a configuration, on a core of its own.

    `options` are added to its command line, and win over those before.
    """
    variants = {
        n: a for n, a in configuration.variants.items() if a.interface == interface
    }
    target = next(iter(variants.values())).target
    server = SERVERS[name or SERVER_FOR[interface]]
    if why := missing(server):
        raise Unmeasured(why)
    words = (*((server.asgi if interface == "asgi" else server.wsgi) or ()), *options)
    server = replace(server, **cast(Any, {interface: words}))
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
        served = Served(running, variants)
        pin(served.pids, core)
        return served
    except OSError as error:
        running.stop()
        raise Unmeasured(
            f"{server.name} did not answer the first request: {error}."
        ) from None
