"""The loop: every implementation, on every host, through every scenario.

This is the only module that knows every stage. A *cell* is one implementation on one
host. In process, a cell is a child of ours that drives the application; on a server, it
is a server process and a client on a socket. Each cell leaves a transcript a scenario;
when all are there, they are judged, measured and compared.

Cells run beside each other, for most of their time is waiting. Ctrl-C stops all of
them, and what is done until then is still a `Run`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from compare import diff
from compare.contract import SCENARIOS, chapter_of
from compare.contract.scenario import Scenario, in_one_line
from compare.diff import cell
from compare.drivers import live
from compare.environment import environment
from compare.expectation import holds
from compare.implementations import IMPLEMENTATIONS, INTERFACES, Implementation
from compare.isolation import Child
from compare.measurements import measurements
from compare.reach import in_terms_of
from compare.results import IN_PROCESS, Run
from compare.servers.process import wait_until
from compare.servers.supervisor import (
    ForeignAnswer,
    RunningServer,
    ServerError,
    start,
)
from compare.servers.table import SERVERS, missing
from compare.target import TargetError
from compare.transcript import Ending, Transcript
from compare.verdicts import verdict_of, verdict_without

DEFAULT_HOSTS = (IN_PROCESS, "uvicorn", "hypercorn")
AT_A_TIME = 6
"""Cells that run beside each other; they wait more than they compute."""

GONE_WITHIN = 0.5
"""Seconds after a lost connection in which a server that has ended is seen to be so."""

Progress = Callable[[str, str], None]
"""Called with the cell and the scenario that has just been done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run."""

    implementations: tuple[str, ...] = tuple(IMPLEMENTATIONS)
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    hosts: tuple[str, ...] = DEFAULT_HOSTS

    def cells(self) -> Iterator[tuple[Implementation, str]]:
        """Give each implementation with each host that takes its interface."""
        for host in self.hosts:
            for name in self.implementations:
                implementation = IMPLEMENTATIONS[name]
                if host == IN_PROCESS or SERVERS[host].speaks(implementation.interface):
                    yield implementation, host


@dataclass(slots=True)
class Loop:
    """One execution of a plan."""

    plan: Plan
    progress: Progress
    transcripts: dict[tuple[str, str, str], Transcript] = field(default_factory=dict)
    """By scenario, implementation and host."""
    refused: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    """Cells that could not be had: why, and whether only for want of a server."""
    versions: dict[str, str] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    opened: list[Child | RunningServer] = field(default_factory=list)

    def execute(self) -> None:
        """Drive every cell; raises KeyboardInterrupt when all has been stopped."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            cells = [pool.submit(self._cell, *c) for c in self.plan.cells()]
            try:
                _collect(cells)
            except BaseException:
                self._stop(cells)
                raise

    def _stop(self, cells: list[Future[None]]) -> None:
        self.stopping.set()
        for future in cells:
            future.cancel()
        for one in list(self.opened):
            one.close() if isinstance(one, Child) else one.stop()

    def _cell(self, implementation: Implementation, host: str) -> None:
        if host == IN_PROCESS:
            self._in_process(implementation)
        elif sentence := missing(SERVERS[host]):
            self.refused[implementation.name, host] = (sentence, True)
        else:
            self._on_server(implementation, host)

    def _in_process(self, implementation: Implementation) -> None:
        child = Child(
            implementation.target,
            interface=implementation.interface,
            attributes=implementation.attributes,
        )
        self.opened.append(child)
        try:
            child.start()
            for scenario in self._scenarios():
                if asked := in_terms_of(implementation.interface, scenario):
                    with suppress(TargetError):  # it has not the application asked for
                        transcript = child.drive(asked)
                        self._keep(scenario, implementation, IN_PROCESS, transcript)
        except TargetError as error:
            self.refused[implementation.name, IN_PROCESS] = (str(error), False)
        finally:
            child.close()

    def _on_server(self, implementation: Implementation, host: str) -> None:
        running = self._start(implementation, host)
        try:
            for scenario in self._scenarios():
                if running is None:
                    break
                asked = in_terms_of(implementation.interface, scenario, on_socket=True)
                if asked is None:
                    continue
                transcript = live.drive(
                    running.host, running.port, asked, holds=partial(holds, asked)
                )
                if ended := _end_of(running, transcript):
                    error = f"The server {ended}."
                    transcript = replace(transcript, ending=Ending("crashed", error))
                if ended or _is_stuck(running, transcript):
                    running.stop()
                    running = self._start(implementation, host)
                self._keep(scenario, implementation, host, transcript)
        finally:
            if running is not None:
                running.stop()

    def _start(self, implementation: Implementation, host: str) -> RunningServer | None:
        try:
            running = start(
                SERVERS[host],
                implementation.target,
                interface=implementation.interface,
            )
        except ServerError as error:
            self.refused[implementation.name, host] = (str(error), False)
            return None
        self.opened.append(running)
        self.versions[host] = running.server.version()
        return running

    def _scenarios(self) -> Iterator[Scenario]:
        for name in self.plan.scenarios:
            if self.stopping.is_set():
                return
            yield SCENARIOS[name]

    def _keep(
        self,
        scenario: Scenario,
        implementation: Implementation,
        host: str,
        transcript: Transcript,
    ) -> None:
        if self.stopping.is_set():
            return  # it was cut short, and says nothing of the application
        self.transcripts[scenario.name, implementation.name, host] = transcript
        self.progress(cell(implementation.name, host), scenario.name)


