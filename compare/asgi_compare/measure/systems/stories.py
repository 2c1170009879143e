"""What one story of each system takes, in every implementation.

It is played in one process, without a server: what is counted is of the application,
of the participants and of what stands outside (upstreams, a mail server), and the last
two are the same for all. Events are those that cross the interface. Calls to a thread
are what a loop had done elsewhere: by `sync_to_async`, `asyncio.to_thread` or anyio.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import wraps
from statistics import median
from typing import Any

from anyio._backends._asyncio import AsyncIOBackend  # its threads have no other name

from asgi_compare.contract.stories import STORIES
from asgi_compare.contract.story import Transport
from asgi_compare.drive.outside import outside
from asgi_compare.drive.stories.in_process import AsgiPlace, WsgiPlace
from asgi_compare.drive.stories.openers import Place
from asgi_compare.drive.stories.play import Stage, play
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, Implementation
from asgi_compare.drive.targets.target import load
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.systems.rooms import Effort
from asgi_compare.model.results import IN_PROCESS

EVENTS, THREADED, CPU = "events a story", "calls to a thread", "CPU a story"
WARM_UP = 2
AIOHTTP = "aiohttp"
"""The other client that a gateway on ASGI may ask its upstreams with."""
CHOSEN: dict[str, tuple[str, Transport]] = {
    "chat": ("chat/two_talk", "stream"),
    "dashboard": ("dashboard/snapshot_first", "stream"),
    "editor": ("editor/two_type", "stream"),
    "gateway": ("gateway/fans_out", "stream"),
    "notices": ("notices/in_the_page", "stream"),
}
"""The story of each system, and how it is told under WSGI; else by WebSocket, if the
system has one."""


def run(effort: Effort) -> Iterator[Observation]:
    """Play each story, in a fresh process for each implementation."""
    for name, row in IMPLEMENTATIONS.items():
        yield from _observed(name, list(CHOSEN), effort)
        if row.interface == "asgi":
            yield from _observed(name, ["gateway"], effort, AIOHTTP)


def _observed(
    name: str, systems: list[str], effort: Effort, client: str = ""
) -> Iterator[Observation]:
    environment = {"REDIS_URL": "", "GATEWAY_CLIENT": client}
    for system, (events, threaded, cpu) in in_child(
        f"{__name__}:counted", name, systems, effort.rounds, environment
    ).items():
        case = {"by": name, "system": f"{system} {client}".rstrip()}
        if IMPLEMENTATIONS[name].interface == "asgi":
            yield Observation(EVENTS, events, "", case)
            yield Observation(THREADED, threaded, "", case)
        yield Observation(CPU, cpu, "s", case)


def counted(
    name: str, systems: list[str], rounds: int, environment: dict[str, str]
) -> dict[str, tuple[float, float, float]]:
    """Return events, calls to a thread and seconds of each story; called in a child."""
    row, counts = IMPLEMENTATIONS[name], Counts()
    os.environ.update(environment)
    with outside() as world, counts.calls_to_threads():
        os.environ.update(world.environment)
        application = load(row.target, app_dir=row.app_dir)
        if row.interface == "asgi":
            place: Place = AsgiPlace(counts.events_of(application))
        else:
            place = WsgiPlace(application)
        stage = Stage([place], world=world)
        return asyncio.run(_counted(stage, row, systems, counts, rounds))


async def _counted(
    stage: Stage, row: Implementation, systems: list[str], counts: Counts, rounds: int
) -> dict[str, tuple[float, float, float]]:
    """Play all stories in one event loop, as a server would have them."""
    found: dict[str, tuple[float, float, float]] = {}
    (place,) = stage.places
    await place.open()
    for system in systems:
        name, told = CHOSEN[system]
        story, seconds = STORIES[name], list[float]()
        how = story.system.transports["asgi"][0] if row.interface == "asgi" else told
        for _ in range(WARM_UP + rounds):
            counts.events = counts.threaded = 0
            began = time.process_time()
            played = await play(
                story, stage, how, implementation=row.name, host=IN_PROCESS
            )
            seconds.append(time.process_time() - began)
            if played.verdict != "passed":
                raise RuntimeError(f"{name} in {row.name}: {played.reason}")
        found[system] = (counts.events, counts.threaded, median(seconds[WARM_UP:]))
    await place.close()
    return found


class Counts:
    """What has happened since it was last set to nothing."""

    def __init__(self) -> None:
        self.events = 0
        self.threaded = 0

    def events_of(self, application: Any) -> Any:
        """Wrap an ASGI application, so that its events are counted."""

        async def counting(scope: Any, receive: Any, send: Any) -> None:
            async def received() -> Any:
                event = await receive()
                self.events += 1
                return event

            async def sent(event: Any) -> None:
                self.events += 1
                await send(event)

            await application(scope, received, sent)

        return counting

    def calls_to_threads(self) -> ExitStack:
        """Count them until the block ends."""
        undo = ExitStack()
        for owner, method in (
            (asyncio.BaseEventLoop, "run_in_executor"),
            (AsyncIOBackend, "run_sync_in_worker_thread"),
        ):
            undo.callback(setattr, owner, method, owner.__dict__[method])
            original = getattr(owner, method)
            setattr(owner, method, self._counting(original, owner is AsyncIOBackend))
        return undo

    def _counting(self, original: Callable[..., Any], is_bound: bool) -> Any:
        @wraps(original)
        def counting(*arguments: Any, **settings: Any) -> Any:
            self.threaded += 1
            return original(*arguments, **settings)

        return staticmethod(counting) if is_bound else counting
