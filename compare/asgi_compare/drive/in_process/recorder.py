"""Write down what crosses the interface, and how it ended.

A driver's own record of an exchange inherits from `Recorder` and adds its state. During
the exchange an entry is a bare tuple: when, which way, what, and from which thread.
What an application sends is copied first, one level deep, so that it cannot rewrite
history. Events, sizes and the answer are worked out of the entries when somebody looks
at the transcript, which costs more than most exchanges.

Two limits keep a runaway application from filling the memory. After `MAX_BYTES` of
payload, each further payload is kept as an `Excerpt`. After `MAX_EVENTS` events the
application is halted.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from hashlib import sha256
from threading import get_ident
from time import monotonic_ns as now
from types import TracebackType
from typing import Any

from asgi_compare.model.transcript import (
    EXCERPT_BYTES,
    MAX_BYTES,
    MAX_EVENTS,
    Answer,
    Direction,
    Ending,
    EndKind,
    Event,
    Excerpt,
    Interface,
    Transcript,
)

Message = dict[str, Any]
"""One ASGI event."""

PAYLOADS = ("body", "bytes", "text")
"""Where an event may hold payload."""


class ClientDisconnected(OSError):
    """The client has left; raised out of `send` and `write`."""

    # HTTP & WebSocket, "Disconnected Client": a subclass of OSError, of the server's.
    def __init__(self) -> None:
        super().__init__("The client has disconnected.")


class Recorder(ABC):
    """What is known of one exchange while it runs."""

    __slots__ = (
        "__dict__",
        "began",
        "ended",
        "kept",
        "log",
        "name",
        "sleepers",
        "thread",
    )

    # Defaults stand on the class, and what can grow is immutable: so an exchange in
    # which nothing special happens pays for nothing special.
    digest: Any = None
    """Of all that the client heard, once it is too much to be kept."""
    unheard: frozenset[int] = frozenset()
    """Indexes of what the application sent and the client did not get."""
    left: int | None = None
    """When the client left."""
    error: str | None = None
    was_cancelled = False
    halted: EndKind | None = None
    """Why the driver has told the application to stop, if it has."""
    notes: tuple[str, ...] = ()
    wake: asyncio.Future[None] | None = None
    """What the driver sleeps on while the application waits."""

    name: str
    thread: int
    log: list[tuple[int, Direction, Any, int]]
    kept: int
    """Payload bytes that crossed so far."""
    sleepers: tuple[asyncio.Future[None], ...]
    """What `receive` and `send` sleep on until something changes."""
    began: int
    ended: int

    def open(self, name: str) -> None:
        """Begin the record, on the driver's thread."""
        self.name = name
        self.thread = get_ident()
        self.log = []
        self.kept = 0
        self.sleepers = ()

    def record(self, direction: Direction, event: Any) -> int:
        """Write an event down, with its payload cut to what may be kept."""
        if len(self.log) >= MAX_EVENTS:
            self.halt("flooded")
            return -1
        self.log.append((now(), direction, self.snapshot(event), get_ident()))
        return len(self.log) - 1

    async def give(self, event: Message) -> Message:
        """Write down what the application receives, and hand it over."""
        if self.record("receive", event) < 0:
            await self.never()
        return event

    async def never(self) -> None:
        """Hold an application that is told to stop, so that it cannot spin."""
        await asyncio.get_running_loop().create_future()

    def snapshot(self, event: Any) -> Any:
        """Copy an event one level deep, and count its payload."""
        if not isinstance(event, dict):
            return event
        copied = dict(event)
        for key in PAYLOADS:
            payload = copied.get(key)
            if isinstance(payload, str):
                payload = payload.encode("utf-8", "surrogatepass")
            if isinstance(payload, bytes | bytearray | memoryview):
                self.kept += len(payload)
                if self.kept > MAX_BYTES:
                    copied[key] = Excerpt.of(bytes(payload))
                elif isinstance(payload, bytearray):
                    copied[key] = payload.copy()
        return copied

    def halt(self, why: EndKind) -> None:
        """Tell the driver that the application must stop."""
        self.halted = self.halted or why
        if self.wake is not None and not self.wake.done():
            self.wake.set_result(None)

    async def sleep(self, seconds: float | None = None) -> None:
        """Wait until something changes, or so many seconds have passed."""
        loop = asyncio.get_running_loop()
        sleeper = loop.create_future()
        self.sleepers += (sleeper,)
        timer = loop.call_later(seconds, _rouse, sleeper) if seconds else None
        try:
            await sleeper
        finally:
            self.sleepers = tuple(each for each in self.sleepers if each is not sleeper)
            if timer is not None:
                timer.cancel()

    def changed(self) -> None:
        """Wake all that sleep."""
        for sleeper in self.sleepers:
            _rouse(sleeper)

    def failed(self, error: BaseException) -> None:
        """Note the exception that the application has let out.

        Only its words are kept: an exception holds on to all that was under way when it
        was raised. A server drops it as well, and then an iterator that nobody has
        closed comes to its end.
        """
        self.error = described(error)
        self.was_cancelled = isinstance(error, asyncio.CancelledError)

    def ending(self) -> Ending:
        """Return how the application's part ended."""
        error = self.error or ""
        if self.halted is not None:
            if self.was_cancelled:
                error = ""  # it did as it was told
            return Ending(self.halted, error, self.ended - self.began)
        kind: EndKind = "returned" if self.error is None else "raised"
        return Ending(kind, error, self.ended - self.began)

    def written(
        self,
        interface: Interface,
        answer: Answer | None,
    ) -> Transcript:
        """Write the transcript up."""
        began = self.began
        log = self.log.copy()  # an abandoned application may still be adding to it
        threads = dict.fromkeys([self.thread, *(ident for *_, ident in log)])
        return Transcript(
            scenario=self.name,
            interface=interface,
            scope=self.scope_as_given(),
            events=tuple(
                Event(at - began, direction, event, size(event), ident)
                for at, direction, event, ident in log
            ),
            ending=self.ending(),
            answer=answer,
            left_at_ns=None if self.left is None else self.left - began,
            elapsed_ns=self.ended - began,
            threads=tuple(threads),
            notes=tuple(self.notes),
        )

    @abstractmethod
    def scope_as_given(self) -> Mapping[str, Any]:
        """Return the scope as it was before the application wrote into it."""

    def heard(self) -> list[Any]:
        """Return what the application sent and the client got."""
        return [
            event
            for index, (_, direction, event, _) in enumerate(self.log)
            if direction == "send" and index not in self.unheard
        ]


