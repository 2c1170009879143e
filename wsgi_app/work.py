"""Who does the jobs: threads of this process.

A thread for each job would be a thread for each upload of a busy day, so there is a
pool with a bound; what is more than that waits. The interface says nothing of an end.
Python waits for these threads when the process ends in good order, and a server that is
told to stop may or may not end it so.
"""

import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Lock

from asgi_compare.domain.jobs import Desk, Job, Memory, Order

THREADS = 8
"""Jobs that are done at the same time."""
MAKING = Lock()
logger = logging.getLogger(__name__)


class Work:
    """The jobs of one process, and the threads that do them."""

    def __init__(self) -> None:
        self._desk = Desk(Memory())
        self._pool = ThreadPoolExecutor(THREADS, "job")

    def begin(self, order: Order) -> None:
        """Have a job done, unless it is there already."""
        if self._desk.enter(order):
            self._pool.submit(self._do, order.key)

    def look(self, key: str) -> Job:
        """Return a job."""
        return self._desk.look(key)

    def cancel(self, key: str) -> Job:
        """Have a job end at its next step."""
        return self._desk.cancel(key)

    def _do(self, key: str) -> None:
        try:
            for pause in self._desk.work(key):
                time.sleep(pause)
        except Exception:
            # Nobody asks for the future, so nobody else would ever hear of it.
            logger.exception("The job %r has failed.", key)


class CeleryWork(Work):
    """The jobs of all processes that speak to the same broker: see `celery.py`."""

    def __init__(self) -> None:
        from wsgi_app import celery  # only here: most run without it

        super().__init__()  # in which nothing is begun
        self._celery = celery

    def begin(self, order: Order) -> None:
        """Have a job done, unless it is there already."""
        self._celery.asked(self._celery.send, order)

    def look(self, key: str) -> Job:
        """Return a job."""
        return self._celery.asked(self._celery.DESK.look, key)

    def cancel(self, key: str) -> Job:
        """Have a job end at its next step."""
        return self._celery.asked(self._celery.DESK.cancel, key)


def work() -> Work:
    """Return who does the jobs: workers of Celery, if `JOBS_BROKER_URL` says so.

    It is the same for all requests of this process.
    """
    # By `cache` alone, two threads that come first would have one each.
    with MAKING:
        return _made()


@cache
def _made() -> Work:
    if os.environ.get("JOBS_BROKER_URL"):
        return CeleryWork()
    return Work()
