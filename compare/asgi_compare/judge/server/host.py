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
import tempfile
from pathlib import Path
from typing import Any

from asgi_compare.drive.servers.command_lines import Transport
from asgi_compare.drive.servers.supervisor import RunningServer, ServerError, start
from asgi_compare.drive.servers.table import Server
from asgi_compare.drive.servers.transports import TCP, Way
from asgi_compare.judge.server.client import authority
from asgi_compare.judge.server.lifecycle import TARGET
from asgi_compare.judge.server.player import Endpoint, ask
from asgi_compare.model.transcript import Interface

HALF = b"GET / HTTP/1.1\r\nHost: "
NOT_OURS = "The server was started by somebody else, who chose where it listens."
NO_WORDS: dict[Transport, str] = {
    "tls": "The command line of {} takes no certificate.",
    "unix": "The command line of {} takes no Unix domain socket.",
}


class Host:
    """One server, up, with the instrumented application in it."""

    def __init__(
        self,
        name: str,
        interface: Interface,
        server: Server | None,
        url: Any = None,
        way: Way = TCP,
    ) -> None:
        self.name = name
        self.interface = interface
        self.server = server
        self._url: tuple[str, int] | None = url
        self._running: RunningServer | None = None
        self._way = way
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._doors: dict[Transport, Host | ServerError] = {}
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self.one_at_a_time = False
        self.no_websocket = ""

    async def is_ours(self) -> bool:
        """Return whether the instrumented application answers there."""
        return await ask(self.endpoint(), "none~0", 5.0) is not None

    async def open(self) -> None:
        """Start it, and find out what has to be known of it."""
        await self._start()
        self.one_at_a_time = await self._is_one_at_a_time()

    async def _start(self) -> None:
        if self.server is None:
            return
        target = TARGET.format(interface=self.interface)
        self._way.clear()
        self._running = await asyncio.to_thread(
            start,
            self.server,
            target,
            interface=self.interface,
            grace=4.0,
            way=self._way,
        )

    async def door(self, transport: Transport) -> Host:
        """Return the host that listens there, which may be this one.

        It must be able to (see `no_door`); `ServerError` if it did not start.
        """
        if transport == self._way.transport:
            return self
        async with self._opening:
            if transport not in self._doors:
                self._doors[transport] = await self._open_door(transport)
        found = self._doors[transport]
        if isinstance(found, ServerError):
            raise found
        return found

    def no_door(self, transport: Transport) -> str:
        """Return why it cannot listen there; empty if it can."""
        if transport == self._way.transport:
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
        found = Host(self.name, self.interface, row, way=way)
        found.one_at_a_time = self.one_at_a_time
        try:
            await found._start()
        except ServerError as error:
            return error
        return found

    def _make_way(self, transport: Transport) -> Way:
        if self._directory is None:
            self._directory = tempfile.TemporaryDirectory(prefix="asgi-compare-")
        directory = Path(self._directory.name)
        if transport == "unix":
            return Way("unix", path=str(directory / "socket"))
        return Way("tls", authority.make(directory))

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

    async def crashed(self) -> str:
        """Return how it ended if it has, and start it again.

        Empty while it is there.
        """
        if self._running is None:
            return ""
        async with self._lock:
            now = await asyncio.to_thread(self._running.ask, 3.0)
            if now is not None and now.pid == self._running.identity.pid:
                return ""
            if now is not None:
                self._running.identity = now
                return "The process that calls the application has been replaced."
            ended = self._running.exited()
            if ended is None:
                return ""  # slow, but there
            again = "" if await self.restart() else " It could not be started again."
            return f"The server {ended}.{again}"

    async def _is_one_at_a_time(self) -> bool:
        endpoint = self.endpoint()
        try:
            _, writer = await asyncio.open_connection(endpoint.host, endpoint.port)
        except OSError:
            return False
        try:
            writer.write(HALF)
            await writer.drain()
            await asyncio.sleep(0.1)
            return await ask(endpoint, "none~0", 1.0) is None
        finally:
            writer.close()
