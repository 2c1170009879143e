"""One server, up, with the instrumented application in it.

A `Host` is started by us, from the table of servers, or by somebody else; then it has
an address and nothing of it can be stopped. What the cases need to know is found out at
the start: a server that serves one connection at a time does not answer while another
client has sent half a request.

A case may want TLS, or a Unix domain socket. Then a host has a *door*: the same server,
started a second time so that it listens there, when the first such case is played.

This module is the only one here that starts servers for longer than a case.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asgi_compare.drive.servers.command_lines import Transport
from asgi_compare.drive.servers.supervisor import (
    ForeignAnswer,
    RunningServer,
    ServerError,
    start,
)
from asgi_compare.drive.servers.table import Server
from asgi_compare.drive.servers.transports import TCP, TransportConfig
from asgi_compare.judge.server.case import VerdictKind
from asgi_compare.judge.server.client import authority
from asgi_compare.judge.server.lifecycle import TARGET
from asgi_compare.judge.server.player import Endpoint, ask, processes
from asgi_compare.model.transcript import Interface

START_TIMEOUT = 20.0
"""Seconds that a server may take to be ready."""
ASKED_FIRST, ASKED_AGAIN = 2.0, 3.0
"""Seconds that a server has for an answer before it is said to answer nobody."""
CONNECTED = 5.0
"""Seconds that a connection may take."""
ASKED_AT_ONCE = 12
"""Questions by which several processes would give themselves away."""
SEVERAL = (
    "{} calls the application in {} processes ({}), and what one of them saw the "
    "others cannot tell; start it with one worker."
)
REPLACED = "The process that calls the application has been replaced."
NOT_PASSED_ON = "The server passes no request to the application any more: it gave {}."
SILENT = "The server answered nobody within {:g} s, and was started anew."
HALF = b"GET / HTTP/1.1\r\nHost: "
NOT_OURS = "The server was started by somebody else, who chose where it listens."
NO_WORDS: dict[Transport, str] = {
    "tls": "The command line of {} takes no certificate.",
    "unix": "The command line of {} takes no Unix domain socket.",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a server had to be started anew."""

    kind: VerdictKind
    sentence: str


