"""The plays that start and stop a server of their own.

Each play gets a `Stage`: it starts the server with what the case says the lifespan is
to do, talks to it a little, stops it, and reads the diary that the lifespan has kept in
a file, since nobody can ask an application that has ended. A play gives a `Problem`, or
None if all went as the sentence asks.

This module knows no verdicts.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from asgi_compare.drive.servers.supervisor import RunningServer, ServerError, start
from asgi_compare.drive.servers.table import Server
from asgi_compare.judge.server.case import Case, Problem
from asgi_compare.judge.server.client.build import handshake, request
from asgi_compare.judge.server.client.line import Line
from asgi_compare.judge.server.observed import Connection
from asgi_compare.model.transcript import Interface

TARGET = "asgi_compare.judge.server.instrument:{interface}"
DIARY = "ASGI_COMPARE_WIRE_DIARY"
NO_LIFESPAN = Problem("The server has no lifespan.", "unsupported")
FAILED = "asgi-compare-was-told-to-fail"
FAILED_SHUTDOWN = "asgi-compare-failed-to-shut-down"
GRACE = 6.0
BETWEEN = 0.7
"""Seconds between two signals: as soon as somebody loses patience."""


@dataclass(slots=True)
class Stage:
    """A server of one's own, for one case."""

    case: Case
    server: Server
    interface: Interface
    diary_path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    start_timeout: float = 12.0
    notes: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    async def start(self) -> RunningServer:
        """Start it; the diary begins anew."""
        target = TARGET.format(interface=self.interface)
        diary = {DIARY: str(self.diary_path)}
        settings = {**self.environment, **self.case.settings, **diary}
        running = await asyncio.to_thread(
            start,
            self.server,
            target,
            interface=self.interface,
            environment=settings,
            deadline=self.start_timeout,
            grace=GRACE,
        )
        self.notes.append(f"ready after {running.ready_after:.1f} s")
        return running

    async def stop(self, running: RunningServer) -> None:
        """Ask it to stop, and keep what it logged."""
        await asyncio.to_thread(running.stop)
        self.logs = running.logs(1000)

    def diary(self) -> list[dict[str, Any]]:
        """Return what the lifespan wrote down."""
        try:
            lines = self.diary_path.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        return [json.loads(line) for line in lines]

    def has_lifespan(self) -> bool:
        """Return whether the application was ever called for a lifespan."""
        return any("scope" in entry for entry in self.diary())

    def did(self, what: str) -> dict[str, Any] | None:
        """Return the entry of the diary that has this event."""
        return next((e for e in self.diary() if what in e.values()), None)

    async def line(self, running: RunningServer) -> Line:
        """Connect to it, and send a request of this case."""
        line = await Line.open(running.host, running.port, (), upgrade=False)
        data = request().replace(b"<case>", f"wire/{self.case.name}~0".encode())
        await line.say(data.replace(b"<host>", b"localhost"))
        return line


Play = Callable[[Stage], Awaitable[Problem | None]]


async def perform(
    case: Case,
    server: Server,
    interface: Interface,
    environment: Mapping[str, str] | None = None,
    start_timeout: float = 12.0,
) -> tuple[Problem | None, Stage]:
    """Play the case; give what is wrong, and the stage with what was noted."""
    with tempfile.TemporaryDirectory(prefix="asgi-compare-") as directory:
        diary = Path(directory) / "diary"
        stage = Stage(case, server, interface, diary, environment or {}, start_timeout)
        problem = await PLAYS[case.life](stage)
        told = [" ".join(f"{k}={v}" for k, v in e.items()) for e in stage.diary()]
        stage.notes += [f"lifespan: {line}" for line in told]
    return problem, stage


async def _slow(stage: Stage) -> Problem | None:
    running = await stage.start()
    await stage.stop(running)
    if not stage.has_lifespan():
        return NO_LIFESPAN
    if running.ready_after >= 1.2:
        return None
    return Problem(
        "Expected no answer before the start-up was complete, which takes 1.2 s, but "
        f"the first one came after {running.ready_after:.1f} s."
    )


async def _scope(stage: Stage) -> Problem | None:
    await stage.stop(await stage.start())
    if not stage.has_lifespan():
        return NO_LIFESPAN
    scope = stage.diary()[0]["scope"]
    asgi = scope.get("asgi")
    good = scope.get("type") == "lifespan" and isinstance(asgi, dict)
    good = good and isinstance(asgi.get("version"), str)
    good = good and scope.get("state", {}) == {}
    return None if good else Problem(f"The lifespan scope was {scope!r}.")


async def _failed(stage: Stage) -> Problem | None:
    try:
        running = await stage.start()
    except ServerError as error:
        logged = any(FAILED in line for line in error.logs)
        said = "It ended, but did not log the message of the application."
        return None if logged else Problem(said)
    await stage.stop(running)
    if not stage.has_lifespan():
        return NO_LIFESPAN
    return Problem("The server went on and answered requests.")


async def _raises(stage: Stage) -> Problem | None:
    try:
        running = await stage.start()
    except ServerError as error:
        return Problem(f"The server did not go on: {error.sentence}")
    await stage.stop(running)
    if not stage.has_lifespan():
        return NO_LIFESPAN
    sent = stage.did("lifespan.shutdown")
    return Problem("It sent lifespan.shutdown all the same.") if sent else None


async def _shutdown(stage: Stage) -> Problem | None:
    await stage.stop(await stage.start())
    if not stage.has_lifespan():
        return NO_LIFESPAN
    if not stage.did("lifespan.shutdown"):
        return Problem("Expected lifespan.shutdown, but the server ended without it.")
    if stage.did("lifespan.shutdown.complete"):
        return None
    return Problem("The server ended before lifespan.shutdown.complete was sent.")


