"""STAGE 4d: the half of a survey that needs servers: put load on all of them, in turn.

All servers are up at once, and idle but for one. One that does not start, or does not
answer as it should, is not measured, and says why. This module does not know what the
servers serve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compare.measure.asked import Configuration
from compare.measure.rounds import Cell, Key, Rounds, Sample
from compare.measure.served import SERVER_FOR, LoadClient, Served, serve
from compare.measure.surveyed import Job, Steps, side_by_side
from compare.measure.worker import Unmeasured

Take = Callable[[], Sample]
Host = tuple[Configuration, str, list[str]]
"""A configuration, an interface, and the ways by that interface."""


def measure(job: Job) -> None:
    """Measure everything that is to be measured on servers."""
    hosts = list(_hosts(job))
    running: list[Served] = []
    takes: dict[Key, Take] = {}
    step = Steps("starting servers", len(hosts), job.progress)
    client = LoadClient(job.effort.cores[1])

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
                takes[result.key] = _taking(job, served, result.key[1], client)
        step.done()

    try:
        side_by_side(begin, hosts)
        job.need(takes)
        _load(job, running, takes, client)
    finally:
        client.close()
        side_by_side(Served.close, running)


def _hosts(job: Job) -> Iterator[Host]:
    """Give the servers that are wanted."""
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
    job: Job, running: list[Served], takes: dict[Key, Take], client: LoadClient
) -> None:
    """Put load on everything, in turn."""
    step = Steps("putting load on servers", 0, job.progress)
    effort, cells = job.effort, []
    for key, result in job.found.results.items():
        if key in takes and _answers(takes[key]):
            result.served = cell = Cell(key, takes[key])
            cells.append(cell)
    rounds = Rounds(
        effort.served_rounds,
        effort.tries,
        "cpu_us",
        [client.pid, *(pid for served in running for pid in served.pids)],
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


def _taking(job: Job, served: Served, way: str, client: LoadClient) -> Take:
    return lambda: served.sample(way, client, job.effort.burst)
