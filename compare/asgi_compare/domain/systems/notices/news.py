"""Wait for what the page of a user lacks: on a loop, and in a thread.

Nothing is kept for one who does not listen, or does not read: the notices are in the
database, and whoever comes says which number it has. In the process that writes a
notice its readers are told at once; those of other processes look by and by.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.notices.desk import Desk
from asgi_compare.domain.systems.notices.letters import as_json
from asgi_compare.domain.systems.notices.notice import Notice

LOOK = 0.5
"""Seconds between two looks for what other processes have written."""
PULSE = 0.5
"""Seconds after which a stream with nothing to say sends a comment: only who writes
hears that the client has left."""
LONGEST_WAIT = 20.0
"""Seconds that a long poll may take; a proxy gives up after 30 or 60."""
NUMBER = re.compile("[0-9]{1,9}")
Found = list[tuple[int, Notice]]


def number_in(text: str) -> int:
    """Return the number that a page says it has; 0 if it says something else."""
    return int(text) if NUMBER.fullmatch(text) else 0


async def wait_on_loop(desk: Desk, user: str, since: int, seconds: float) -> Found:
    """Return what comes after a number; nothing, if nothing comes for that long."""
    loop, rings = asyncio.get_running_loop(), asyncio.Event()
    end = monotonic() + seconds

    def ring(_: str) -> None:
        loop.call_soon_threadsafe(rings.set)

    leave = desk.board.subscribe(user, ring)
    try:
        while True:
            rings.clear()
            found = await asyncio.to_thread(desk.since, user, since)
            left = end - monotonic()
            if found or left <= 0:
                return found
            # Not `wait_for`, which in Python 3.11 may swallow a cancellation.
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LOOK)):
                    await rings.wait()
    finally:
        leave()


def wait_in_thread(desk: Desk, user: str, since: int, seconds: float) -> Found:
    """Return the same, in a thread."""
    rings: SimpleQueue[str] = SimpleQueue()
    end = monotonic() + seconds
    leave = desk.board.subscribe(user, rings.put)
    try:
        while True:
            found = desk.since(user, since)
            left = end - monotonic()
            if found or left <= 0:
                return found
            with suppress(Empty):
                rings.get(timeout=min(left, LOOK))
    finally:
        leave()


async def events_on_loop(
    desk: Desk, user: str, since: int
) -> AsyncGenerator[bytes, None]:
    """Yield what comes as server-sent events, and signs of life."""
    yield sse.format_comment("connected").encode()
    while True:
        found = await wait_on_loop(desk, user, since, PULSE)
        yield _events(found)
        since = found[-1][0] if found else since


def events_in_thread(desk: Desk, user: str, since: int) -> Iterator[bytes]:
    """Yield the same, in a thread."""
    yield sse.format_comment("connected").encode()
    while True:
        found = wait_in_thread(desk, user, since, PULSE)
        yield _events(found)
        since = found[-1][0] if found else since


def _events(found: Found) -> bytes:
    events = [
        sse.format_event(as_json(n, number), id=str(number)) for number, n in found
    ]
    return ("".join(events) or sse.format_comment()).encode()
