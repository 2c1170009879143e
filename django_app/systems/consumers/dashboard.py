"""The dashboard as a consumer of Channels: what changes, and reports.

There is no group here. A group is sent each message, and each consumer's queue has to
hold it; a reader of figures needs only the newest, so each is told when it can take it.
"""

import asyncio
from contextlib import aclosing, suppress
from time import time

from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import QueryDict

from asgi_compare.domain.systems.dashboard import to_json
from asgi_compare.domain.systems.dashboard.boards import refused_to_json
from asgi_compare.domain.systems.dashboard.entrance import Asked, asked_for
from asgi_compare.domain.systems.untrusted import Refused
from django_app.systems.dashboard import hub


class DashboardConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection."""

    # A name that no layer has. With a layer, each consumer listens to it, group or not,
    # and is closed with 1011 when its broker restarts.
    channel_layer_alias = "none"
    user = ""
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let a reader in who has a good token; the Origin was looked at before."""
        query = QueryDict(self.scope["query_string"]).dict()
        asked = asked_for(query.items(), None, time())
        if isinstance(asked, Refused) or hub().why_not(asked.token.user, asked.board):
            raise DenyConnection
        try:
            new = await hub().first(asked.token.nonce, asked.token.expires, time())
        except ConnectionError:
            new = False
        if not new:
            raise DenyConnection
        self.user = asked.token.user
        await self.accept()
        self.sending = asyncio.create_task(self.send_all(asked))

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Take a report; say why it is not taken."""
        received = bytes_data if text_data is None else text_data
        refused = await hub().report(self.user, received or "")
        if refused:
            await self.send(text_data=refused_to_json(refused))

    async def disconnect(self, code: int) -> None:
        """Let the reader out."""
        if self.sending:
            self.sending.cancel()
            await asyncio.wait({self.sending})

    async def send_all(self, asked: Asked) -> None:
        """Send what changes; end when the dashboard has nothing more to say."""
        found = hub().events(asked.token.user, asked.board, asked.position)
        with suppress(OSError):
            async with aclosing(found):
                async for event in found:
                    if event:
                        await self.send(text_data=to_json(event))
            await self.close()
