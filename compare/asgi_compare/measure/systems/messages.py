"""What a message costs: events, hops, and microseconds.

Events and hops are counted in this process, where two are in a room and one speaks. The
time is taken on uvicorn, where one says something and hears it. Beside it is an echo by
hand, for what the server takes for itself.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

from asgi_compare.drive.hops import Log, watched
from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.stories.in_process import AsgiPlace
from asgi_compare.drive.targets.target import load as load_target
from asgi_compare.measure.experiments.bench import Serving, client, serve
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.load.records import StreamLoad
from asgi_compare.measure.systems.rooms import (
    JOIN,
    ORIGIN,
    PATH,
    ROOMS,
    SAY,
    Effort,
    joining,
    room,
)

EVENTS, HOPS = "events a message", "hops a message"
CPU, HEARD = "CPU a message", "until it is heard"
OWN = "the server's own"
BARE = "asgi_compare.laboratory.waits.bare:asgi"
"""An application by hand that accepts, and echoes what it is sent."""
EVERY = 0.002
MESSAGES = 20


def run(effort: Effort) -> Iterator[Observation]:
    """Count, and time, in each implementation."""
    for name in ROOMS:
        events, hops = in_child(f"{__name__}:counted", name)
        yield Observation(EVENTS, events, "", {"by": name})
        yield Observation(HOPS, hops, "", {"by": name})
        with room(name) as serving:
            load = joining(serving.port, 1, seconds=effort.seconds, send_every=EVERY)
            yield from timed(serving, load, name)
    with serve(BARE, "uvicorn", interface="asgi") as serving:
        load = StreamLoad(
            serving.port, "/accept", "websocket", 1, effort.seconds, send_every=EVERY
        )
        yield from timed(serving, load, OWN)


def timed(serving: Serving, load: StreamLoad, name: str) -> Iterator[Observation]:
    """Yield what each message took."""
    before = serving.cpu_seconds()
    with client() as process:
        result = process.put(load)
    used = serving.cpu_seconds() - before
    yield Observation(CPU, used / max(result.messages, 1), "s", {"by": name})
    yield Observation(HEARD, result.delivery.quantile(0.5), "s", {"by": name})


def counted(name: str) -> tuple[float, float]:
    """Return the events and the hops of one message; called in a process of its own."""
    os.environ["REDIS_URL"] = ""
    application = load_target(ROOMS[name], app_dir=str(APPLICATIONS))
    return asyncio.run(_counted(application))


async def _counted(application: Any) -> tuple[float, float]:
    events, heard = 0, asyncio.Queue[str | bytes]()

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            nonlocal events
            event = await receive()
            events += 1
            return event

        async def sent(event: Any) -> None:
            nonlocal events
            events += 1
            await send(event)

        await application(scope, received, sent)

    async def hears(kind: str, times: int) -> None:
        while times:
            times -= json.loads(await heard.get())["type"] == kind

    place, log = AsgiPlace(counting), Log(0)
    await place.open()
    with watched([log]):
        for _ in range(2):
            opened = await place.websocket(
                PATH, ORIGIN, heard.put_nowait, lambda code: None
            )
            assert not isinstance(opened, int), opened
            socket = opened
            await socket.send(JOIN)
            await hears("history", 1)
        events = 0
        log.seen.clear()
        for number in range(MESSAGES):
            await socket.send(SAY % number)
            await hears("message", 2)
        hops = sum(each.direction == "hop" for each in log.seen)
        found = events / MESSAGES, hops / MESSAGES
    await place.close()  # which is events as well
    return found
