"""The half of a survey that needs servers: put load on all of them, in turn.

All servers are up at once, and idle but for one. One that does not start, or does not
answer as it should, is not measured, and says why. Some of them are also put before a
crowd: more connections, or another client.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.rounds import Cell, Key, Rounds, Sample
from asgi_compare.measure.timing.served import (
    SERVER_FOR,
    Client,
    LoadClient,
    Served,
    serve,
)
from asgi_compare.measure.timing.survey_results import (
    CONNECTIONS,
    Crowd,
    Job,
    Steps,
    side_by_side,
)
from asgi_compare.measure.timing.worker import Unmeasured
from asgi_compare.measure.timing.wrk import WrkClient

Take = Callable[[], Sample]
Host = tuple[Configuration, str, list[str]]
"""A configuration, an interface, and the ways by that interface."""
CLIENTS: Mapping[str, Callable[[int | None, int], Client]] = {
    "our own client": LoadClient,
    "wrk": WrkClient,
}
TRIES = 3
"""How often a burst is put that fails: on a busy machine it may come to nothing."""


def measure(job: Job) -> None:
    """Measure everything that is to be measured on servers."""
    hosts = list(_hosts(job))
    running: list[Served] = []
    takes: dict[Key, Take] = {}
    crowds: dict[Crowd, Take] = {}
    step = Steps("starting servers", len(hosts), job.progress)
    clients = Clients(job.effort.cores[1])

    def begin(host: Host) -> None:
        configuration, interface, ways = host
        found = [job.found.results[configuration.name, way] for way in ways]
        try:
            served = serve(configuration, interface, job.effort.cores[0])
        except Unmeasured as why:
            for result in found:
                result.server = f"none: {why}"
        else:
            running.append(served)
            for result in found:
                result.server = SERVER_FOR[interface]
                takes[result.key] = _taking(job, served, Crowd(result.key), clients)
            here = {result.key for result in found}
            for crowd in job.crowds:
                if crowd.key in here:
                    crowds[crowd] = _taking(job, served, crowd, clients)
        step.done()

    try:
        side_by_side(begin, hosts)
        job.need(takes)
        _load(job, running, takes, crowds, clients)
    finally:
        clients.close()
        side_by_side(Served.close, running)


def _hosts(job: Job) -> Iterator[Host]:
    """Return the servers that are wanted."""
    wanted = {*job.serving, job.yardstick}
    for configuration in job.configurations:
        for interface in SERVER_FOR:
            ways = [
                way
                for way, asked in configuration.ways.items()
                if asked.interface == interface
                and (configuration.name, way) in wanted
                and not job.found.results[configuration.name, way].unsupported
            ]
            if ways:
                yield configuration, interface, ways


def _load(
    job: Job,
    running: list[Served],
    takes: dict[Key, Take],
    crowds: dict[Crowd, Take],
    clients: Clients,
) -> None:
    """Put load on everything, in turn."""
    step = Steps("putting load on servers", 0, job.progress)
    effort, cells = job.effort, []
    for key, result in job.found.results.items():
        if key in takes and _answers(takes[key]):
            result.served = cell = Cell(key, takes[key])
            cells.append(cell)
    # Crowds come first, and so in every round, even if time runs out in the last one.
    for crowd in reversed(job.crowds):
        if job.found.results[crowd.key].served:
            job.found.crowds[crowd] = cell = Cell(crowd.key, crowds[crowd])
            cells.insert(0, cell)
    rounds = Rounds(
        effort.served_rounds,
        effort.tries,
        "cpu_us",
        [*clients.pids(), *(pid for served in running for pid in served.pids)],
        job.until(1, effort.served_rounds * effort.burst * len(cells) * 1.4),
        job.end(1),
        around=1,  # a burst is long, and its baseline with it
        progress=step.done,
    )
    step.total = rounds.blocks(cells)
    job.found.on_servers = rounds.run(takes[job.yardstick], cells)


def _answers(take: Take) -> bool:
    """Warm a server up, and see that it answers as it should."""
    try:
        take()
    except Unmeasured:
        return False
    return True


def _taking(job: Job, served: Served, crowd: Crowd, clients: Clients) -> Take:
    client = clients.of(crowd)
    # Longer for more connections, so that each of them has its turns.
    seconds = job.effort.burst * math.sqrt(crowd.connections / CONNECTIONS)

    def take() -> Sample:
        for _ in range(TRIES - 1):
            with suppress(Unmeasured):
                return served.sample(crowd.key[1], client, seconds)
        return served.sample(crowd.key[1], client, seconds)

    return take


class Clients:
    """The clients that put load on servers, each started when it is first wanted."""

    def __init__(self, core: int | None) -> None:
        self._core = core
        self._clients: dict[tuple[str, int], Client] = {}
        self._lock = threading.Lock()

    def of(self, crowd: Crowd) -> Client:
        """Return the client that a crowd wants."""
        kind = (crowd.tool, crowd.connections)
        with self._lock:  # servers are started side by side
            if kind not in self._clients:
                made = CLIENTS[crowd.tool](self._core, crowd.connections)
                self._clients[kind] = made
            return self._clients[kind]

    def pids(self) -> list[int]:
        """Return the numbers of their processes."""
        pids = (client.pid for client in self._clients.values())
        return [pid for pid in pids if pid is not None]

    def close(self) -> None:
        """End them."""
        for client in self._clients.values():
            client.close()
