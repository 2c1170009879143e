"""Who does the jobs: tasks of this process.

A task that nobody waits for has three traps. The loop holds it weakly, so without a
reference of ours it may be collected in the middle. What it raises is told to nobody
before it is collected. And at the end of the process it is cancelled wherever it is. So
there is one place that holds all tasks, and the lifespan closes it.
"""

import asyncio
import logging
import os

from asgi_compare.domain.jobs import Desk, Job, Memory, Order

GRACE = 0.2
"""Seconds that jobs have to finish in when the server stops."""
logger = logging.getLogger(__name__)


class Work:
    """The jobs of one event loop, and the tasks that do them."""

    def __init__(self) -> None:
        self._desk = Desk(Memory())
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, order: Order) -> None:
        """Have a job done, unless it is there already."""
        if self._desk.enter(order):
            task = asyncio.create_task(self._do(order.key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def look(self, key: str) -> Job:
        """Return a job."""
        return self._desk.look(key)

    async def cancel(self, key: str) -> Job:
        """Have a job end at its next step."""
        return self._desk.cancel(key)

    async def close(self) -> None:
        """Wait a moment for the jobs, and cancel those that are not done then."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _do(self, key: str) -> None:
        try:
            for pause in self._desk.work(key):
                await asyncio.sleep(pause)
        except Exception:
            # Nobody awaits this task, so nobody else would ever hear of it.
            logger.exception("The job %r has failed.", key)


class CeleryWork(Work):
    """The jobs of all processes that speak to the same broker: see `celery.py`."""

    def __init__(self) -> None:
        from asgi_raw import celery  # only here: most run without it

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


def make_work() -> Work:
    """Return who does the jobs: workers of Celery, if `JOBS_BROKER_URL` says so."""
    if os.environ.get("JOBS_BROKER_URL"):
        return CeleryWork()
    return Work()
