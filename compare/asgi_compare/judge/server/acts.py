"""What the instrumented application does, act by act.

Some acts can be played on both interfaces. A script that has one of ASGI or of WSGI
alone makes its case one of that interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReadBody:
    """Read the request body to its end; whatever the interface."""

    limit: float = 3.0
    """ASGI: seconds to wait for each event."""


@dataclass(frozen=True, slots=True)
class Start:
    """Send the status and the header fields; whatever the interface."""

    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """Send a piece of the body; whatever the interface."""

    data: bytes = b""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait that many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fail:
    """Raise a RuntimeError with this message."""

    message: str = "the application was told to fail"


@dataclass(frozen=True, slots=True)
class Receive:
    """ASGI: call `receive` until an event of this type comes, or any."""

    type: str = ""
    limit: float = 3.0


@dataclass(frozen=True, slots=True)
class Send:
    """ASGI: call `send` with this event. An exception is written down; and then the
    script goes on, if it `may_raise`, or else the exception leaves the application."""

    event: Mapping[str, Any]
    may_raise: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """ASGI: send this event so many times, or until it raises."""

    event: Mapping[str, Any]
    times: int
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class SetState:
    """ASGI: write a key of `scope["state"]`, where there is one."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SetContext:
    """ASGI: set the context variable that each call looks at when it begins."""


@dataclass(frozen=True, slots=True)
class Input:
    """WSGI: call a method of `wsgi.input` and write down what it gives."""

    method: str = "read"
    size: int | None = None


@dataclass(frozen=True, slots=True)
class StartResponse:
    """WSGI: call `start_response` with just this. An exception is written down."""

    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    exc_info: bool = False
    may_raise: bool = True


@dataclass(frozen=True, slots=True)
class Write:
    """WSGI: call what `start_response` gave."""

    data: bytes


@dataclass(frozen=True, slots=True)
class FileWrapper:
    """WSGI: give back `wsgi.file_wrapper` around a file with these bytes."""

    data: bytes


Act = (
    ReadBody
    | Start
    | Body
    | Sleep
    | Fail
    | Receive
    | Send
    | Repeat
    | SetState
    | SetContext
    | Input
    | StartResponse
    | Write
    | FileWrapper
)


ASGI_ACTS = (Receive, Send, Repeat, SetState, SetContext)


WSGI_ACTS = (Input, StartResponse, Write, FileWrapper)


ANSWER: tuple[Act, ...] = (
    ReadBody(),
    Start(200, ((b"content-type", b"text/plain"), (b"content-length", b"5"))),
    Body(b"hello"),
)
"""What the application does if a case does not say: read all, and say hello."""
