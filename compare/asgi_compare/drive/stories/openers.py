"""What participants open, wherever the application is.

Three kinds of place offer this: an ASGI application and a WSGI application in this
process, and a server at a host and a port.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

Fields = tuple[tuple[str, str], ...]
"""Header fields, besides those that every client sends."""
Hear = Callable[[str | bytes], None]
Ended = Callable[[int | None], None]
"""Called once, with the close code; None if there was no close frame."""


@dataclass(frozen=True, slots=True)
class Got:
    """The answer to a request."""

    status: int
    body: bytes = b""
    fields: Fields = ()
    """With names in lower case."""


class Socket(Protocol):
    """An open WebSocket; what comes is given to the `Hear` it was opened with."""

    async def send(self, message: str | bytes) -> None:
        """Send a message; do nothing if the connection has ended."""
        ...

    def stop_reading(self) -> None:
        """Take nothing more from the socket."""
        ...

    def read_again(self) -> None:
        """Take what has come meanwhile, and what follows."""
        ...

    async def close(self) -> None:
        """Close it in good order."""
        ...

    async def abort(self) -> None:
        """Drop it, to clear away."""
        ...


class Stream(Protocol):
    """An answer that goes on."""

    whole: bool
    """Whether it has come to its end, and was not broken off."""

    async def status(self) -> int:
        """Wait for its status; 0 if there is no answer."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield its pieces."""
        ...


class Place(Protocol):
    """Where an application is."""

    name: str

    async def open(self) -> None:
        """Begin: run the start-up, if there is one."""
        ...

    async def close(self) -> None:
        """Hang up, and end."""
        ...

    async def request(
        self, method: str, target: str, fields: Fields = (), body: bytes = b""
    ) -> Got:
        """Make a request."""
        ...

    def stream(
        self, target: str, fields: Fields = (), *, narrow: bool = False
    ) -> AbstractAsyncContextManager[Stream]:
        """Ask for an answer that goes on. Leave it to hang up.

        A `narrow` one has small buffers on the way, for who will stop reading.
        """
        ...

    async def websocket(
        self,
        target: str,
        fields: Fields,
        hear: Hear,
        ended: Ended,
        *,
        narrow: bool = False,
    ) -> Socket | int:
        """Open a WebSocket; give the status if it is refused."""
        ...


class Lost(Exception):
    """There is no answer: nobody listens, or the connection has broken."""
