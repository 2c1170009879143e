"""An event loop for one scenario that always closes.

`asyncio.run` waits at the end for every task that it has cancelled, and for every
thread; an application that ignores cancellation would hold it for good. This loop waits
a second, and leaves behind what is still there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from asgi_compare.drive.in_process.stepping import GRACE, leave_behind

Result = TypeVar("Result")


def run_and_close(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a loop of its own, as `asyncio.run` does, and never hang."""
    loop = asyncio.new_event_loop()
    threads = ThreadPoolExecutor(thread_name_prefix="application")
    loop.set_default_executor(threads)
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(coroutine)
    finally:
        try:
            loop.run_until_complete(_wind_up())
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            asyncio.set_event_loop(None)
            loop.close()


async def _wind_up() -> None:
    """Cancel what the application has left running, and allow it a moment."""
    this = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not this]
    for task in tasks:
        task.cancel()
    if tasks:
        _, pending = await asyncio.wait(tasks, timeout=GRACE)
        for task in pending:
            leave_behind(task)
    await asyncio.get_running_loop().shutdown_asyncgens()
