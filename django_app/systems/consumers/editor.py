"""The editor as consumers of Channels: one for each engine.

No groups: a group may drop what is too much, and of two processes that send to it
nobody knows who comes first. An editor needs all operations, in one order.
"""

import asyncio
from contextlib import suppress
from time import time
from weakref import WeakKeyDictionary

from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import QueryDict

from asgi_compare.domain.systems.editor import hub as operations
from asgi_compare.domain.systems.editor import relay as shared
from asgi_compare.domain.systems.editor.entrance import Asked, asked_for
from asgi_compare.domain.systems.editor.hub import Hub
from asgi_compare.domain.systems.editor.relay import Relay
from asgi_compare.domain.systems.untrusted import Refused
from django_app.systems.ports import SharedText, async_broker

Client = operations.Client | shared.Client
HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Hub, Relay]] = (
    WeakKeyDictionary()
)
FAREWELL = 10.0
"""Seconds that a close frame may take to a client that does not read."""


def engines() -> tuple[Hub, Relay]:
    """Return the two engines of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in HUBS:
        HUBS[loop] = Hub(async_broker()), Relay(SharedText, async_broker())
    return HUBS[loop]


class EditorConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection, by operational transformation."""

    # A name that no layer has. With a layer, each consumer listens to it, group or not,
    # and is closed with 1011 when its broker restarts.
    channel_layer_alias = "none"
    client: Client | None = None
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let a client in who has a good token; the Origin was looked at before."""
        query = QueryDict(self.scope["query_string"]).dict()
        asked = asked_for(query.items(), time())
        if isinstance(asked, Refused):
            raise DenyConnection
        hub, _ = engines()
        try:
            new = await hub.first(asked.token.nonce, asked.token.expires, time())
        except ConnectionError:
            new = False
        client = await self.opened(asked) if new else None
        if client is None or isinstance(client, Refused):
            raise DenyConnection
        self.client = client
        await self.accept()
        self.sending = asyncio.create_task(self.send_all(client))

    async def opened(self, asked: Asked) -> Client | Refused:
        """Return a client of the document that is asked for."""
        hub, _ = engines()
        return await hub.connect(asked.token.user, asked.document, asked.since)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Do what the client says."""
        hub, relay = engines()
        received = (bytes_data if text_data is None else text_data) or ""
        if isinstance(self.client, operations.Client):
            await hub.receive(self.client, received)
        elif self.client:
            await relay.receive(self.client, received)

    async def disconnect(self, code: int) -> None:
        """Forget the client, however it has left."""
        hub, relay = engines()
        if self.sending:
            self.sending.cancel()
        if isinstance(self.client, operations.Client):
            await hub.disconnect(self.client)
        elif self.client:
            relay.disconnect(self.client)

    async def send_all(self, client: Client) -> None:
        """Send what waits for the client, until it must be closed."""
        ended = asyncio.create_task(client.until_ended())
        sending = asyncio.create_task(self.send_waiting(client))
        try:
            await asyncio.wait({sending, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                return
            # To a client that does not read, sending may wait without end.
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
            while (message := await client.take()) is not None:
                if isinstance(message, str):
                    await self.send(text_data=message)
                else:
                    await self.send(bytes_data=message)


class YjsConsumer(EditorConsumer):
    """One connection, by the messages of Yjs."""

    async def opened(self, asked: Asked) -> Client | Refused:
        """Return a client of the document that is asked for."""
        _, relay = engines()
        return await relay.connect(asked.token.user, asked.document)
