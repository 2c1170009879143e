"""Send what is due, on an event loop: one task for each channel.

A channel that hangs holds up no other one. What was claimed together is sent at once,
and what hangs is given up after a while, so that it holds up the next only so long.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import random
from time import time

from asgi_compare.domain.systems.notices.desk import Desk, Job, groups
from asgi_compare.domain.systems.notices.letters import Undeliverable
from asgi_compare.domain.systems.notices.notice import Channel, Delivery
from asgi_compare.domain.systems.notices.outbox import failed, sent
from asgi_compare.domain.systems.notices.settings import Settings

LOG = logging.getLogger(__name__)
Send = Callable[[Sequence[Job]], Awaitable[None]]
"""Sends jobs of one user together; raises if that fails, `Undeliverable` if it can."""


class Senders:
    """The tasks that send, on one event loop.

    They end with the loop. What was under way then is due again after its lease.
    """

    def __init__(
        self,
        desk: Desk,
        make_channels: Callable[[], Mapping[Channel, Send]],
        settings: Settings,
    ) -> None:
        self._desk, self._settings = desk, settings
        self._task = asyncio.create_task(self._begin(make_channels))

    async def _begin(self, make_channels: Callable[[], Mapping[Channel, Send]]) -> None:
        # In a thread: to import the clients may take a second.
        channels = await asyncio.to_thread(make_channels)
        async with asyncio.TaskGroup() as group:
            for channel, send in channels.items():
                group.create_task(self._serve(channel, send))

    async def _serve(self, channel: Channel, send: Send) -> None:
        while True:
            try:
                jobs = await asyncio.to_thread(self._desk.claim, channel, time())
                await asyncio.gather(*(self._try(send, each) for each in groups(jobs)))
            except Exception:
                # The database is away; what was claimed is due again after its lease.
                LOG.exception("The outbox of %s cannot be read.", channel)
                jobs = []
            if not jobs:
                await asyncio.sleep(self._settings.tick)

    async def _try(self, send: Send, jobs: Sequence[Job]) -> None:
        error: Exception | None = None
        try:
            async with asyncio.timeout(self._settings.patience):
                await send(jobs)
        except Exception as raised:
            error = raised
        settled = [outcome(self._desk, job, error) for job in jobs]
        await asyncio.to_thread(self._desk.settle, settled)


def outcome(desk: Desk, job: Job, error: Exception | None) -> Delivery:
    """Return what has become of a delivery."""
    if error is None:
        return sent(job.delivery)
    permanent = isinstance(error, Undeliverable) and error.permanent
    said = str(error) or type(error).__name__
    return failed(
        job.delivery,
        said[:200],
        time(),
        desk.schedule,
        chance=random(),
        permanent=permanent,
    )
