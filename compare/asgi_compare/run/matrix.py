"""The loop: every implementation, on every host, through every scenario.

This is the only module that knows every stage. A *cell* is one implementation on one
host. In process, a cell is a child of ours that drives the application; on a server, it
is a server process and a client on a socket. Each cell leaves a transcript a scenario;
when all are there, they are judged, measured and compared.

Cells run beside each other, for most of their time is waiting. Ctrl-C stops all of
them, and what is done until then is still a `Run`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue

from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.applicability import applicable_scenario
from asgi_compare.contract.aspects import NORMALISERS
from asgi_compare.contract.expectation import holds
from asgi_compare.contract.scenario import Scenario
from asgi_compare.drive.live import exchange as live
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import (
    ForeignAnswer,
    RunningServer,
    ServerError,
    start,
)
from asgi_compare.drive.servers.table import SERVERS, missing
from asgi_compare.drive.targets.implementations import (
    IMPLEMENTATIONS,
    Implementation,
    lacking_for,
)
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers.worker import Child
from asgi_compare.judge.comparison import diff
from asgi_compare.judge.comparison.measurements import measurements
from asgi_compare.judge.comparison.verdicts import verdict_of, verdict_without
from asgi_compare.model.environment import date, environment
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.model.transcript import Ending, Transcript
from asgi_compare.run.conformance import (
    findings_in,
    known_findings,
    unexpected,
)
from asgi_compare.run.metadata import (
    copy_driven,
    host_row,
    implementation_row,
    scenario_row,
)
from asgi_compare.run.trim import lean

DEFAULT_HOSTS = (IN_PROCESS, "uvicorn", "hypercorn")
AT_A_TIME = 6
"""Cells that run beside each other; they wait more than they compute."""

GONE_WITHIN = 0.5
"""Seconds after a lost connection in which a server that has ended is seen to be so."""
PATIENCE = 1.0
"""Seconds that a server has to end by itself when all is stopped."""

Progress = Callable[[str, str], None]
"""Called with the cell and the scenario that has just been done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run."""

    implementations: tuple[str, ...] = tuple(IMPLEMENTATIONS)
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    hosts: tuple[str, ...] = DEFAULT_HOSTS

    def cells(self) -> Iterator[tuple[Implementation, str]]:
        """Return each implementation with each host that takes its interface."""
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
    """Cells that could not be run: why, and whether only for want of a server."""
    versions: dict[str, str] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: SimpleQueue[BaseException | None] = field(default_factory=SimpleQueue)
    """What each cell that has ended has raised."""
    opened: list[Child | RunningServer] = field(default_factory=list)

    def execute(self) -> None:
        """Drive every cell; raises KeyboardInterrupt when all has been stopped."""
        # Cells that share a database would open and close each other's accounts.
        shared = bool(os.environ.get("DATABASE_URL"))
        with ThreadPoolExecutor(1 if shared else AT_A_TIME) as pool:
            cells: list[Future[None]] = []
            try:  # from the first on: Ctrl-C may come before the last has begun
                cells += (pool.submit(self._whole, *c) for c in self.plan.cells())
                self._collect(len(cells))
            except BaseException:
                self._stop(cells)
                raise

    def _whole(self, implementation: Implementation, host: str) -> None:
        raised: BaseException | None = None
        try:
            self._cell(implementation, host)
        except BaseException as error:
            raised = error
        self.ended.put(raised)

    def _collect(self, count: int) -> None:
        """Wait for so many cells; raise what one of them has raised."""
        # Not for their futures: Ctrl-C may come between any two lines of Python, and
        # leave the lock of a future taken, for which its thread would wait for ever.
        for _ in range(count):
            if raised := self.ended.get():
                raise raised

    def _stop(self, cells: list[Future[None]]) -> None:
        self.stopping.set()
        for future in cells:
            future.cancel()
        opened = list(self.opened)
        with ThreadPoolExecutor(len(opened) or 1) as stoppers:
            list(stoppers.map(_end, opened))

    def _cell(self, implementation: Implementation, host: str) -> None:
        if host == IN_PROCESS:
            self._in_process(implementation)
        elif sentence := missing(SERVERS[host]):
            self._refuse((implementation.name, host), sentence, for_want=True)
        else:
            self._on_server(implementation, host)

    def _in_process(self, implementation: Implementation) -> None:
        child = Child(
            implementation.target,
            interface=implementation.interface,
            app_dir=implementation.app_dir,
            attributes=implementation.attributes,
        )
        self.opened.append(child)
        try:
            child.start()
            for scenario in self._scenarios(implementation, IN_PROCESS):
                asked = applicable_scenario(implementation.interface, scenario)
                if asked is None:
                    continue
                try:
                    transcript = child.drive(asked)
                except TargetError:
                    if scenario.application == "application":
                        raise  # it could be loaded once, and now it cannot be
                    continue  # it has not the application asked for
                self._keep(scenario, implementation, IN_PROCESS, transcript)
        except TargetError as error:
            self._refuse((implementation.name, IN_PROCESS), str(error))
        finally:
            child.close()

    def _on_server(self, implementation: Implementation, host: str) -> None:
        running = self._start(implementation, host)
        try:
            for scenario in self._scenarios(implementation, host):
                if running is None:
                    break
                asked = applicable_scenario(
                    implementation.interface, scenario, on_socket=True
                )
                if asked is None:
                    continue
                transcript = live.drive(
                    running.host,
                    running.port,
                    asked,
                    holds=partial(self._is_settled, asked),
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

    def _is_settled(self, asked: Scenario, transcript: Transcript) -> bool:
        """Whether a scenario need not be asked again: a stopped server never will."""
        return self.stopping.is_set() or holds(asked, transcript)

    def _start(self, implementation: Implementation, host: str) -> RunningServer | None:
        if self.stopping.is_set():
            return None  # the one before was stopped with all the others
        try:
            running = start(
                SERVERS[host],
                implementation.target,
                interface=implementation.interface,
                app_dir=implementation.app_dir,
            )
        except ServerError as error:
            self._refuse((implementation.name, host), str(error))
            return None
        self.opened.append(running)
        self.versions[host] = running.server.version()
        return running

    def _refuse(self, where: tuple[str, str], why: str, for_want: bool = False) -> None:
        if not self.stopping.is_set():  # else it was us who ended it
            self.refused[where] = (why, for_want)

    def _scenarios(
        self, implementation: Implementation, host: str
    ) -> Iterator[Scenario]:
        for name in self.plan.scenarios:
            if self.stopping.is_set():
                return
            if lacking_for(implementation, SCENARIOS[name]) is None:
                yield SCENARIOS[name]
            self.progress(diff.cell(implementation.name, host), name)

    def _keep(
        self,
        scenario: Scenario,
        implementation: Implementation,
        host: str,
        transcript: Transcript,
    ) -> None:
        if not self.stopping.is_set():  # else it was cut short, and says nothing
            key = (scenario.name, implementation.name, host)
            self.transcripts[key] = lean(transcript)


def run(plan: Plan, progress: Progress = lambda cell, scenario: None) -> Run:
    """Execute a plan, and draw the conclusions."""
    started, began = date(), time.monotonic()
    loop = Loop(plan, progress)
    interrupted = False
    try:
        loop.execute()
    except KeyboardInterrupt:
        interrupted = True
    result = conclude(plan, loop)
    result.interrupted = interrupted
    result.environment = environment() | {
        "date": started,
        "seconds": round(time.monotonic() - began, 2),
        "applications": copy_driven(),
        "left_aside": [*NORMALISERS],
        "known_findings": known_findings(result.findings),
    }
    return result


def conclude(plan: Plan, loop: Loop) -> Run:
    """Judge, measure and compare what the loop has recorded."""
    result = Run()
    result.scenarios = [scenario_row(SCENARIOS[name]) for name in plan.scenarios]
    result.implementations = [
        implementation_row(IMPLEMENTATIONS[name]) for name in plan.implementations
    ]
    result.hosts = [host_row(host, loop.versions.get(host)) for host in plan.hosts]
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
    here = diff.cell(implementation.name, host)
    result.transcripts[f"{scenario.name} {here}"] = transcript
    found = findings_in(f"{scenario.name} {here}", transcript)
    result.findings += found
    verdict = verdict_of(scenario, implementation, host, transcript)
    broken = unexpected(implementation.name, found)
    if broken is not None and verdict.verdict == "passed":
        reason = f"It breaks the rule {broken.rule}: {broken.message}"
        verdict = replace(verdict, verdict="failed", reason=reason)
    result.verdicts.append(verdict)
    result.measurements += measurements(scenario, implementation.name, host, transcript)
    baseline = diff.baseline_of(implementation.name, host)
    left = baseline and result.transcripts.get(f"{scenario.name} {baseline}")
    if left:
        result.differences += diff.differences(
            scenario.name, implementation.name, host, left, transcript
        )


def _end_of(running: RunningServer, transcript: Transcript) -> str | None:
    """Return how the server has ended; None if it runs."""
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


def _end(one: Child | RunningServer) -> None:
    """End what a cell drives, at once: nobody waits for its answers any more."""
    one.close() if isinstance(one, Child) else one.stop(PATIENCE)
