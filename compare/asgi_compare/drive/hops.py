"""The same exchange, and where it goes to another thread.

An ASGI application may call what is not async. `asgiref.sync` then hands the call to a
thread and waits for it: a hop. Django makes them in its handler and in its middleware,
and no event tells of them. Here they are written into the transcript between the
events, with the function that was called and the thread in which it ran.

`drive` takes the place of `asgi_compare.drive.drive` in the child of a trace. It does
so by wrapping two methods of asgiref, if the application has brought asgiref along; so
nothing here may be timed, and one exchange is driven at a time.

    sync_to_async   a coroutine has a function run in a thread
    async_to_sync   a function has a coroutine run in an event loop
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from threading import get_ident
from time import monotonic_ns as now
from typing import Any

from asgi_compare import drive as drivers
from asgi_compare.contract.scenario import Scenario
from asgi_compare.model.transcript import Event, Interface, Transcript


@dataclass(slots=True)
class Log:
    """What was seen of one call of the application."""

    began: int
    hops: list[Event] = field(default_factory=list)

    def add(self, kind: str, function: object, thread: int) -> None:
        """Note one hop."""
        event = {"type": kind, "function": named(function)}
        self.hops.append(Event(now() - self.began, "hop", event, 0, thread))


def named(function: object) -> str:
    """Return a function's name as its class has it, without what is wrapped around."""
    while hasattr(function, "func"):
        function = function.func
    return getattr(function, "__qualname__", type(function).__qualname__)


def drive(
    application: Any,
    interface: Interface,
    scenario: Scenario,
    holds: Callable[[Transcript], bool],
) -> Transcript:
    """Play a scenario as `asgi_compare.drive.drive` does, and add the hops to it."""
    logs: list[Log] = []

    def noted(*arguments: Any) -> Any:
        # Not a coroutine function, but what it gives is what the application gives.
        logs.append(Log(now()))
        return application(*arguments)

    with _watched(logs):
        transcript = drivers.drive(noted, interface, scenario, holds)
    first, *others = (
        _merged(one, log)
        for one, log in zip_longest((transcript, *transcript.requests), logs)
        if one is not None
    )
    return replace(first, requests=tuple(others))


def _merged(transcript: Transcript, log: Log | None) -> Transcript:
    """Return a transcript with the hops of its call put between its events."""
    if log is None or not log.hops:
        return transcript
    seen = [*transcript.threads, *(hop.thread for hop in log.hops)]
    threads = tuple(dict.fromkeys(seen))
    hops, others = len(log.hops), len(threads) - 1
    note = (
        f"{hops} hop{'s' * (hops > 1)}, "
        f"{others} thread{'s' * (others != 1)} besides the first."
    )
    return replace(
        transcript,
        events=tuple(sorted((*transcript.events, *log.hops), key=_at)),
        threads=threads,
        notes=(*transcript.notes, note),
    )


def _at(event: Event) -> int:
    return event.at_ns


@contextmanager
def _watched(logs: list[Log]) -> Iterator[None]:
    """Write each hop into the last log, as long as the block lasts."""
    sync = sys.modules.get("asgiref.sync")
    with ExitStack() as undo:
        if sync is not None:
            _wrap(sync.SyncToAsync, "thread_handler", "sync_to_async", logs, undo)
            _wrap(sync.AsyncToSync, "__call__", "async_to_sync", logs, undo)
        yield


def _wrap(owner: Any, name: str, kind: str, logs: list[Log], undo: ExitStack) -> None:
    original = getattr(owner, name)

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if logs:
            function = self.func if kind == "sync_to_async" else self.awaitable
            logs[-1].add(kind, function, get_ident())
        return original(self, *args, **kwargs)

    setattr(owner, name, wrapped)
    undo.callback(setattr, owner, name, original)
