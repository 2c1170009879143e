"""The chat as a consumer of Channels: rooms, who is there, and what was said.

Read it beside `asgi_raw/systems/chat.py`. Channels calls a method for each event, keeps
the connection's task, and has groups: who is in one is sent what is sent to it, from
whatever process, through the channel layer of the settings. What a layer loses (it
drops what is too much, or what comes while Redis restarts) is not said to anybody; so
what must not be lost is kept elsewhere, in the feed of the rooms.

This is no `AsyncJsonWebsocketConsumer`: that raises at the first text that is no JSON,
and the connection ends without a word.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import time
from typing import Any
from weakref import WeakKeyDictionary

from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.http import QueryDict

from asgi_compare.domain.systems.broker import Broker, Entry
from asgi_compare.domain.systems.chat import shared
from asgi_compare.domain.systems.chat.entrance import token_in
from asgi_compare.domain.systems.chat.hub import TICK, Client, Hub
from asgi_compare.domain.systems.chat.protocol import to_json
from asgi_compare.domain.systems.chat.rooms import Ask, Enter, Event, Exit, Reply
from asgi_compare.domain.systems.untrusted import Refused
from django_app.systems.ports import async_broker

FAREWELL = 10.0
"""Seconds that a close frame may take to a client that does not read."""


class GroupHub(Hub):
    """A hub whose events go by groups: one for each room.

    With a broker, a group's message is only the bell that rings. What is sent to the
    clients is read from the feed then, where all of it is, and in order: of two
    processes that send to a group, nobody knows who comes first.
    """

    def __init__(self) -> None:
        super().__init__(async_broker())
        self.layer: Any = get_channel_layer()
        self.channels: dict[str, str] = {}
        """By client, the name that the layer has for its consumer."""
        self.bell = asyncio.Event()

    async def publish(self, events: Iterable[Event]) -> None:
        """Send each event to the group of its room."""
        for event in events:
            id, fields = shared.entry_of(event)
            message = {"type": "chat.event", "id": id, "fields": fields}
            with self._bell_may_be_lost():
                await self.layer.group_send(_group(event.message.room), message)

    async def news(self, broker: Broker, after: str) -> Sequence[Entry]:
        """Return what has come into the feed, when the bell rings; look by and by."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.bell.wait(), TICK)
        self.bell.clear()
        return await broker.read(shared.FEED, after, 0)

    async def _do(self, asked: Ask) -> Reply:
        channel = self.channels.get(asked.connection)
        with self._bell_may_be_lost():
            # Before the snapshot is taken, so that nothing falls between the two.
            if channel and isinstance(asked, Enter):
                await self.layer.group_add(_group(asked.room), channel)
            elif channel and isinstance(asked, Exit):
                await self.layer.group_discard(_group(asked.room), channel)
        return await super()._do(asked)

    @contextmanager
    def _bell_may_be_lost(self) -> Iterator[None]:
        """Let a layer fail that has a broker: each has errors of its own."""
        try:
            yield
        except Exception:
            if not self.has_broker:
                raise


def _group(room: str) -> str:
    return f"chat.{room}"


HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, GroupHub] = WeakKeyDictionary()


def hub() -> GroupHub:
    """Return the hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = GroupHub()
    return HUBS[loop]


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection."""

    client: Client | None = None
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let a client in who has a good token; the Origin was looked at before."""
        query = QueryDict(self.scope["query_string"])
        token = token_in([("token", query.get("token", ""))], time())
        if isinstance(token, Refused):
            raise DenyConnection
        try:
            new = await hub().first(token.nonce, token.expires, time())
        except ConnectionError:
            raise DenyConnection from None
        client = await hub().connect(token.user) if new else None
        if not isinstance(client, Client):
            raise DenyConnection
        self.client = client
        hub().channels[client.name] = self.channel_name
        await self.accept()
        self.sending = asyncio.create_task(self.send_all(client))

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Do what the client says.

        Nothing may wait for room here, as the others do for a client that says more
        than it reads: Channels would not come to `chat_event` in the meantime.
        """
        assert self.client
        received = bytes_data if text_data is None else text_data
        await hub().receive(self.client, received or "")

    async def chat_event(self, message: dict[str, Any]) -> None:
        """Take an event that was sent to a group we are in; never wait here.

        While this waited, the layer's queue for us would fill, and then it drops.
        """
        event = shared.event((message["id"], message["fields"]))
        if hub().has_broker:
            hub().bell.set()
        elif self.client and hub().door.hears(self.client.name, event):
            self.client.put(to_json(event.message))

    async def disconnect(self, code: int) -> None:
        """Forget the client, however it has left."""
        if self.sending:
            self.sending.cancel()
        if self.client:
            await hub().disconnect(self.client)
            hub().channels.pop(self.client.name, None)

    async def send_all(self, client: Client) -> None:
        """Send what waits for the client, until it must be closed."""
        ended = asyncio.create_task(client.until_ended())
        sending = asyncio.create_task(self.send_waiting(client))
        try:
            await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                return
            # To a client that does not read, sending may wait without end. The others
            # need not know of that: for them it has left now.
            await hub().disconnect(client)
            await asyncio.wait({sending}, timeout=0 if client.overflowed else 1)
            sending.cancel()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await self.close(*ended.result())
        finally:
            ended.cancel()
            sending.cancel()

    async def send_waiting(self, client: Client) -> None:
        """Send what waits; end quietly when the client has left."""
        with suppress(OSError):
            while text := await client.take():
                await self.send(text_data=text)
