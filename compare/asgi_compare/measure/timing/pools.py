"""Have the threads of a pool listened to, though they are there already.

A profile function is for one thread. `threading.setprofile` gives it to threads that
start later, and only Python 3.12 has a function for all threads that there are. Before,
the pool of the event loop (`asyncio.to_thread`, and `sync_to_async` with
`thread_sensitive=False`) gets new threads instead: as many as it had, started before
anything is counted. A pool of the application's own is not seen there.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

Heard = Callable[[FrameType, str, Any], object]
POLL, LIMIT = 0.0005, 1000


def listen(heard: Heard | None) -> None:
    """Give this profile function, or none, to all threads but the current one."""
    threading.setprofile(heard)
    if hasattr(threading, "setprofile_all_threads"):  # pragma: no cover  Python 3.12
        threading.setprofile_all_threads(heard)
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return  # WSGI: there is no loop that could have a pool
    renew(loop)


def renew(loop: asyncio.AbstractEventLoop) -> None:
    """Give a loop a new pool in the place of the one that it has."""
    old: ThreadPoolExecutor | None = getattr(loop, "_default_executor", None)
    if old is None:
        return
    count = len(old._threads)
    new = ThreadPoolExecutor(old._max_workers, "asyncio")
    together = threading.Barrier(count + 1)
    for _ in range(count):  # each of them holds a thread, so that the next gets another
        new.submit(together.wait)
    together.wait()
    idle: Any = new._idle_semaphore
    for _ in range(LIMIT):
        if idle._value >= count:
            break
        time.sleep(POLL)
    loop.set_default_executor(new)
    old.shutdown(wait=False)
