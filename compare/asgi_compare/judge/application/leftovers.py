"""What equal requests leave behind in the process, and who blocks its event loop.

It runs in the child, beside the application. What it sees goes into the notes of a
transcript, as `id: sentence`, where `observed.py` finds it. One request may keep what
it likes: it may fill a cache or start a pool. So the same request is played a few times
first. What counts is what each of the later ones adds.
"""

from __future__ import annotations

import asyncio
import gc
import io
import socket
import sys
import threading
import tracemalloc
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from time import monotonic, sleep
from types import AsyncGeneratorType, FrameType
from typing import Any

from asgi_compare.drive.targets.blame import blamed, is_foreign
from asgi_compare.judge.application.conclusions import (
    FILES_LEFT,
    GENERATORS_LEFT,
    LOOP_BLOCKED,
    MEMORY_GROWS,
    TASKS_LEFT,
    THREADS_LEFT,
    Conclusion,
)

WARM = 3
"""Requests before it is counted: caches fill, pools start."""
COUNTED = 6
"""Requests that must each have left something behind."""
FRAMES = 10
"""Of the stack at which something was created."""
LEAST_BYTES = 512
"""A request, of growth at one line, that is worth a word."""
SETTLE = 0.05
"""Seconds that what a request has begun may take to end."""
TOO_LONG = 0.1
"""Seconds for which an event loop may stand still."""

KINDS: tuple[tuple[Conclusion, str, Callable[[Any], bool]], ...] = (
    (TASKS_LEFT, "task", lambda it: isinstance(it, asyncio.Task)),
    (THREADS_LEFT, "thread", lambda it: isinstance(it, threading.Thread)),
    (FILES_LEFT, "open file or socket", lambda it: _is_open(it)),
    (
        GENERATORS_LEFT,
        "unfinished asynchronous generator",
        lambda it: isinstance(it, AsyncGeneratorType),
    ),
)
"""What is counted, by which name, and what belongs to it."""
ON_THE_HEAP = frozenset({io.FileIO, socket.socket, AsyncGeneratorType})
"""What is looked for among all objects, by its very type, since that is quick."""


def _is_open(it: object) -> bool:
    if isinstance(it, socket.socket):
        return it.fileno() >= 0
    return isinstance(it, io.FileIO) and not it.closed


