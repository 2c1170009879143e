"""The chat for an event loop: connections, and what is sent to them.

An edge (a WebSocket) makes a `Hub` for each loop, and does three things with it.

    client = await hub.connect(user)          # or Refused
    await hub.receive(client, text)           # for each message
    await hub.disconnect(client)              # come what may
    while text := await client.take(): ...    # beside it: what is to be sent
    close(*client.ended)                      # then

Nobody waits for one who does not read: what is to be sent waits in a backlog with a
bound, and who lets it fill is closed. Nothing runs, and no connection to the broker is
open, while no client is there.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import monotonic

from asgi_compare.domain.systems.backlog import Outgoing
from asgi_compare.domain.systems.broker import Broker, Entry, Link, once_arguments
from asgi_compare.domain.systems.chat.door import Door
from asgi_compare.domain.systems.chat.protocol import Limits, to_json
from asgi_compare.domain.systems.chat.rooms import Ask, Event, Reply, Rooms
from asgi_compare.domain.systems.chat.shared import (
    FEED,
    PREFIX,
    SCRIPT,
    START,
    arguments,
    event,
    events_of,
    reply_to,
)
from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.untrusted import Refused

TICK = 0.2
"""Seconds between two looks for who has vanished."""
PATIENCE = 5.0
"""Seconds that a newcomer waits for the broker."""

SERVICE_RESTART = 1012
SILENT = 4408
"""Close codes: of the IANA registry, and one of ours after 408, "Request Timeout"."""
AWAY = Refused("unavailable", "The chat is away for a moment; say it again.")


class Client(Outgoing[str]):
    """One connection, and what waits to be sent to it."""


class Hub:
    """All clients of one event loop."""

    def __init__(
        self,
        open_broker: Callable[[], Broker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.door = Door(self.limits)
        self._rooms = Rooms(self.limits)
        self._link = open_broker and Link(open_broker, SCRIPT, PREFIX)
        self._clients: dict[str, Client] = {}
        self._seen = Seen()
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._process = ""

    @property
    def has_broker(self) -> bool:
        """Whether the rooms are in a broker."""
        return self._link is not None

    async def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._link is None:
            return self._seen.first(nonce, until, now)
        words = ("once", "", *once_arguments(nonce, until, now))
        code, *_ = await self._link.run(*words)
        return not code

    async def connect(self, user: str) -> Client | Refused:
        """Let a client in."""
        client = Client(user)
        if refused := self.door.connect(client.name, user, monotonic()):
            return refused
        self._clients[client.name] = client
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
        except BaseException as error:
            await self.disconnect(client)
            if isinstance(error, TimeoutError):
                return AWAY
            raise
        return client

    async def receive(self, client: Client, received: str | bytes) -> None:
        """Do what a client says; it hears what is not possible."""
        asked = self.door.receive(client.name, received, monotonic())
        if isinstance(asked, Refused):
            client.put(to_json(asked))
        elif asked:
            await self._ask(asked, client)

    async def disconnect(self, client: Client) -> None:
        """Forget a client, and let the others know; a second time does nothing."""
        if self._clients.pop(client.name, None):
            client.end(1000, "")
            for asked in self.door.disconnect(client.name):
                await self._ask(asked)

    def hear(self, event: Event) -> None:
        """Send an event to the clients that are in its room."""
        text = to_json(event.message)
        for name in self.door.hear(event):
            self._clients[name].put(text)

    async def publish(self, events: Iterable[Event]) -> None:
        """Let all who must know of what has happened; a broker does so by its feed."""
        if self._link is None:
            for each in events:
                self.hear(each)

    async def news(self, broker: Broker, after: str) -> Sequence[Entry]:
        """Return what has come into the feed; wait for it a little."""
        return await broker.read(FEED, after, TICK)

    async def _ask(self, asked: Ask, client: Client | None = None) -> None:
        try:
            reply = await self._do(asked)
        except ConnectionError:
            if client:
                client.put(to_json(AWAY))
            return
        if client:
            for message in self.door.answered(asked, reply):
                client.put(to_json(message))
        await self.publish(reply.events)

    async def _do(self, asked: Ask) -> Reply:
        if self._link is None:
            return self._rooms.do(asked)
        answer = await self._link.run(*arguments(asked, self._process, self.limits))
        return reply_to(asked, answer, self.limits)

    # What runs while somebody is there ------------------------------------------------

    async def _run(self) -> None:
        try:
            while self._clients:
                if self._link:
                    await self._with(self._link)
                else:
                    self._ready.set()
                    await asyncio.sleep(TICK)
                    await self._expire()
        finally:
            self._task = None

    async def _with(self, link: Link) -> None:
        """Follow the broker, until it is away; then all clients have to come back.

        They come with the last number that they have, so one way back serves for all
        that may have been lost: of what was said, and of who is here.
        """
        self._process = secrets.token_hex(8)
        try:
            async with link.used() as broker:
                await self._read_feed(link, broker)
        except ConnectionError:
            for client in tuple(self._clients.values()):
                client.end(SERVICE_RESTART, "Come back with the last number you have.")
                self.door.disconnect(client.name)
                self._clients.pop(client.name)
            await asyncio.sleep(TICK)

    async def _read_feed(self, link: Link, broker: Broker) -> None:
        try:
            after = await self._tick(link) or START
            self._ready.set()
            due = monotonic() + TICK
            while self._clients:
                for entry in await self.news(broker, after):
                    after = entry[0]
                    self.hear(event(entry))
                if monotonic() >= due:
                    due = monotonic() + TICK
                    await self._expire()
                    if await self._tick(link) is None:
                        raise ConnectionError("The others have taken us for dead.")
        finally:
            self._ready.clear()  # who comes now waits until it is followed again

    async def _tick(self, link: Link) -> str | None:
        """Say that we live; return the position, or None if we were thought dead."""
        words = ("tick", self._process, str(self.limits.silence))
        code, before, _, _, _, events = await link.run(*words)
        await self.publish(events_of(events))
        return None if code and self._ready.is_set() else str(before)

    async def _expire(self) -> None:
        for name, exits in self.door.expire(monotonic()).items():
            with suppress(KeyError):
                self._clients.pop(name).end(SILENT, "Nothing was heard of you.")
            for asked in exits:
                await self._ask(asked)