def size(event: Any) -> int:
    """Count the payload bytes of one event."""
    if not isinstance(event, dict):
        return 0
    found = 0
    for key in PAYLOADS:
        payload = event.get(key)
        if isinstance(payload, str):
            payload = payload.encode("utf-8", "surrogatepass")
        if isinstance(payload, bytes | bytearray | memoryview | Excerpt):
            found += len(payload)
    return found


def described(error: BaseException) -> str:
    """Return an exception as `Type: message`."""
    try:
        message = str(error)
    except Exception:  # an application's exception may be broken, too
        message = "(it cannot be shown)"
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def told(exc_info: Any) -> Any:
    """Return what is kept of the `exc_info` of WSGI, which holds frames alive.

    Of a proper one this is a text; of anything else, the types that it is made of.
    """
    match exc_info:
        case None:
            return None
        case (type(), BaseException() as error, TracebackType() | None):
            return described(error)
        case tuple():
            return tuple(type(each) for each in exc_info)
    return type(exc_info)


def joined(pieces: list[bytes | Excerpt], digest: Any) -> bytes | Excerpt:
    """Put a body together; an excerpt if one of its pieces is no longer whole."""
    whole = [each for each in pieces if isinstance(each, bytes)]
    if len(whole) == len(pieces):
        return b"".join(whole)
    head = b"".join(e if isinstance(e, bytes) else e.head for e in pieces)
    length = sum(map(len, pieces))
    return Excerpt(head[:EXCERPT_BYTES], length, digest.hexdigest())


def digest_of(pieces: list[bytes]) -> Any:
    """Begin the digest of a body with the pieces that were kept whole."""
    return sha256(b"".join(pieces))


def _rouse(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
