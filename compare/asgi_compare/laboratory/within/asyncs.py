"""Things that asyncio is said to do: tasks that vanish, and what a waiting one weighs.

Each function is called in a process of its own.
"""

import asyncio
import gc
import os
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path


def vanishing(tasks: int) -> dict[str, int]:
    """Return how many tasks without a reference were collected, by what they await."""
    done: list[int] = []

    async def sleep() -> None:
        await asyncio.sleep(0.2)
        done.append(1)

    async def own_future() -> None:
        await asyncio.get_running_loop().create_future()
        done.append(1)

    async def own_event() -> None:
        await asyncio.Event().wait()
        done.append(1)

    async def kept_future(future: asyncio.Future[None]) -> None:
        await future
        done.append(1)

    async def alive(start: Callable[[], object]) -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)  # it tells of each
        for _ in range(tasks):
            start()
        await asyncio.sleep(0.05)
        gc.collect()
        await asyncio.sleep(0)
        left = len(asyncio.all_tasks()) - 1
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        return tasks - left

    async def with_kept() -> int:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return await alive(lambda: asyncio.create_task(kept_future(future)))

    def of(awaited: Callable[[], Awaitable[None]]) -> int:
        return asyncio.run(alive(lambda: asyncio.ensure_future(awaited())))

    return {
        "asyncio.sleep": of(sleep),
        "a future that others have as well": asyncio.run(with_kept()),
        "a future that only the task has": of(own_future),
        "an Event that only the task has": of(own_event),
    }


def weigh(kind: str, counts: list[int]) -> list[float]:
    """Return the memory (KiB, PSS) of all processes with so many of a kind waiting."""
    return {"task": tasks, "thread": threads, "process": processes}[kind](counts)


def memory(*pids: int) -> float:
    """Return the PSS of this process, and of others, in KiB."""
    total = 0
    for pid in (os.getpid(), *pids):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return float(total)


def tasks(counts: list[int]) -> list[float]:
    """Weigh tasks."""

    async def run() -> list[float]:
        found, waiting = [], set[asyncio.Task[None]]()
        for count in counts:
            while len(waiting) < count:
                waiting.add(asyncio.create_task(asyncio.sleep(60)))
            await asyncio.sleep(0.1)
            found.append(memory())
        for task in waiting:
            task.cancel()
        return found

    return asyncio.run(run())


def threads(counts: list[int]) -> list[float]:
    """Weigh threads."""
    over, found = threading.Event(), list[float]()
    waiting: list[threading.Thread] = []
    for count in counts:
        while len(waiting) < count:
            waiting.append(threading.Thread(target=over.wait, daemon=True))
            waiting[-1].start()
        time.sleep(0.1)
        found.append(memory())
    over.set()
    return found


def processes(counts: list[int]) -> list[float]:
    """Weigh processes that were forked."""
    found, waiting = [], list[int]()
    for count in counts:
        while len(waiting) < count:
            pid = os.fork()
            if not pid:
                gc.collect()  # touches all objects, as a process at work does
                time.sleep(60)
                os._exit(0)
            waiting.append(pid)
        time.sleep(0.3)
        found.append(memory(*waiting))
    for pid in waiting:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return found
