"""How long it takes to go from an event loop to a thread and back, in this process."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async


def nothing() -> None:
    """Do nothing, so that only the way counts."""


async def nothing_async() -> None:
    """Do nothing, as a coroutine."""


def time_all(count: int, beside: int) -> dict[str, float]:
    """Return the seconds that one hop takes, on average over `count`, for each kind.

    `beside` threads of the same process compute meanwhile.
    """
    over = threading.Event()
    workers = [threading.Thread(target=compute, args=(over,)) for _ in range(beside)]
    for worker in workers:
        worker.start()
    try:
        return {kind: hops(count) for kind, hops in KINDS.items()}
    finally:
        over.set()
        for worker in workers:
            worker.join()


def compute(over: threading.Event) -> None:
    """Compute until told otherwise."""
    while not over.is_set():
        sum(range(1000))


async def _repeat(hop: Callable[[], Awaitable[object]], count: int) -> float:
    await hop()  # the first one starts the thread
    began = time.perf_counter()
    for _ in range(count):
        await hop()
    return (time.perf_counter() - began) / count


def to_the_same_thread(count: int) -> float:
    """`sync_to_async`, after the first one in a request: its thread is there."""

    async def run() -> float:
        async with ThreadSensitiveContext():
            return await _repeat(sync_to_async(nothing), count)

    return asyncio.run(run())


def to_a_new_thread(count: int) -> float:
    """`sync_to_async`, the first one in a request: the thread has to be started."""

    async def first() -> None:
        async with ThreadSensitiveContext():
            await sync_to_async(nothing)()

    return asyncio.run(_repeat(first, count))


def to_a_pool(count: int) -> float:
    """`asyncio.to_thread`, which needs no asgiref."""
    return asyncio.run(_repeat(lambda: asyncio.to_thread(nothing), count))


def back_to_a_loop(count: int) -> float:
    """`async_to_sync` in a thread without a loop, as under WSGI: a loop each time."""
    call = async_to_sync(nothing_async)
    call()
    began = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - began) / count


KINDS: dict[str, Callable[[int], float]] = {
    "sync_to_async, thread is there": to_the_same_thread,
    "sync_to_async, first of a request": to_a_new_thread,
    "asyncio.to_thread": to_a_pool,
    "async_to_sync, as under WSGI": back_to_a_loop,
}