class Leftovers:
    """The difference between two looks at the process."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop
        self.abandoned: Counter[str] = Counter()
        """Places of asynchronous generators that were dropped while unfinished."""

    def begin(self) -> None:
        """Take the first look."""
        gc.collect()
        self.known = {id(each): each for each in self._all()}  # so no id is used anew
        self.before = tracemalloc.take_snapshot()
        self.abandoned.clear()

    def end(self) -> list[str]:
        """Take the second look; return what each request has left behind, as notes."""
        gc.collect()
        after = tracemalloc.take_snapshot()
        found = [*self._left()]
        # A task that is left keeps memory, too: one word about it is enough.
        if not found:
            found += self._grown(after)
        return found

    def _all(self) -> list[Any]:
        """Return what is alive and counted: tasks, threads, files, generators."""
        tasks = () if self.loop is None else asyncio.all_tasks(self.loop)
        heap = [it for it in gc.get_objects() if type(it) in ON_THE_HEAP]
        generators = [
            it
            for it in heap
            if isinstance(it, AsyncGeneratorType) and it.ag_frame is not None
        ]
        files = [it for it in heap if _is_open(it)]
        return [*tasks, *threading.enumerate(), *files, *generators]

    def _left(self) -> Iterator[str]:
        new = [each for each in self._all() if id(each) not in self.known]
        for conclusion, name, belongs in KINDS:
            places = Counter(_created(each) for each in new if belongs(each))
            if conclusion is GENERATORS_LEFT:
                places += self.abandoned
            for place, count in places.items():
                if count >= COUNTED:
                    yield (
                        f"{conclusion.id}: Expected no {name} to be left behind, but "
                        f"{COUNTED} equal requests left {count}, created at {place}"
                    )

    def _grown(self, after: tracemalloc.Snapshot) -> Iterator[str]:
        for each in after.compare_to(self.before, "traceback"):
            frames = [(frame.filename, frame.lineno) for frame in each.traceback]
            place = blamed(frames)
            theirs = any(not is_foreign(file) for file, _ in frames) and place
            large = each.size_diff >= COUNTED * LEAST_BYTES
            if theirs and large and each.count_diff >= COUNTED:
                yield (
                    f"{MEMORY_GROWS.id}: Expected equal requests to need no more "
                    f"memory each time, but {COUNTED} of them kept {each.size_diff:,} "
                    f"bytes, made at {place}"
                )
                return  # the largest; others are often of the same making


def _created(thing: object) -> str:
    trace = tracemalloc.get_object_traceback(thing)
    frames = [(each.filename, each.lineno) for each in trace] if trace else []
    return blamed(frames) or "an unknown place"


def over_and_over(play: Callable[[], object]) -> list[str]:
    """Play a request again and again on this thread; return the notes on it."""
    leftovers = Leftovers()
    with _Traced():
        for _ in range(WARM):
            play()
        leftovers.begin()
        for _ in range(COUNTED):
            play()
        sleep(SETTLE)
        return leftovers.end()


async def over_and_over_in_loop(play: Callable[[], Any]) -> list[str]:
    """Play a request again and again in this loop; return the notes on it."""
    leftovers = Leftovers(asyncio.get_running_loop())
    kept = sys.get_asyncgen_hooks()

    def dropped(generator: AsyncGenerator[Any, Any]) -> None:
        code = generator.ag_code  # type: ignore[attr-defined]
        leftovers.abandoned[blamed([(code.co_filename, code.co_firstlineno)])] += 1
        if kept.finalizer is not None:
            kept.finalizer(generator)

    with _Traced():
        sys.set_asyncgen_hooks(finalizer=dropped)
        try:
            for _ in range(WARM):
                await play()
            leftovers.begin()
            for _ in range(COUNTED):
                await play()
            await asyncio.sleep(SETTLE)
            return leftovers.end()
        finally:
            sys.set_asyncgen_hooks(finalizer=kept.finalizer)


class _Traced:
    """A block in which Python remembers where each object was made."""

    def __enter__(self) -> None:
        self.ours = not tracemalloc.is_tracing()
        if self.ours:
            tracemalloc.start(FRAMES)

    def __exit__(self, *_: object) -> None:
        if self.ours:
            tracemalloc.stop()


class Heartbeat:
    """A thread that looks whether an event loop turns, while a block is entered."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.thread = threading.get_ident()
        self.over = threading.Event()
        self.beat = monotonic()
        self.longest = 0.0
        self.where: list[str] = []

    def __enter__(self) -> Heartbeat:
        self._turn()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.timer.cancel()
        self.watcher.join()

    def _turn(self) -> None:
        self.beat = monotonic()
        self.timer = self.loop.call_later(0.01, self._turn)

    def _watch(self) -> None:
        seen = ""
        while not self.over.wait(TOO_LONG / 4):
            stood = monotonic() - self.beat
            if stood < TOO_LONG / 4:
                seen = ""
                continue
            frames = [*_stack(sys._current_frames().get(self.thread))]
            place = blamed(frames)
            # Seen twice at the same line: a busy machine would stop us as well.
            if place and place == seen and stood >= TOO_LONG > self.longest:
                self.where = [
                    blamed([frame])
                    for frame in reversed(frames)
                    if not is_foreign(frame[0]) and blamed([frame])
                ]
            if self.where:
                self.longest = max(self.longest, stood)
            seen = place

    def notes(self) -> list[str]:
        """Return what was seen."""
        if not self.where:
            return []
        stack = ", called from ".join(self.where[:4])
        return [
            f"{LOOP_BLOCKED.id}: Expected the event loop to turn, but it stood still "
            f"for at least {self.longest:.1f} s at {stack}"
        ]


def _stack(frame: FrameType | None) -> list[tuple[str, int]]:
    found = []
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return found[::-1]
