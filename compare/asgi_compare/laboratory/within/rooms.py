"""The chat's hub, spoken to as if it were a channel layer, and held beside those.

A member whose connection has ended, because it did not read or because the broker was
away, does what a page does: it comes back with the last number that it has. One who
speaks says it again under the same key, until it has heard itself.

As a program it is a member in a process of its own, which is there to be killed.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from statistics import median
from typing import Any

from asgi_compare.domain.systems.broker import Broker
from asgi_compare.domain.systems.chat.hub import AWAY, Client, Hub
from asgi_compare.domain.systems.chat.protocol import Limits
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.laboratory.within import layers

LIMITS = Limits(
    rate=Rate(per_second=1e6, burst=1e6), connections_of_a_user=100_000, silence=3600.0
)
AGAIN = 0.05
"""Seconds before one who was refused tries again."""
GROUP = "group"


class Member:
    """A client of the chat that comes back."""

    def __init__(self, hub: Hub, last: int = 0) -> None:
        self.hub, self.last, self.room = hub, last, ""
        self.client: Client | None = None

    async def come(self) -> None:
        """Connect, and join with the last number."""
        while not isinstance(client := await self.hub.connect("crowd"), Client):
            await asyncio.sleep(AGAIN)
        self.client = client
        await self.tell({"type": "join", "room": self.room, "since": self.last})

    async def tell(self, message: Mapping[str, object]) -> None:
        """Send something to the chat."""
        if self.client:
            await self.hub.receive(self.client, json.dumps(message))

    async def hear(self) -> list[dict[str, Any]]:
        """Wait for what comes next, and return what was said in it.

        Raise `ConnectionError` if it may be necessary to say something again.
        """
        text = await self.client.take() if self.client else None
        if text is None:
            await self.come()
            raise ConnectionError("It had to come back.")
        message = json.loads(text)
        if message.get("code") == AWAY.code:
            await asyncio.sleep(AGAIN)
            raise ConnectionError(AWAY.sentence)
        said = message.get("messages", [message])
        new = [each for each in said if each.get("number", 0) > self.last]
        self.last = max((each["number"] for each in new), default=self.last)
        return new

    async def say(self, text: str, key: str) -> None:
        """Say something until it was heard."""
        while True:
            with suppress(ConnectionError):
                await self.tell(
                    {"type": "say", "room": self.room, "text": text, "key": key}
                )
                while not any(each["key"] == key for each in await self.hear()):
                    pass
                return


class RoomLayer:
    """What a layer is asked for, done by the chat."""

    def __init__(
        self,
        open_broker: Callable[[], Broker] | None = None,
        since: int = 0,
        room: str = "",
    ) -> None:
        self.hub, self.since = Hub(open_broker, LIMITS), since
        # A broker may have rooms of others, and those of an earlier run.
        self.room = room or secrets.token_hex(8)
        self.speaker = Member(self.hub)
        self.members: dict[str, Member] = {}
        self.waiting: dict[str, list[dict[str, Any]]] = {}

    async def new_channel(self) -> str:
        """Return the name of a new member."""
        name = str(len(self.members))
        self.members[name] = Member(self.hub, self.since)
        self.waiting[name] = []
        return name

    async def group_add(self, group: str, channel: str) -> None:
        """Have a member come into the room."""
        self.members[channel].room = self.room
        await self.members[channel].come()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Say something, and wait until it was heard."""
        if self.speaker.client is None:
            self.speaker.room = self.room
            await self.speaker.come()
        await self.speaker.say(json.dumps(message), f"k{message['number']}")

    async def receive(self, channel: str) -> dict[str, Any]:
        """Wait for the next message."""
        waiting = self.waiting[channel]
        while not waiting:
            with suppress(ConnectionError):
                waiting += await self.members[channel].hear()
        said = waiting.pop(0)
        return {"id": said["number"], **json.loads(said["text"])}

    async def flush(self) -> None:
        """Have all leave."""
        for member in (self.speaker, *self.members.values()):
            if member.client:
                await self.hub.disconnect(member.client)


IN_MEMORY, ON_STREAMS = "ours, in memory", "ours, on Streams"


def all_layers(
    url: str, applications: str, since: int = 0, room: str = ""
) -> dict[str, Any]:
    """Return how to make each; `applications` is where `asgi_raw` is."""
    sys.path.append(applications)
    broker = import_module("asgi_raw.systems.ports").Broker
    theirs = {
        name: lambda make=make: make(url)
        for name, make in layers.LAYERS.items()
        if "capacity" not in name
    }
    return {
        IN_MEMORY: RoomLayer,
        ON_STREAMS: lambda: RoomLayer(lambda: broker(url), since, room),
        **theirs,
    }


