"""What stands in for the streams and the iterable of WSGI.

Each does what the original does, and tells the request under observation. What they do
not know of (`fileno`, `getvalue`, ...) is asked of the original.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any, Protocol


class RequestWatcher(Protocol):
    """The request under observation, as far as it is told of anything."""

    def closes(self, stream: str) -> None:
        """A stream of the server's is closed by the application."""

    def read(self, method: str, size: Any, data: Any) -> None:
        """The application has read from `wsgi.input`."""

    def blocks(self, iterable: Any) -> Iterator[Any]:
        """The server begins to ask for blocks."""

    def closed(self, iterable: Any) -> None:
        """The server closes the iterable."""

    def end(self, *, aloud: bool) -> None:
        """It is over; `aloud`, if somebody is there to hear an exception."""


class _Watched:
    """A stream of the server's."""

    __slots__ = ("_request", "_stream")

    name = ""

    def __init__(self, stream: Any, request: RequestWatcher) -> None:
        self._stream = stream
        self._request = request

    def close(self) -> None:
        """Close the stream, which no application should do."""
        self._request.closes(self.name)
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class WatchedErrors(_Watched):
    """`wsgi.errors`."""

    __slots__ = ()

    name = "wsgi.errors"


class WatchedInput(_Watched):
    """`wsgi.input`: whatever is read goes past the judge."""

    __slots__ = ()

    name = "wsgi.input"

    def read(self, *size: Any) -> Any:
        """Read so many bytes, or all."""
        data = self._stream.read(*size)
        self._request.read("read", size[0] if size else None, data)
        return data

    def readline(self, *size: Any) -> Any:
        """Read to the end of the line."""
        data = self._stream.readline(*size)
        self._request.read("readline", size[0] if size else None, data)
        return data

    def readlines(self, *hint: Any) -> Any:
        """Read all lines."""
        data = self._stream.readlines(*hint)
        self._request.read("readlines", hint[0] if hint else None, data)
        return data

    def __iter__(self) -> Iterator[Any]:
        for line in self._stream:
            self._request.read("iter", None, line)
            yield line


class Blocks:
    """The iterable that the application returned."""

    __slots__ = ("__weakref__", "_iterable", "_iterator", "_request")

    def __init__(self, iterable: Any, request: RequestWatcher) -> None:
        self._iterable = iterable
        self._request = request
        self._iterator: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        self._iterator = self._request.blocks(self._iterable)
        return self._iterator

    def __next__(self) -> Any:
        # PEP 3333 asks for an iterable; some ask it for blocks as if it iterated.
        return next(self._iterator or iter(self))

    def close(self) -> None:
        """Close the original, if it can be closed."""
        self._request.closed(self._iterable)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iterable, name)


class SizedBlocks(Blocks):
    """One that has a length."""

    __slots__ = ()

    def __len__(self) -> int:
        sized: Sized = self._iterable
        return len(sized)


class ClosableBlocks(Blocks):
    """One that the server must close."""

    __slots__ = ()

    def __del__(self) -> None:
        self._request.end(aloud=False)


class SizedClosableBlocks(ClosableBlocks, SizedBlocks):
    """Both."""

    __slots__ = ()


BLOCKS: dict[tuple[bool, bool], type[Blocks]] = {
    (False, False): Blocks,
    (True, False): SizedBlocks,
    (False, True): ClosableBlocks,
    (True, True): SizedClosableBlocks,
}
"""By whether it has a length, and whether it has a `close`."""
