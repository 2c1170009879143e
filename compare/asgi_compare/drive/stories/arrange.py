"""Places for stories: our implementations, in a child process or on servers.

    with in_process(implementation) as stage: ...       # in this process: see child.py
    with on_servers(implementation, server, 2, broker) as stage: ...

Two servers need a broker between them. What a story has killed is started again for
the next one.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from asgi_compare.contract.story import (
    NO_WEBSOCKET,
    TRANSPORTS,
    Story,
    Transport,
)
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import Server
from asgi_compare.drive.services import Service
from asgi_compare.drive.stories.in_process import AsgiPlace, WsgiPlace
from asgi_compare.drive.stories.live import LivePlace
from asgi_compare.drive.stories.openers import Place
from asgi_compare.drive.stories.play import Stage, play
from asgi_compare.drive.targets.implementations import Implementation
from asgi_compare.model.story import Played
from asgi_compare.model.transcript import Interface

TWO_SERVERS = "It needs two servers and a broker: use --redis."
THREADS = {"uvicorn": 10, "hypercorn": min(32, (os.cpu_count() or 1) + 4)}
"""Threads in which a server calls a WSGI application, where it cannot be told more."""
ONE_SERVER = "Each server does this for itself; it is played with one."
OUR_BROKER = "It restarts the broker, and this one is not ours: unset REDIS_URL."


def whether(
    story: Story, transport: Transport, interface: Interface, servers: int
) -> str:
    """Return why a story cannot be played so; empty if it can."""
    if transport not in TRANSPORTS[interface]:
        if interface == "wsgi":
            return NO_WEBSOCKET
        return f"Under ASGI a system has WebSockets; nobody needs a {transport} there."
    if transport not in story.by:
        return f"It makes no sense by {transport}."
    if "servers" in story.needs and servers < 2:
        return TWO_SERVERS
    return ONE_SERVER if "one server" in story.needs and servers > 1 else ""


class Servers:
    """Servers of one implementation, which can be killed."""

    def __init__(
        self,
        implementation: Implementation,
        server: Server,
        count: int,
        broker: Service | None,
    ) -> None:
        self._implementation, self._server = implementation, server
        self._broker = broker
        self._environment = {"REDIS_URL": broker.url if broker else ""}
        self.running: list[RunningServer] = []
        for _ in range(count):
            self.running.append(self._start())

    def _start(self, port: int = 0) -> RunningServer:
        row = self._implementation
        return start(
            self._server,
            row.target,
            interface=row.interface,
            app_dir=row.app_dir,
            environment=self._environment,
            port=port,
        )

    def play(self, story: Story, transport: Transport) -> Played:
        """Play one story, and start again what it has killed."""
        reason = whether(
            story, transport, self._implementation.interface, len(self.running)
        )
        if "broker" in story.needs and not (self._broker and self._broker.is_ours):
            reason = reason or OUR_BROKER
        if self._implementation.interface == "wsgi":
            reason = reason or _too_few_threads(story, self._server.name)
        if reason:
            return _unsupported(
                story, transport, self._implementation, self.host, reason
            )
        try:
            places = [
                LivePlace(each.host, each.port, f"server {index}")
                for index, each in enumerate(self.running, 1)
            ]
            stage = Stage(places, self._kill, self._restart_broker)
            name = self._implementation.name
            return asyncio.run(_on(stage, story, transport, name, self.host))
        finally:
            for index, each in enumerate(self.running):
                if each.exited() is not None:
                    each.stop()
                    self.running[index] = self._start()

    @property
    def host(self) -> str:
        """The name of the host: the server, and how many of it."""
        count = len(self.running)
        return self._server.name + (f" x{count}" if count > 1 else "")

    def stop(self) -> None:
        """Stop them all."""
        for each in self.running:
            each.stop()

    async def _kill(self, index: int) -> None:
        running = self.running[index % len(self.running)]
        os.killpg(running.group, signal.SIGKILL)
        await asyncio.to_thread(running.stop, 0.0)

    async def _restart_broker(self) -> None:
        assert self._broker
        await asyncio.to_thread(self._broker.restart)


@contextmanager
def on_servers(
    implementation: Implementation,
    server: Server,
    count: int = 1,
    broker: Service | None = None,
) -> Iterator[Servers]:
    """Start servers for an implementation, and stop them at the end."""
    servers = Servers(implementation, server, count, broker)
    try:
        yield servers
    finally:
        servers.stop()


def play_here(
    application: Any,
    implementation: Implementation,
    story: Story,
    transport: Transport,
    host: str,
) -> Played:
    """Play one story with an application in this process."""
    reason = whether(story, transport, implementation.interface, 1)
    if reason:
        return _unsupported(story, transport, implementation, host, reason)
    kind = AsgiPlace if implementation.interface == "asgi" else WsgiPlace

    async def main() -> Played:
        place: Place = kind(application)
        return await _on(Stage([place]), story, transport, implementation.name, host)

    return asyncio.run(main())


async def _on(
    stage: Stage, story: Story, transport: Transport, name: str, host: str
) -> Played:
    places: Sequence[Place] = stage.places
    try:
        for each in places:
            await each.open()
        return await play(story, stage, transport, implementation=name, host=host)
    finally:
        for each in places:
            await each.close()


def _too_few_threads(story: Story, server: str) -> str:
    """Return why a server cannot have all participants listen, and one speak."""
    listening, threads = len(story.participants), THREADS.get(server, 1000)
    if listening < threads:
        return ""
    return (
        f"Each of its {listening} participants takes a thread while it listens, and "
        f"{server} calls a WSGI application in {threads}."
    )


def _unsupported(
    story: Story,
    transport: Transport,
    implementation: Implementation,
    host: str,
    reason: str,
) -> Played:
    return Played(
        story.name, implementation.name, host, transport, "unsupported", reason
    )