def bursts(url: str, applications: str, messages: int) -> dict[str, int]:
    """Return how much of a burst was lost, for each layer."""

    async def one(make: Any) -> int:
        found = await layers.burst(make(), messages)
        return messages - found["delivered"]

    makers = all_layers(url, applications)
    return {name: asyncio.run(one(make)) for name, make in makers.items()}


def restarts(
    url: str, applications: str, ready: str, messages: int, every: float
) -> dict[str, int]:
    """Return how many messages were lost while the broker was started again."""

    async def all_at_once() -> dict[str, int]:
        makers = {
            name: make
            for name, make in all_layers(url, applications).items()
            if "memory" not in name
        }
        found = await asyncio.gather(
            *(
                layers.through(make(), ready, messages, every)
                for make in makers.values()
            )
        )
        return {n: each["lost"] for n, each in zip(makers, found, strict=True)}

    return asyncio.run(all_at_once())


def timed(
    url: str, applications: str, receivers: int, rounds: int
) -> dict[str, dict[str, float]]:
    """Return the seconds of a message, to one and until the last of many has it."""

    async def to(make: Any, count: int) -> float:
        layer = make()
        channels = [await layer.new_channel() for _ in range(count)]
        for channel in channels:
            await layer.group_add(f"to-{count}", channel)
        seconds = []
        for number in range(rounds):
            began = time.perf_counter()
            receiving = [asyncio.ensure_future(layer.receive(c)) for c in channels]
            message = {"type": "message", "number": number}
            await layer.group_send(f"to-{count}", message)
            await asyncio.wait_for(asyncio.gather(*receiving), 30.0)
            seconds.append(time.perf_counter() - began)
        await layers.ended(layer)
        return median(seconds)

    makers = all_layers(url, applications)
    return {
        name: {
            "one": asyncio.run(to(make, 1)),
            "last": asyncio.run(to(make, receivers)),
        }
        for name, make in makers.items()
    }


def kills(url: str, applications: str, messages: int, every: float) -> dict[str, int]:
    """Return how many messages were lost when the process of the member was killed.

    Another process is started at once. Its member knows the last number that came.
    """

    async def one(name: str, layer: Any) -> int:
        seen: set[int] = set()
        last = 0
        process: asyncio.subprocess.Process | None = None

        async def listening() -> None:
            """Start the member, and read what it prints, until it ends."""
            nonlocal last, process
            words = (url, applications, name, str(last), getattr(layer, "room", ""))
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", __name__, *words),
                stdout=asyncio.subprocess.PIPE,
                stdin=asyncio.subprocess.PIPE,
            )
            assert process.stdout
            while line := await process.stdout.readline():
                if line == b"ready\n":
                    ready.set()
                else:
                    last, number = map(int, line.split())
                    seen.add(number)

        ready = asyncio.Event()
        member = asyncio.create_task(listening())
        await asyncio.wait_for(ready.wait(), 20.0)
        for number in range(messages):
            if number == messages // 4:
                assert process
                process.kill()
                await member
                ready.clear()
                member = asyncio.create_task(listening())
            await layer.group_send(GROUP, {"type": "message", "number": number})
            await asyncio.sleep(every)
        await asyncio.wait_for(ready.wait(), 20.0)
        with suppress(TimeoutError):
            async with asyncio.timeout(layers.QUIET * 2):
                while len(seen) < messages:
                    await asyncio.sleep(layers.QUIET / 20)
        assert process
        process.kill()
        await member
        await layers.ended(layer)
        return messages - len(seen)

    async def all_at_once() -> dict[str, int]:
        makers = {
            name: make
            for name, make in all_layers(url, applications).items()
            if "memory" not in name
        }
        found = await asyncio.gather(*(one(n, make()) for n, make in makers.items()))
        return dict(zip(makers, found, strict=True))

    return asyncio.run(all_at_once())


async def listen(layer: Any) -> None:
    """Print what comes, until killed: a number of the layer, and that of the sender."""
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    print("ready", flush=True)
    while True:
        message = await layer.receive(channel)
        print(message.get("id", 0), message["number"], flush=True)


if __name__ == "__main__":
    address, folder, wanted, since, room = sys.argv[1:]
    asyncio.run(listen(all_layers(address, folder, int(since), room)[wanted]()))