def run(plan: Plan, progress: Progress = lambda cell, scenario: None) -> Run:
    """Execute a plan, and draw the conclusions."""
    began = time.monotonic()
    loop = Loop(plan, progress)
    interrupted = False
    try:
        loop.execute()
    except KeyboardInterrupt:
        interrupted = True
    result = conclude(plan, loop)
    result.interrupted = interrupted
    result.environment["seconds"] = round(time.monotonic() - began, 2)
    return result


def conclude(plan: Plan, loop: Loop) -> Run:
    """Judge, measure and compare what the loop has recorded."""
    result = Run(environment=environment())
    result.scenarios = [_scenario_row(SCENARIOS[name]) for name in plan.scenarios]
    result.implementations = [
        {"name": i.name, "interface": i.interface, "target": i.target, "about": i.about}
        for i in (IMPLEMENTATIONS[name] for name in plan.implementations)
    ]
    result.hosts = [_host_row(host, loop.versions) for host in plan.hosts]
    for implementation, host in plan.cells():
        for name in plan.scenarios:
            _conclude_one(result, loop, SCENARIOS[name], implementation, host)
    return result


def _conclude_one(
    result: Run,
    loop: Loop,
    scenario: Scenario,
    implementation: Implementation,
    host: str,
) -> None:
    key = (scenario.name, implementation.name, host)
    transcript = loop.transcripts.get(key)
    if transcript is None:
        refused = loop.refused.get((implementation.name, host))
        if verdict := verdict_without(scenario, implementation, host, refused):
            result.verdicts.append(verdict)
        return
    here = cell(implementation.name, host)
    result.transcripts[f"{scenario.name} {here}"] = transcript
    result.verdicts.append(verdict_of(scenario, implementation, host, transcript))
    result.measurements += measurements(scenario, implementation.name, host, transcript)
    yardstick = diff.yardstick_of(implementation.name, host)
    left = yardstick and result.transcripts.get(f"{scenario.name} {yardstick}")
    if left:
        result.differences += diff.differences(
            scenario.name, implementation.name, host, left, transcript
        )


def _end_of(running: RunningServer, transcript: Transcript) -> str | None:
    """Say how the server has ended; None if it runs."""
    if transcript.ending.kind == "crashed":
        # It may be the server that has gone, and not the connection alone.
        wait_until(lambda: running.exited() is not None, GONE_WITHIN)
    return running.exited()


def _is_stuck(running: RunningServer, transcript: Transcript) -> bool:
    """Whether the application has, or may have, taken its server along."""
    if transcript.ending.kind == "timed out":
        # Even if it still answers, it may not be what it was: daphne no longer sees
        # what its applications raise once it could not answer for one of them.
        return True
    if transcript.ending.kind != "flooded":
        return False
    try:
        return running.ask() is None
    except ForeignAnswer:
        return True


def _scenario_row(scenario: Scenario) -> dict[str, object]:
    return {
        "name": scenario.name,
        "chapter": chapter_of(scenario),
        "endpoint": scenario.endpoint,
        "case": scenario.case,
        "shows": scenario.shows,
        "request": in_one_line(scenario.exchange),
    }


def _host_row(host: str, versions: dict[str, str]) -> dict[str, object]:
    if host == IN_PROCESS:
        about = "Our own drivers, which play the server in the application's process."
        return {"name": host, "interfaces": ["asgi", "wsgi"], "about": about}
    server = SERVERS[host]
    return {
        "name": host,
        "interfaces": [i for i in INTERFACES if server.speaks(i)],
        "version": versions.get(host) or server.version(),
        "about": server.notes,
    }


def _collect(cells: Iterable[Future[None]]) -> None:
    """Wait for all cells; raise what one of them has raised."""
    left = set(cells)
    while left:
        # A wait without a limit would keep Ctrl-C from getting through.
        done, left = wait(left, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