class Host:
    """One server, up, with the instrumented application in it."""

    def __init__(
        self,
        name: str,
        interface: Interface,
        server: Server | None,
        url: Any = None,
        way: TransportConfig = TCP,
        *,
        environment: Mapping[str, str] | None = None,
        start_timeout: float = START_TIMEOUT,
        again: str = "",
        transport: Transport = "tcp",
    ) -> None:
        self.name = name
        self.interface = interface
        self.server = server
        self._url: tuple[str, int] | None = url
        self._running: RunningServer | None = None
        self._way = way
        self._row = server
        self.transport = transport
        """Where it listens; another one than `tcp` if it can be had nowhere else."""
        self.again = again
        """The beginning of a line for a shell that plays a case of it again."""
        self.environment = environment
        self.start_timeout = start_timeout
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self.generation = 0
        """How often it was started anew because it was found to be gone."""
        self._doors: dict[Transport, Host | ServerError] = {}
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self.one_at_a_time = False
        self.no_websocket = ""

    @property
    def knows_our_client(self) -> bool:
        """Whether there is a certificate that a client can show it."""
        held = self._way.certificates
        return held is None or bool(held.client)

    async def greet(self) -> None:
        """Connect, and leave again; raises `OSError` where that fails."""
        endpoint = self.endpoint()
        async with asyncio.timeout(CONNECTED):
            _, writer = await self._way.open(endpoint.host, endpoint.port)
        writer.transport.abort()

    async def is_ours(self) -> bool:
        """Return whether the instrumented application answers there."""
        return await ask(self.endpoint(), "none~0", 5.0) is not None

    async def open(self) -> None:
        """Start it, and find out what has to be known of it."""
        if self.server is not None and self.transport != "tcp":
            self._way = self._make_way(self.transport)
            self._row = self.server.over(self.transport, self._way.paths())
        await self._start()
        await self.is_one()
        self.one_at_a_time = await self._is_one_at_a_time()

    async def is_one(self) -> None:
        """Raise `ServerError` if several processes call the application.

        Ask again later, too: one may have been the first to be ready.
        """
        found = await processes(self.endpoint(), ASKED_AT_ONCE)
        if len(found) > 1:
            pids = ", ".join(map(str, sorted(found)))
            raise ServerError(SEVERAL.format(self.name, len(found), pids))

    async def _start(self) -> None:
        if self._row is None:
            return
        target = TARGET.format(interface=self.interface)
        self._way.clear()
        self._running = await asyncio.to_thread(
            start,
            self._row,
            target,
            interface=self.interface,
            environment=self.environment,
            deadline=self.start_timeout,
            grace=4.0,
            way=self._way,
        )

    async def door(self, transport: Transport) -> Host:
        """Return the host that listens there, which may be this one.

        It must be able to (see `no_door`); `ServerError` if it did not start.
        """
        if transport in ("tcp", self._way.transport):
            return self  # `tcp` stands for wherever it listens
        async with self._opening:
            if transport not in self._doors:
                self._doors[transport] = await self._open_door(transport)
        found = self._doors[transport]
        if isinstance(found, ServerError):
            raise found
        return found

    def no_door(self, transport: Transport) -> str:
        """Return why it cannot listen there; empty if it can."""
        if transport in ("tcp", self._way.transport):
            return ""
        if self.server is None:
            return NOT_OURS
        if not self.server.listens_on(transport):
            return NO_WORDS[transport].format(self.name)
        return authority.missing() if transport == "tls" else ""

    async def renew(self, transport: Transport) -> bool:
        """Start anew what listens there; False if it did not come up."""
        try:
            door = await self.door(transport)
        except ServerError:
            return False
        return await door.restart()

    async def _open_door(self, transport: Transport) -> Host | ServerError:
        assert self.server is not None
        way = self._make_way(transport)
        row = self.server.over(transport, way.paths())
        found = Host(
            self.name,
            self.interface,
            row,
            way=way,
            environment=self.environment,
            start_timeout=self.start_timeout,
            again=self.again,
        )
        found.one_at_a_time = self.one_at_a_time
        try:
            await found._start()
        except ServerError as error:
            return error
        return found

    def _make_way(self, transport: Transport) -> TransportConfig:
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="asgi-compare-")
        directory = Path(self._directory.name)
        if transport == "unix":
            return TransportConfig("unix", path=str(directory / "socket"))
        return TransportConfig("tls", authority.make(directory))

    async def restart(self) -> bool:
        """Stop it and start it again, so that nothing is left of earlier cases.

        False if it did not come up again.
        """
        await self._stop()
        try:
            await self._start()
        except ServerError:
            return False
        return True

    async def close(self) -> None:
        """Stop it, if it is ours, and all its doors."""
        doors = [door for door in self._doors.values() if isinstance(door, Host)]
        await asyncio.gather(self._stop(), *(door.close() for door in doors))
        if self._directory is not None:
            self._directory.cleanup()

    async def _stop(self) -> None:
        if self._running is not None:
            await asyncio.to_thread(self._running.stop)

    def endpoint(self) -> Endpoint:
        """Return where it is."""
        host, port = self._url or ("", 0)
        if self._running is not None:
            host, port = self._running.host, self._running.port
        alone = self.one_at_a_time
        return Endpoint(self.name, host, port, self.interface, alone, self._way)

    async def up(self) -> int:
        """Wait while it is being started anew; give its generation."""
        async with self._lock:
            return self.generation

    def is_gone(self) -> bool:
        """Return whether its process has ended."""
        return self._running is not None and self._running.exited() is not None

    async def tend(self, generation: int) -> Trouble | None:
        """See whether it is there, and start it anew if it is not; then say what was.

        `generation` is that of when the caller began: what was found since then by
        somebody else was mended by them as well, and None comes back.
        """
        if self._running is None:
            return None
        async with self._lock:
            if self.generation != generation:
                return None
            trouble = await self._trouble(self._running)
            if trouble is None:
                return None
            self.generation += 1
            again = "" if await self.restart() else " It could not be started again."
            return Trouble(trouble.kind, trouble.sentence + again)

    async def _trouble(self, running: RunningServer) -> Trouble | None:
        for limit in (ASKED_FIRST, ASKED_AGAIN):
            try:
                now = await asyncio.to_thread(running.ask, limit)
            except ForeignAnswer as error:
                return Trouble("fail", NOT_PASSED_ON.format(error.came))
            if now is not None:
                break
            if ended := running.exited():
                return Trouble("crash", f"The server {ended}.")
        if now is None:
            return Trouble("timeout", SILENT.format(ASKED_FIRST + ASKED_AGAIN))
        before, running.identity = running.identity.pid, now
        if now.pid == before:
            return None
        if _lives(before):
            pids = f"{before}, {now.pid}"
            raise ServerError(SEVERAL.format(self.name, "several", pids))
        return Trouble("crash", REPLACED)

    async def _is_one_at_a_time(self) -> bool:
        endpoint = self.endpoint()
        try:
            _, writer = await self._way.open(endpoint.host, endpoint.port)
        except OSError:
            return False
        try:
            writer.write(HALF)
            await writer.drain()
            await asyncio.sleep(0.1)
            return await ask(endpoint, "none~0", 1.0) is None
        finally:
            writer.transport.abort()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
