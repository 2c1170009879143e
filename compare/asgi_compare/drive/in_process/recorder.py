"""Write down what crosses the interface, and how it ended.

A driver's own record of an exchange inherits from `Recorder` and adds its state. What
an application sends is copied first, one level deep, so that it cannot rewrite history.

Two limits keep a runaway application from filling the memory. After `MAX_BYTES` of
payload, each further payload is kept as an `Excerpt`. After `MAX_EVENTS` events the
application is halted.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import get_ident
from time import monotonic_ns as now
from types import TracebackType
from typing import Any, cast

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
BYTES = (bytes, bytearray, memoryview)
Payload = bytes | bytearray | memoryview

LONGEST_MESSAGE = 1 << 16
"""Characters that are kept of what an exception says."""


class ClientDisconnected(OSError):
    """The client has left; raised out of `send` and `write`."""

    # HTTP & WebSocket, "Disconnected Client": a subclass of OSError, of the server's.
    def __init__(self) -> None:
        super().__init__("The client has disconnected.")


class Recorder(ABC):
    """What is known of one exchange while it runs."""

    # Defaults stand on the class, and what can grow is immutable: so an exchange in
    # which nothing special happens pays for nothing special.
    interface: Interface = "asgi"
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
    log: list[Event]
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
        self.began = self.ended = now()

    def record(self, direction: Direction, event: Any) -> int:
        """Write an event down, with its payload cut to what may be kept."""
        if len(self.log) >= MAX_EVENTS:
            self.halt("flooded")
            return -1
        copied, size = self.snapshot(event)
        entry = Event(now() - self.began, direction, copied, size, get_ident())
        self.log.append(entry)
        return len(self.log) - 1

    async def give(self, event: Message) -> Message:
        """Write down what the application receives, and hand it over."""
        if self.record("receive", event) < 0:
            await self.never()
        return event

    async def never(self) -> None:
        """Hold an application that is told to stop, so that it cannot spin."""
        await asyncio.get_running_loop().create_future()

    def snapshot(self, event: Any) -> tuple[Any, int]:
        """Copy an event one level deep, and return how much payload it holds."""
        if not isinstance(event, dict):
            return event, 0
        copied = dict(event)
        size = 0
        for key in PAYLOADS:
            if key not in copied:
                continue
            payload = copied[key]
            if isinstance(payload, str):
                payload = payload.encode("utf-8", "surrogatepass")
            if isinstance(payload, BYTES):
                size += len(payload)
                self.kept += len(payload)
                if self.kept > MAX_BYTES:
                    copied[key] = Excerpt.of(bytes(payload))
                elif isinstance(payload, (bytearray, memoryview)):
                    # The application may change its own.
                    copied[key] = type(payload)(bytes(payload))
        return copied, size

    def digested(self, piece: Payload, pieces: Callable[[], list[Any]]) -> None:
        """Go on with the digest of a body, once it is too much to be kept.

        `pieces` returns those that the client got, with this one as the last.
        """
        if self.kept > MAX_BYTES:
            if self.digest is None:
                self.digest = sha256(b"".join(pieces()[:-1]))
            self.digest.update(piece)

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
        log = tuple(self.log)  # an abandoned application may still be adding to it
        threads = dict.fromkeys([self.thread, *[entry.thread for entry in log]])
        return Transcript(
            scenario=self.name,
            interface=interface,
            scope=self.scope_as_given(),
            events=log,
            ending=self.ending(),
            answer=answer,
            left_at_ns=None if self.left is None else self.left - self.began,
            elapsed_ns=self.ended - self.began,
            threads=tuple(threads),
            notes=self.notes,
        )

    def answer(self) -> Answer | None:
        """Work out what the client got."""
        return None

    def transcript(self) -> Transcript:
        """Write the transcript."""
        return self.written(self.interface, self.answer())

    @abstractmethod
    def scope_as_given(self) -> Mapping[str, Any]:
        """Return the scope as it was before the application wrote into it."""

    def heard(self) -> list[Any]:
        """Return what the application sent and the client got."""
        return [
            entry.event
            for index, entry in enumerate(self.log)
            if entry.direction == "send" and index not in self.unheard
        ]


def described(error: BaseException) -> str:
    """Return an exception as `Type: message`; a very long message is cut."""
    try:
        message = str(error)
    except Exception:  # an application's exception may be broken, too
        message = "(it cannot be shown)"
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]}… ({len(message):,} characters)"
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def describe_exc_info(exc_info: Any) -> Any:
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
    """Put a body together; an excerpt if there is a digest, as it was too much."""
    if digest is None:
        return b"".join(cast("list[bytes]", pieces))
    head = b"".join(e if isinstance(e, bytes) else e.head for e in pieces)
    length = sum(map(len, pieces))
    return Excerpt(head[:EXCERPT_BYTES], length, digest.hexdigest())


def _rouse(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
