"""The same exchange, where it goes to another thread, and what it asks a database.

An ASGI application may call what is not async. `asgiref.sync` then hands the call to a
thread and waits for it: a hop. Django makes them in its handler and in its middleware,
and no event tells of them. Here they are written into the transcript between the
events, with the function that was called and the thread in which it ran; and so is each
statement for a database, with the thread in which it was sent.

`drive` takes the place of `asgi_compare.drive.drive` in the child of a trace. It does
so by wrapping methods of the libraries that the application has brought along; so
nothing here may be timed, and one exchange is driven at a time.

    sync_to_async   a coroutine has a function run in a thread
    async_to_sync   a function has a coroutine run in an event loop
    query           a statement is sent, by Django, SQLAlchemy or psycopg
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from threading import get_ident
from time import monotonic_ns as now
from typing import Any

from asgi_compare import drive as drivers
from asgi_compare.contract.scenario import Scenario
from asgi_compare.model.transcript import Direction, Event, Interface, Transcript


@dataclass(slots=True)
class Log:
    """What was seen of one call of the application."""

    began: int
    seen: list[Event] = field(default_factory=list)

    def hop(self, kind: str, function: object) -> None:
        """Note one hop."""
        self._add("hop", {"type": kind, "function": named(function)})

    def query(self, statement: object) -> None:
        """Note one statement, as it was written: without its parameters."""
        self._add("query", {"type": "query", "sql": str(statement)})

    def _add(self, direction: Direction, event: dict[str, str]) -> None:
        at_ns = now() - self.began
        self.seen.append(Event(at_ns, direction, event, 0, get_ident()))


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
        watch()
        logs.append(Log(now()))
        return application(*arguments)

    with watched(logs) as watch:
        transcript = drivers.drive(noted, interface, scenario, holds)
    first, *others = (
        _merged(one, log)
        for one, log in zip_longest((transcript, *transcript.requests), logs)
        if one is not None
    )
    return replace(first, requests=tuple(others))


def _merged(transcript: Transcript, log: Log | None) -> Transcript:
    """Return a transcript with what was seen of its call put between its events."""
    if log is None or not log.seen:
        return transcript
    seen = [*transcript.threads, *(each.thread for each in log.seen)]
    threads = tuple(dict.fromkeys(seen))
    kinds = Counter[str](each.direction for each in log.seen)
    counts = [
        f"{kinds[kind]} {one if kinds[kind] == 1 else many}"
        for kind, one, many in (("hop", "hop", "hops"), ("query", "query", "queries"))
        if kinds[kind]
    ]
    others = len(threads) - 1
    counts.append(f"{others} thread{'s' * (others != 1)} besides the first")
    return replace(
        transcript,
        events=tuple(sorted((*transcript.events, *log.seen), key=_at)),
        threads=threads,
        notes=(*transcript.notes, f"{', '.join(counts)}."),
    )


def _at(event: Event) -> int:
    return event.at_ns


Call = Callable[..., Any]
WITHIN = ContextVar("WITHIN", default=False)
"""Whether a statement is being sent: what is called for that is not noted again."""


@contextmanager
def watched(logs: list[Log]) -> Iterator[Call]:
    """Write each hop and each query into the last log, as long as the block lasts.

    Give what has to be called again when a library may have been imported since.
    """
    wrapped: set[tuple[str, str]] = set()

    def watch() -> None:
        for module, name, methods, noting in WATCHED:
            if module not in sys.modules or (module, name) in wrapped:
                continue
            wrapped.add((module, name))
            owner = getattr(sys.modules[module], name)
            for method in methods:
                original = getattr(owner, method)
                setattr(owner, method, noting(original, logs))
                undo.callback(setattr, owner, method, original)

    with ExitStack() as undo:
        watch()
        yield watch


def _hop(kind: str, attribute: str) -> Callable[[Call, list[Log]], Call]:
    def noting(original: Call, logs: list[Log]) -> Call:
        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            if logs:
                logs[-1].hop(kind, getattr(self, attribute))
            return original(self, *args, **kwargs)

        return wrapped

    return noting


def _query(place: int) -> Callable[[Call, list[Log]], Call]:
    def noting(original: Call, logs: list[Log]) -> Call:
        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            if logs and not WITHIN.get() and len(args) > place:
                logs[-1].query(args[place])
            before = WITHIN.set(True)
            try:
                return original(self, *args, **kwargs)
            finally:
                WITHIN.reset(before)

        return wrapped

    return noting


EXECUTE = ("execute", "executemany")
WATCHED = (
    ("asgiref.sync", "SyncToAsync", ("thread_handler",), _hop("sync_to_async", "func")),
    ("asgiref.sync", "AsyncToSync", ("__call__",), _hop("async_to_sync", "awaitable")),
    ("django.db.backends.utils", "CursorWrapper", EXECUTE, _query(0)),
    (
        "sqlalchemy.engine.default",
        "DefaultDialect",
        ("do_execute", "do_executemany"),
        _query(1),
    ),
    ("psycopg", "Cursor", EXECUTE, _query(0)),
    ("psycopg", "AsyncCursor", EXECUTE, _query(0)),
)
"""What is wrapped: module, class, methods, and how a call is noted. Of a query this is
the place of the statement among the arguments."""
