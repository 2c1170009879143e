"""The half of a survey that needs servers: put load on all of them, in turn.

All servers are up at once, and idle but for one. One that does not start, or does not
answer as it should, is not measured, and says why.

First comes what is to be served (`Job.serving`), each on the server of its interface.
Then come the trials: the same variants on other servers, or before more clients. Those
of one group are in the same rounds, so that they can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.rounds import Cell, Key, Rounds, Sample
from asgi_compare.measure.timing.served import SERVER_FOR, Client, Served, serve
from asgi_compare.measure.timing.survey_results import (
    CONNECTIONS,
    Job,
    Steps,
    Trial,
    side_by_side,
)
from asgi_compare.measure.timing.worker import Unmeasured

Take = Callable[[], Sample]
Place = tuple[str, str, tuple[str, ...]]
"""An interface, a server, and more words for its command line."""
TRIES = 3
"""How often a burst is put that fails: on a busy machine it may come to nothing."""


@dataclass(frozen=True, slots=True)
class Host:
    """A server to be started: one interface of a configuration."""

    configuration: Configuration
    interface: str
    keys: tuple[Key, ...]
    """What is measured on it for the ladder."""
    server: str
    options: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    """What else is measured on it."""


def measure(job: Job) -> None:
    """Measure everything that is to be measured on servers."""
    hosts = list(hosts_of(job))
    running: list[Served] = []
    takes: dict[Key, Take] = {}
    trials: dict[Trial, Take] = {}
    step = Steps("starting servers", len(hosts), job.progress)
    client = LoadProcess(job.effort.cores[1])

    def begin(host: Host) -> None:
        core = job.effort.cores[0]
        try:
            served = serve(
                host.configuration, host.interface, core, host.server, host.options
            )
        except Unmeasured as why:
            for key in host.keys:
                job.found.results[key].not_served = str(why)
            job.found.not_tried.update(dict.fromkeys(host.trials, str(why)))
        else:
            running.append(served)
            for key in host.keys:
                job.found.results[key].server = host.server
                takes[key] = _taking(job, served, key[1], client, CONNECTIONS)
            for trial in host.trials:
                it = trial.key[1], client, trial.connections
                trials[trial] = _taking(job, served, *it)
        step.done()

    try:
        side_by_side(begin, hosts)
        job.need(takes)
        pids = [client.pid, *(pid for served in running for pid in served.pids)]
        _load(job, pids, takes, trials)
    finally:
        client.close()
        side_by_side(Served.close, running)


def hosts_of(job: Job) -> Iterator[Host]:
    """Yield the servers that are wanted, each with all that is measured on it."""
    wanted = {*job.serving, job.baseline}
    for configuration in job.configurations:
        name = configuration.name
        keys: dict[Place, list[Key]] = {}
        trials: dict[Place, list[Trial]] = {}
        for variant, entry in configuration.variants.items():
            key, interface = (name, variant), entry.interface
            if job.found.results[key].unsupported:
                continue
            if key in wanted:
                here: Place = (interface, SERVER_FOR[interface], ())
                keys.setdefault(here, []).append(key)
            for trial in job.trials:
                if trial.key == key:
                    there: Place = (interface, trial.server, trial.options)
                    trials.setdefault(there, []).append(trial)
        for place in {**keys, **trials}:
            yield Host(
                configuration,
                place[0],
                tuple(keys.get(place, ())),
                *place[1:],
                tuple(trials.get(place, ())),
            )


def _load(
    job: Job,
    pids: Sequence[int],
    takes: dict[Key, Take],
    trials: dict[Trial, Take],
) -> None:
    """Put load on everything, in turn."""
    step = Steps("putting load on servers", 0, job.progress)
    effort, cells = job.effort, []
    for key, result in job.found.results.items():
        if key in takes:
            result.served = cell = Cell(key, takes[key])
            cells.append(cell)
    # Trials come first, and so in every round, even if time runs out in the last one.
    for trial in job.trials:
        if trial in trials:
            job.found.trials[trial] = Cell(trial.key, trials[trial])
    cells = [*job.found.trials.values(), *cells]
    for cell in cells:
        cell.tried()  # which warms it up
    rounds = Rounds(
        effort.served_rounds,
        effort.tries,
        "cpu_us",
        pids,
        job.until(1, effort.served_rounds * effort.burst * len(cells) * 1.4),
        job.end(1),
        around=1,  # a burst is long, and its baseline with it
        progress=step.done,
    )
    step.total = rounds.blocks(cells)
    job.found.on_servers = rounds.run(takes[job.baseline], cells)
    _drop_failures(job)


def _drop_failures(job: Job) -> None:
    """Keep nothing of what did not answer as it should to the end."""
    for result in job.found.results.values():
        if result.served is not None and result.served.failure:
            result.not_served, result.served = result.served.failure, None
    for trial, cell in list(job.found.trials.items()):
        if cell.failure:
            job.found.not_tried[trial] = cell.failure
            del job.found.trials[trial]


def _taking(
    job: Job, served: Served, variant: str, client: Client, connections: int
) -> Take:
    # Longer for more connections, so that each of them has its turns.
    seconds = job.effort.burst * math.sqrt(connections / CONNECTIONS)

    def take() -> Sample:
        for _ in range(TRIES - 1):
            with suppress(Unmeasured):
                return served.sample(variant, client, seconds, connections)
        return served.sample(variant, client, seconds, connections)

    return take
