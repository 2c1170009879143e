"""Who does the jobs: tasks of a group that the lifespan has opened.

A `BackgroundTask` would be shorter, and is meant for less. It belongs to the response:
it runs in the call that has answered, so it is not run if the client has left before
the answer, nobody can watch or cancel it, and one with `def` takes one of the forty
threads that also serve requests.

The group holds the tasks, and hears of their end. Where there is no lifespan there is
no group, and a set of the process holds them.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from asgi_compare.domain.jobs import Desk, Job, Memory, Order

GRACE = 0.2
"""Seconds that jobs have to finish in when the server stops."""
logger = logging.getLogger(__name__)


class Work:
    """The jobs of one event loop, and the tasks that do them."""

    def __init__(self, group: asyncio.TaskGroup | None = None) -> None:
        self._desk = Desk(Memory())
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, order: Order) -> None:
        """Have a job done, unless it is there already."""
        if self._desk.enter(order):
            create_task = (self._group or asyncio).create_task
            task = create_task(self._do(order.key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def look(self, key: str) -> Job:
        """Return a job."""
        return self._desk.look(key)

    async def cancel(self, key: str) -> Job:
        """Have a job end at its next step."""
        return self._desk.cancel(key)

    async def stop(self) -> None:
        """Wait a moment for the jobs, and cancel those that are not done then."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in late:
                task.cancel()

    async def _do(self, key: str) -> None:
        try:
            for pause in self._desk.work(key):
                await asyncio.sleep(pause)
        except Exception:
            # It must not get out: a group cancels all others when one has failed.
            logger.exception("The job %r has failed.", key)


class CeleryWork(Work):
    """The jobs of all processes that speak to the same broker: see `celery.py`."""

    def __init__(self) -> None:
        from starlette_app import celery  # only here: most run without it

        super().__init__()  # in which nothing is begun
        self._celery = celery

    async def begin(self, order: Order) -> None:
        """Have a job done, unless it is there already."""
        await asyncio.to_thread(self._celery.asked, self._celery.send, order)

    async def look(self, key: str) -> Job:
        """Return a job."""
        return await asyncio.to_thread(self._celery.asked, self._celery.DESK.look, key)

    async def cancel(self, key: str) -> Job:
        """Have a job end at its next step."""
        return await asyncio.to_thread(
            self._celery.asked, self._celery.DESK.cancel, key
        )


def make_work(group: asyncio.TaskGroup | None = None) -> Work:
    """Return who does the jobs: workers of Celery, if `JOBS_BROKER_URL` says so."""
    if os.environ.get("JOBS_BROKER_URL"):
        return CeleryWork()
    return Work(group)


@asynccontextmanager
async def opened() -> AsyncIterator[Work]:
    """Open a group for as long as the server runs."""
    async with asyncio.TaskGroup() as group:
        work = make_work(group)
        yield work
        await work.stop()


@cache
def stand_in() -> Work:
    """Return who does the jobs where the server has no lifespan; nobody closes it."""
    return make_work()
