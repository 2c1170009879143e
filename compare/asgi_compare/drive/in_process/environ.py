"""The `environ` of a WSGI request, and its two files.

The `environ` is CGI's set of variables in a dict. Its values are Unicode strings that
hold bytes, one character for each ("native strings", latin-1), so a path that is UTF-8
on the wire looks garbled here and has to be decoded once more. Header fields become
`HTTP_` variables, which cannot be repeated, so fields of one name are joined.

References are to PEP 3333.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.util import FileWrapper

from asgi_compare.contract.scenario import Client
from asgi_compare.drive.request_parts import CLIENT, SERVER, Prepared

Environ = dict[str, Any]
Note = Callable[[str, Any, bytes], None]
"""Takes the method that the application called, its argument, and what it got."""

UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")


def template(prepared: Prepared) -> Environ:
    """Make all of an `environ` that is the same each time the request is put."""
    target = prepared.target
    return {
        "REQUEST_METHOD": prepared.request.method.upper(),
        "SCRIPT_NAME": prepared.request.root_path.encode().decode("latin-1"),
        "PATH_INFO": target.path.decode("latin-1"),
        "QUERY_STRING": target.query.decode("latin-1"),
        "SERVER_NAME": SERVER[0],
        "SERVER_PORT": str(SERVER[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": CLIENT[0],
        "REMOTE_PORT": str(CLIENT[1]),
        **variables(prepared.headers),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        # Not of PEP 3333, but what servers say that end the input themselves.
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
    }


def variables(headers: Iterable[tuple[bytes, bytes]]) -> Environ:
    """Turn header fields into variables, and join those of the same name."""
    found: Environ = {}
    for name, value in headers:
        if b"_" in name:
            continue  # or `X_A` would pass for `X-A`; most servers drop it
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in UNPREFIXED else f"HTTP_{key}"
        text = value.decode("latin-1")
        # RFC 9110 5.2 joins by a comma; RFC 6265 4.2.1 has one Cookie field only.
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{text}" if key in found else text
    return found


def _nothing() -> None:
    """Do nothing."""


class Input:
    """`wsgi.input`: the request's body as a file that is read from the client."""

    def __init__(
        self,
        pieces: tuple[bytes, ...],
        client: Client,
        short: bool,
        note: Note,
        sent: Callable[[int], bool],
        closed: Callable[[], None] = _nothing,
    ) -> None:
        self._pieces = iter(pieces)
        self._client = client
        self._short = short
        self._note = note
        self._sent = sent
        self._closed = closed
        self._count = 0
        self._open = sent(0)
        self._buffer = bytearray()

    def read(self, size: int | None = -1) -> bytes:
        """Read so many bytes, or all; fewer only at the end of the body."""
        wanted = -1 if size is None else size
        while wanted < 0 or len(self._buffer) < wanted:
            if self._short and wanted > 0 and self._buffer:
                break
            if not self._fetch():
                break
        return self._take("read", size, len(self._buffer) if wanted < 0 else wanted)

    def readline(self, size: int | None = -1) -> bytes:
        """Read to the end of the line, but not more than so many bytes."""
        return self._line("readline", size)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        """Read all lines, or so many that they hold as many bytes as `hint`."""
        lines: list[bytes] = []
        while line := self._line("readlines", hint, limit=-1):
            lines.append(line)
            if hint is not None and 0 < hint <= sum(map(len, lines)):
                break
        return lines

    def close(self) -> None:
        """Note that the application closes what is not its own, and go on."""
        self._closed()

    def __iter__(self) -> Iterator[bytes]:
        while line := self._line("iter", None):
            yield line

    def _line(self, method: str, size: int | None, limit: int | None = None) -> bytes:
        wanted = limit if limit is not None else -1 if size is None else size
        while b"\n" not in self._buffer and not 0 <= wanted <= len(self._buffer):
            if not self._fetch():
                break
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        return self._take(method, size, end if wanted < 0 else min(end, wanted))

    def _fetch(self) -> bool:
        """Get the next piece from the client, when it comes; False if none does."""
        piece = next(self._pieces, None) if self._open else None
        if piece is None:
            return False
        if self._count:
            time.sleep(self._client.pause)
        self._count += 1
        self._buffer += piece
        self._open = self._sent(self._count)
        return True

    def _take(self, method: str, size: int | None, length: int) -> bytes:
        data = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._note(method, size, data)
        return data


class Errors:
    """`wsgi.errors`: a text file for what should go into the server's log."""

    def __init__(
        self, note: Callable[[str], None], closed: Callable[[], None] = _nothing
    ) -> None:
        self._note = note
        self._closed = closed

    def close(self) -> None:
        """Note that the application closes what is not its own, and go on."""
        self._closed()

    def write(self, text: str) -> int:
        """Write a note."""
        self._note(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several notes."""
        for line in lines:
            self._note(line)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


FILES: dict[str, type] = {
    "wsgi.input": Input,
    "wsgi.errors": Errors,
}
"""What is no data in an `environ`."""
