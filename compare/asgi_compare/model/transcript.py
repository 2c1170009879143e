"""The noun in the middle: what happened in one exchange, event by event.

A driver writes a `Transcript`; rules, differences and reports read it and nothing else.
It has two views of the same exchange. `events` is what crossed the interface between
server and application; a live driver stands outside of that and leaves it empty.
`answer` is what the client got: a `Response` or a `Dialogue`.

WSGI has calls where ASGI has events. They are written down as events too, so that both
can be read side by side: `start_response`, `write`, `return` (of the iterable), `yield`
and `close` are sent by the application, and so is `wsgi.input.close`, which it should
not call; `wsgi.input.read` (and `readline`, `readlines`, `iter`) is received by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Interface = Literal["asgi", "wsgi"]
"""By which of the two a server calls an application."""
INTERFACES: tuple[Interface, ...] = ("asgi", "wsgi")
Direction = Literal["receive", "send", "hop", "query"]
"""Named from the application's side: it receives events and sends events. The others
are no events: work went to another thread, or a statement to a database. Only
`asgi_compare.drive.hops` looks for them."""

MAX_EVENTS = 10_000
"""Events kept of one exchange; an application that sends more is cut off."""
MAX_BYTES = 1 << 20
"""Payload bytes kept of one exchange; after that, an `Excerpt` of each payload."""
EXCERPT_BYTES = 4096
"""Bytes of a payload that its `Excerpt` keeps."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is kept of a payload that is too large to be kept whole."""

    head: bytes
    length: int
    sha256: str

    @classmethod
    def of(cls, payload: bytes) -> Excerpt:
        """Keep the first bytes, the length and the digest of `payload`."""
        digest = hashlib.sha256(payload).hexdigest()
        return cls(bytes(payload[:EXCERPT_BYTES]), len(payload), digest)

    def __len__(self) -> int:
        return self.length


class Event(NamedTuple):
    """One thing that crossed the interface."""

    at_ns: int
    """Monotonic nanoseconds since the exchange began."""
    direction: Direction
    event: Any
    """What crossed, as it was; an ASGI event should be a dict, but may be anything."""
    size: int
    """Payload bytes in it."""
    thread: int
    """`threading.get_ident()` of the thread that it came from."""


EndKind = Literal["returned", "raised", "timed out", "abandoned", "flooded", "crashed"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How the application's part of the exchange ended."""

    kind: EndKind = "returned"
    """`timed out`: cancelled at the deadline, and then it ended. `abandoned`: it went
    on after it was cancelled. `flooded`: it sent more than `MAX_EVENTS` events.
    `crashed`: its process is gone."""
    error: str = ""
    """The exception as `Type: message`, or what the process left behind."""
    at_ns: int = 0


RETURNED = Ending()


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, as the client saw it."""

    status: int
    reason: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """In the order of the wire, names lower-cased."""
    body: bytes | Excerpt = b""
    pieces: tuple[int, ...] = ()
    """Sizes of the non-empty body pieces: chunks, where the coding was chunked."""
    complete: bool = True
    """False if it ended before its Content-Length, last chunk or last event."""
    http_version: str = ""
    """Empty in process, where none is spoken."""

    def header(self, name: bytes) -> list[bytes]:
        """Return all values of one field, in order."""
        return [value for key, value in self.headers if key == name]

    @property
    def text(self) -> str:
        """The body as text, with escapes for what is not UTF-8."""
        body = self.body.head if isinstance(self.body, Excerpt) else self.body
        return body.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A WebSocket conversation, as the client saw it."""

    handshake: Response
    """The answer to the handshake: 101, or the refusal."""
    subprotocol: str | None = None
    heard: tuple[str | bytes | Excerpt, ...] = ()
    code: int | None = None
    """The close code that the application's side sent; None if it sent none."""
    reason: str = ""


Answer = Response | Dialogue


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that one exchange left behind."""

    scenario: str
    """The scenario's name, or what the user asked for, such as `GET /x`."""
    interface: Literal[Interface, "wire"]
    """What was recorded: events of ASGI, calls of WSGI, or only the client's side."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """The `scope` or the `environ` as the server handed it over; empty on the wire."""
    events: tuple[Event, ...] = ()
    ending: Ending = RETURNED
    answer: Answer | None = None
    """None if the client got no answer."""
    left_at_ns: int | None = None
    """When the client went away, if it left before the end."""
    elapsed_ns: int = 0
    """From the call of the application, or the first byte, to the end of it all."""
    threads: tuple[int, ...] = ()
    """The driver's thread first, then every other one that sent or received."""
    notes: tuple[str, ...] = ()
    """What the driver has to say: events dropped, a second answer to `receive`."""
    requests: tuple[Transcript, ...] = ()
    """In a lifespan: the requests in between. Of a crowd: the others."""

    @property
    def response(self) -> Response | None:
        """The HTTP response, where there is one."""
        if isinstance(self.answer, Dialogue):
            return self.answer.handshake
        return self.answer

    def sent(self, kind: str | None = None) -> list[Any]:
        """Return what the application sent, in order.

        Of one type if `kind` is given.
        """
        return _of_kind((e for e in self.events if e.direction == "send"), kind)

    def received(self, kind: str | None = None) -> list[Any]:
        """Return what the application received, in order; of one type if asked."""
        return _of_kind((e for e in self.events if e.direction == "receive"), kind)


def _of_kind(events: Iterable[Event], kind: str | None) -> list[Any]:
    found = [entry.event for entry in events]
    if kind is None:
        return found
    return [e for e in found if isinstance(e, dict) and e.get("type") == kind]
