"""STAGE 4b: one server, up, with the instrumented application in it.

A `Host` is started by us, from the table of servers, or by somebody else; then it has
an address and nothing of it can be stopped. What the cases need to know is found out at
the start: a server that serves one connection at a time does not answer while another
client has sent half a request.

This module is the only one here that starts servers for longer than a case. It does not
know the cases.
"""

from __future__ import annotations

import asyncio
from typing import Any

from compare.probes.wire.case import Interface
from compare.probes.wire.lifecycle import TARGET
from compare.probes.wire.player import Endpoint, ask
from compare.servers.supervisor import RunningServer, ServerError, start
from compare.servers.table import Server

HALF = b"GET / HTTP/1.1\r\nHost: "


class Host:
    """One server, up, with the instrumented application in it."""

    def __init__(
        self, name: str, interface: Interface, server: Server | None, url: Any = None
    ) -> None:
        self.name = name
        self.interface = interface
        self.server = server
        self._url: tuple[str, int] | None = url
        self._running: RunningServer | None = None
        self._lock = asyncio.Lock()
        self.one_at_a_time = False
        self.no_websocket = ""

    async def is_ours(self) -> bool:
        """Say whether the instrumented application answers there."""
        return await ask(self.endpoint(), "none~0", 5.0) is not None

    async def open(self) -> None:
        """Start it, and find out what has to be known of it."""
        await self._start()
        self.one_at_a_time = await self._is_one_at_a_time()

    async def _start(self) -> None:
        if self.server is None:
            return
        target = TARGET.format(interface=self.interface)
        self._running = await asyncio.to_thread(
            start, self.server, target, interface=self.interface, grace=4.0
        )

    async def restart(self) -> bool:
        """Stop it and start it again, so that nothing is left of earlier cases.

        False if it did not come up again.
        """
        await self.close()
        try:
            await self._start()
        except ServerError:
            return False
        return True

    async def close(self) -> None:
        """Stop it, if it is ours."""
        if self._running is not None:
            await asyncio.to_thread(self._running.stop)

    def endpoint(self) -> Endpoint:
        """Say where it is."""
        host, port = self._url or ("", 0)
        if self._running is not None:
            host, port = self._running.host, self._running.port
        return Endpoint(self.name, host, port, self.interface, self.one_at_a_time)

    async def crashed(self) -> str:
        """Say how it ended if it has, and start it again; empty while it is there."""
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