async def _shutdown_failed(stage: Stage) -> Problem | None:
    await stage.stop(await stage.start())
    if not stage.has_lifespan():
        return NO_LIFESPAN
    if any(FAILED_SHUTDOWN in line for line in stage.logs):
        return None
    return Problem("The server did not log the message of lifespan.shutdown.failed.")


async def _graceful(stage: Stage) -> Problem | None:
    running = await stage.start()
    line = await stage.line(running)
    await line.wait(lambda: b"half" in _received(line), 2.0)
    stopping = asyncio.create_task(stage.stop(running))
    await line.wait(lambda: line.reader.complete > 0, 4.0)
    stage.connections.append(await line.leave())
    await stopping
    whole = bool(line.reader.complete)
    said = "was finished" if whole else "was broken off"
    stage.notes.insert(0, f"The response that was under way {said} after SIGTERM.")
    return None


async def _endless(stage: Stage) -> Problem | None:
    running = await stage.start()
    return await _leave_open(stage, running, await stage.line(running))


async def _websocket(stage: Stage) -> Problem | None:
    running = await stage.start()
    data = handshake().replace(b"<case>", f"wire/{stage.case.name}~0".encode())
    line = await Line.open(running.host, running.port, (), upgrade=True)
    await line.say(data.replace(b"<host>", b"localhost"))
    return await _leave_open(stage, running, line)


async def _leave_open(
    stage: Stage, running: RunningServer, line: Line
) -> Problem | None:
    """Ask the server to stop while a call is under way, and see who hears what."""
    await line.wait(lambda: bool(line.reader.answers), 2.0)
    began = time.monotonic()
    stopping = asyncio.create_task(stage.stop(running))
    await line.wait(lambda: False, GRACE + 1)
    seen = await line.leave()
    await stopping
    took = time.monotonic() - began
    stage.connections.append(seen)
    told = f"{_who_heard(stage, seen)}; the server took {_about(took)}."
    stage.notes.insert(0, told)
    return None


def _who_heard(stage: Stage, seen: Connection) -> str:
    """Say what the client and the application were told."""
    code = f" with the close code {seen.close_code}" if seen.told_to_close else ""
    call = stage.did(stage.case.needs or "http") or {}
    heard = ", ".join(map(str, call.get("heard", []))) or "nothing"
    ended = call.get("as", "") or "with the process"
    return (
        f"The connection ended {seen.ended or 'never'}{code}; the application heard "
        f"{heard} and ended {ended}"
    )


async def _twice(stage: Stage, *, by_interrupt: bool) -> Problem | None:
    """Ask the server to stop a second time, while it waits for a response."""
    name = "SIGINT" if by_interrupt else "SIGTERM"
    running = await stage.start()
    line = await stage.line(running)
    await line.wait(lambda: b"half" in _received(line), 2.0)
    running.ask_to_stop(by_interrupt=by_interrupt)
    waits = await _goes_on(running, BETWEEN)
    began = time.monotonic()
    running.ask_to_stop(by_interrupt=by_interrupt)
    ends = not waits or not await _goes_on(running, GRACE)
    took = time.monotonic() - began
    stage.connections.append(await line.leave())
    polite = not ends and not await _goes_on(running, GRACE)
    await stage.stop(running)
    lives = "was" if stage.did("lifespan.shutdown") else "was not"
    if not waits:
        how = f"The first {name} was enough"
    elif ends:
        how = f"It ended {_about(took)} after the second {name}"
    elif polite:
        how = f"It went on after the second {name} until the client left"
    else:
        how = f"It went on after the second {name}, and had to be killed"
    heard = _who_heard(stage, stage.connections[-1])
    shutdown = f"; lifespan.shutdown {lives} sent" if stage.has_lifespan() else ""
    stage.notes.insert(0, f"{how}. {heard}{shutdown}.")
    return None


async def _goes_on(running: RunningServer, seconds: float) -> bool:
    """Return whether the server still runs after that time."""
    end = time.monotonic() + seconds
    while running.exited() is None and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return running.exited() is None


def _about(seconds: float) -> str:
    return "less than a second" if seconds < 1 else f"about {round(seconds)} s"


async def _order(stage: Stage) -> Problem | None:
    await _graceful(stage)
    if not stage.has_lifespan():
        return NO_LIFESPAN
    finished = "finished" in stage.notes[0]
    asked = stage.did("lifespan.shutdown")
    if asked is None:
        return Problem("Expected lifespan.shutdown, but the server ended without it.")
    ended = stage.did("a response")
    if not finished or ended is None or ended["at"] <= asked["at"]:
        return None
    early = ended["at"] - asked["at"]
    return Problem(
        "Expected lifespan.shutdown after the response that was under way, but it came "
        f"{early:.1f} s before the end of it."
    )


def _received(line: Line) -> bytes:
    return b"".join(data for _, did, data in line.seen.log if did == "received")


PLAYS: dict[str, Play] = {
    "slow": _slow,
    "scope": _scope,
    "failed": _failed,
    "raises": _raises,
    "shutdown": _shutdown,
    "shutdown-failed": _shutdown_failed,
    "graceful": _graceful,
    "endless": _endless,
    "websocket": _websocket,
    "order": _order,
    "terminated-twice": partial(_twice, by_interrupt=False),
    "interrupted-twice": partial(_twice, by_interrupt=True),
}
