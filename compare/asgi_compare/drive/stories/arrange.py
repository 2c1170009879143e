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
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from asgi_compare.contract.story import (
    NO_WEBSOCKET,
    KillsServer,
    RestartsBroker,
    Story,
    Transport,
)
from asgi_compare.drive.outside import World, outside
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

NO_NEWS = "Under WSGI nobody hears that a client has left, until something is sent."
TWO_SERVERS = "It needs two servers and a broker: use --redis."
POOL = min(32, (os.cpu_count() or 1) + 4)
"""What the executor of an event loop has, which is hypercorn's."""
THREADS = {
    "uvicorn": 10,
    "uvicorn-h11": 10,
    "hypercorn": POOL,
    "hypercorn-wsgi": POOL,
    "wsgiref": 1,
    "gunicorn-sync": 1,
    "gunicorn-gthread": 4,
    "waitress": 4,
}
"""Threads in which a server calls a WSGI application, as its row starts it, or as it
cannot be told otherwise; granian, which is not here, has more than a story needs."""
DEAF = ("uvicorn", "uvicorn-h11", "hypercorn", "hypercorn-wsgi")
"""Servers that do not close a WSGI application's iterable when the client leaves:
uvicorn takes all of it, and never closes it (`middleware/wsgi.py`); hypercorn drops
what it is given, and does not say so (`app_wrappers.py`)."""
ONE_SERVER = "Each server does this for itself; it is played with one."
AT_ONCE = 8
"""Stories that are played at the same time in one process."""
OUR_BROKER = "It restarts the broker, and this one is not ours: unset REDIS_URL."


def whether(
    story: Story, transport: Transport, interface: Interface, servers: int
) -> str:
    """Return why a story cannot be played so; empty if it can."""
    if transport not in story.system.transports[interface]:
        if interface == "wsgi":
            return NO_WEBSOCKET
        return f"Under ASGI a system has WebSockets; nobody needs a {transport} there."
    if transport not in story.by:
        return f"It makes no sense by {transport}."
    if "news of leaving" in story.needs and interface == "wsgi":
        return NO_NEWS
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
        world: World,
    ) -> None:
        self._implementation, self._server = implementation, server
        self._broker, self._world = broker, world
        self._environment = {
            "REDIS_URL": broker.url if broker else "",
            **world.environment,
        }
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
        """Play one story."""
        return self.play_all([(story, transport)])[0]

    def play_all(self, plays: Sequence[tuple[Story, Transport]]) -> list[Played]:
        """Play stories, some at a time, and start again what they have killed."""
        kind = self._implementation.interface
        at_once = 1 if kind == "wsgi" and self._server.name in THREADS else AT_ONCE
        together = [each for each in plays if not _breaks(each[0])]
        return _play(plays, self._one, together, at_once)

    async def _one(self, story: Story, transport: Transport) -> Played:
        if reason := self._cannot(story, transport):
            return _unsupported(
                story, transport, self._implementation, self.host, reason
            )
        places = [
            LivePlace(each.host, each.port, f"server {index}")
            for index, each in enumerate(self.running, 1)
        ]
        stage = Stage(places, self._kill, self._restart_broker, self._world)
        try:
            name = self._implementation.name
            return await _on(stage, story, transport, name, self.host)
        finally:
            for index, each in enumerate(self.running):
                if each.exited() is not None:
                    each.stop()
                    self.running[index] = self._start()

    def _cannot(self, story: Story, transport: Transport) -> str:
        """Return why these servers cannot play a story so; empty if they can."""
        interface, server = self._implementation.interface, self._server.name
        reason = whether(story, transport, interface, len(self.running))
        if "broker" in story.needs and not (self._broker and self._broker.is_ours):
            reason = reason or OUR_BROKER
        if interface == "asgi":
            return reason
        return (
            reason
            or _is_deaf(story, transport, server)
            or _too_few_threads(story, server, len(self.running))
            or _never_closed(story, server)
        )

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
    with outside() as world:
        servers = Servers(implementation, server, count, broker, world)
        try:
            yield servers
        finally:
            servers.stop()


def play_here(
    application: Any,
    implementation: Implementation,
    plays: Sequence[tuple[Story, Transport]],
    host: str,
    world: World,
) -> list[Played]:
    """Play stories with an application in this process, some at a time."""
    kind = AsgiPlace if implementation.interface == "asgi" else WsgiPlace

    async def one(story: Story, transport: Transport) -> Played:
        reason = whether(story, transport, implementation.interface, 1)
        if reason:
            return _unsupported(story, transport, implementation, host, reason)
        place: Place = kind(application)
        stage = Stage([place], world=world)
        return await _on(stage, story, transport, implementation.name, host)

    return _play(plays, one, plays, AT_ONCE)


def _play(
    plays: Sequence[tuple[Story, Transport]],
    one: Callable[[Story, Transport], Awaitable[Played]],
    together: Sequence[tuple[Story, Transport]],
    at_once: int,
) -> list[Played]:
    """Play those of `together` some at a time, since most of a story is waiting.

    Then the others follow, one after the other.
    """

    async def in_turn(story: Story, transport: Transport) -> Played:
        async with turn:
            return await one(story, transport)

    async def main() -> list[Played]:
        beside = [each for each in together if not each[0].system.one_at_a_time]
        played = await asyncio.gather(*(in_turn(*each) for each in beside))
        done = {(p.story, p.transport): p for p in played}
        return [done.get((s.name, t)) or await one(s, t) for s, t in plays]

    turn = asyncio.Semaphore(at_once)
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


def _breaks(story: Story) -> bool:
    """Return whether it would break other stories on the same servers."""
    return any(isinstance(step, KillsServer | RestartsBroker) for step in story.steps)


def _listens(story: Story) -> bool:
    """Return whether its participants listen all the time."""
    return "poll" in story.system.transports["wsgi"]


def _is_deaf(story: Story, transport: Transport, server: str) -> str:
    """Return why a server cannot play streams that end when the client leaves."""
    if transport != "stream" or not _listens(story) or server not in DEAF:
        return ""
    return (
        f"{server} goes on taking from a WSGI application's stream when the client "
        "has left; the same story is played by poll."
    )


def _too_few_threads(story: Story, server: str, count: int) -> str:
    """Return why servers cannot have all participants listen, and one speak."""
    each = -(-len(story.participants) // count)
    threads = THREADS.get(server, 1000)
    if not _listens(story) or each < threads:
        return ""
    return (
        f"Each of its participants, {each} on a server, takes a thread while it "
        f"listens, and {server} calls a WSGI application in {threads}."
    )


def _never_closed(story: Story, server: str) -> str:
    """Return why an application does not hear of its client's leaving; or nothing."""
    if "close" not in story.needs or server not in DEAF:
        return ""
    return f"{server} goes on with a WSGI application whose client has left."


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
