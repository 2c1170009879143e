"""The notices as a consumer of Channels.

There is no group here: what a reader lacks is in the database, in order and with a
number, and a group would only be a bell.
"""

import asyncio
from contextlib import suppress
from time import time

from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import QueryDict

from asgi_compare.domain.systems.chat.entrance import token_in
from asgi_compare.domain.systems.notices.letters import as_json
from asgi_compare.domain.systems.notices.news import number_in, wait_on_loop
from asgi_compare.domain.systems.untrusted import Refused
from django_app.systems.notices import desk


class NoticesConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection; what the client says is not listened to."""

    # A name that no layer has: with a layer, each consumer would listen to it.
    channel_layer_alias = "none"
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let a reader in who has a good token; the Origin was looked at before."""
        query = QueryDict(self.scope["query_string"]).dict()
        token = token_in([("token", str(query.get("token", "")))], time())
        if isinstance(token, Refused):
            raise DenyConnection
        await self.accept()
        since = number_in(str(query.get("since", "")))
        self.sending = asyncio.create_task(self.send_all(token.user, since))

    async def disconnect(self, code: int) -> None:
        """Let the reader out."""
        if self.sending:
            self.sending.cancel()
            await asyncio.wait({self.sending})

    async def send_all(self, user: str, since: int) -> None:
        """Send what comes; end quietly when the client has left."""
        with suppress(OSError):
            while True:
                for number, notice in await wait_on_loop(desk(), user, since, 60):
                    await self.send(text_data=as_json(notice, number))
                    since = number
