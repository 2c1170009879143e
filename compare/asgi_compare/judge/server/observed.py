"""On the wire, and by the application.

`Connection` is one connection as the client lived it: what went out, what came in, how
it ended. `Call` is one call of the application, as it wrote it down itself. `Observed`
holds both views of one case, and that is all that a check may look at.

This module does not judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asgi_compare.judge.server.client.frames import Frame
from asgi_compare.model.sanitize import clean, shorten, show_bytes
from asgi_compare.model.serialization.values import Foreign
from asgi_compare.model.transcript import Excerpt, Interface

SHOWN = 300
"""Bytes of one piece that are shown."""
OF_BYTES_OR_TEXT = ("headers", "path", "raw_path", "query_string", "subprotocols")
"""Keys of a scope whose values are bytes, text, or lists of them."""
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response as it came: status line, fields, body, trailers."""

    status: int
    reason: bytes = b""
    headers: Headers = ()
    """In the order of the wire, names lower-cased."""
    body: bytes = b""
    complete: bool = True
    trailers: Headers = ()
    version: str = ""
    interim: tuple[tuple[int, Headers], ...] = ()
    """The informational responses (1xx) that came before it."""
    at: float = 0.0
    """Seconds after which its head was there."""

    def values(self, name: bytes) -> list[bytes]:
        """Return all values of one field, in order."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What a TLS handshake came to, as the client's `ssl` module says it."""

    version: str
    """As the module names it, such as `TLSv1.3`."""
    cipher: str
    suite: int
    """The number of the cipher, in the 16 bits that TLS has for it."""
    protocol: str
    """By ALPN; empty if none was chosen."""
    certificate: bytes
    """That of the server, in DER."""
    shown: bytes = b""
    """That which the client has to show, in DER; empty if it has none."""


@dataclass(slots=True)
class Connection:
    """One connection, as the client lived it."""

    log: list[tuple[float, str, bytes]] = field(default_factory=list)
    """When, what (`sent`, `received`, or a note), and the bytes."""
    answers: list[Answer] = field(default_factory=list)
    """The last one may be incomplete."""
    rest: bytes = b""
    """What came after the last answer, such as the frames of a WebSocket."""
    frames: tuple[Frame, ...] = ()
    problem: str = ""
    """Why what came is not HTTP; empty if it is."""
    ended: Literal["", "closed", "reset"] = ""
    """How the server ended the connection; empty if it did not."""
    ended_at: float = 0.0
    waited: tuple[float, ...] = ()
    """How long each wait of the client took, in seconds."""
    received: int = 0
    tls: Negotiated | None = None
    """None without TLS, and where the handshake did not succeed."""
    notified: bool = False
    """Whether the server's `close_notify` came."""

    @property
    def finals(self) -> list[int]:
        """The status codes of the answers, in order."""
        return [answer.status for answer in self.answers]

    @property
    def close_code(self) -> int | None:
        """The code of the first close frame; 1005 if that has none."""
        for each in self.frames:
            if each.opcode == 0x8:
                return 1005 if each.code is None else each.code
        return None

    @property
    def told_to_close(self) -> bool:
        """Whether a close frame came."""
        return any(each.opcode == 0x8 for each in self.frames)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the application, as it wrote it down."""

    scope: Mapping[str, Any]
    """The `scope`, or the `environ`."""
    events: tuple[tuple[str, Any, str, float], ...] = ()
    """Direction or the name of what was called, the event, the exception that came out
    of it (`Type: message [bases]`), and the seconds that it took."""
    ended: str = ""
    """`returned`, `raised ...`, `cancelled`; empty while it goes on."""
    wsgi: bool = False
    pid: int = 0

    @property
    def method(self) -> str:
        """The method, whatever the interface calls it."""
        return str(self.scope.get("REQUEST_METHOD" if self.wsgi else "method", ""))

    @property
    def path(self) -> str:
        """The decoded path, in the interface's own way of decoding."""
        return str(self.scope.get("PATH_INFO" if self.wsgi else "path", ""))

    @property
    def query(self) -> bytes:
        """The query string as bytes."""
        if self.wsgi:
            return str(self.scope.get("QUERY_STRING", "")).encode("latin-1", "replace")
        found = self.scope.get("query_string", b"")
        return found if isinstance(found, bytes) else b""

    @property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """The header fields of the scope, as far as they are pairs of bytes."""
        found = self.scope.get("headers")
        pairs = found if isinstance(found, list | tuple) else ()
        return [(pair[0], pair[1]) for pair in pairs if _is_field(pair)]

    @property
    def foreign(self) -> list[str]:
        """Name the types that no plain data has, of values that the server gave."""
        given = [e[1] for e in self.events if e[0] in ("receive", "wsgi.input")]
        scope = [] if self.wsgi else [self.scope.get(key) for key in OF_BYTES_OR_TEXT]
        return list(dict.fromkeys(_foreign([scope, given])))

    @property
    def body(self) -> bytes:
        """The request body, as far as it was read."""
        pieces = [e[1] for e in self.events if e[0] in ("receive", "wsgi.input")]
        return b"".join(_piece(piece) for piece in pieces)

    @property
    def body_size(self) -> int:
        """The length of the request body, however much of it was kept."""
        pieces = [e[1] for e in self.events if e[0] in ("receive", "wsgi.input")]
        return sum(_size(piece) for piece in pieces)

    def values(self, name: bytes) -> list[bytes]:
        """Return the values of a field; WSGI has but one, which may be joined."""
        if not self.wsgi:
            return [v for k, v in self.fields if k.lower() == name]
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        found = self.scope.get(key)
        return [] if found is None else [str(found).encode("latin-1", "replace")]

    def received(self, kind: str = "") -> list[Any]:
        """Return the events that came out of `receive`; of one type, if asked."""
        found = [e[1] for e in self.events if e[0] == "receive"]
        return [e for e in found if not kind or _type(e) == kind]

    def raised(self, *kinds: str) -> list[str]:
        """Return the exceptions that came out of `send`, for events of these types."""
        return [
            error
            for did, event, error, _ in self.events
            if did == "send" and error and (not kinds or _type(event) in kinds)
        ]

    @property
    def milestones(self) -> list[str]:
        """What has happened so far: `called`, `receive <type>`, `send <type>`, `ended`,
        and on WSGI the names of what was called."""
        found = ["called"]
        for did, event, *_ in self.events:
            found += [did, f"{did} {_type(event)}"]
        return [*found, *(["ended"] if self.ended else [])]

    def lines(self) -> list[str]:
        """Tell it in short lines, safe to show."""
        first = f"{self.scope.get('type', 'wsgi')} {self.method} {self.path!r}"
        return [clean(shorten(line, SHOWN)) for line in [first, *self._told()]]

    def _told(self) -> list[str]:
        told = []
        for did, event, error, seconds in self.events:
            late = f" ({seconds:.1f} s)" if seconds >= 0.1 else ""
            told.append(f"{did} {_short(event)}{late}{f' -> {error}' if error else ''}")
        return [*told, self.ended or "still under way"]


@dataclass(frozen=True, slots=True)
class Observed:
    """Both views of one case."""

    interface: Interface
    connections: tuple[Connection, ...] = ()
    calls: tuple[Call, ...] = ()
    asked: bool = True
    """Whether the application could be asked what it saw."""
    notes: tuple[str, ...] = ()
    """What a play in `lifecycle.py` found out."""

    @property
    def wire(self) -> Connection:
        """The last connection, which most cases have only one of."""
        return self.connections[-1] if self.connections else Connection()

    @property
    def call(self) -> Call | None:
        """The first call, which most cases have only one of."""
        return self.calls[0] if self.calls else None


def wire_view(connection: Connection) -> list[str]:
    """Tell a connection in short lines, safe to show."""
    told = []
    for at, did, data in connection.log:
        what = f" {show_bytes(data, SHOWN)}" if data else ""
        told.append(f"{at:7.3f} s {clean(did)}{what}")
    return told


def _is_field(pair: Any) -> bool:
    two = isinstance(pair, list | tuple) and len(pair) == 2
    return two and all(isinstance(part, bytes) for part in pair)


def _foreign(value: Any) -> Iterator[str]:
    if isinstance(value, Foreign):
        yield value.type_name
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _foreign(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _foreign(each)


def _type(event: Any) -> str:
    return str(event.get("type", "")) if isinstance(event, Mapping) else ""


def _short(event: Any) -> str:
    if not isinstance(event, Mapping):
        return show_bytes(event, 60) if isinstance(event, bytes) else repr(event)
    rest = {key: value for key, value in event.items() if key != "type"}
    return f"{_type(event)} {rest!r}" if rest else _type(event)


def _piece(event: Any) -> bytes:
    if isinstance(event, Mapping):
        event = event.get("body", b"") if _type(event) == "http.request" else b""
    return event if isinstance(event, bytes) else b""


def _size(event: Any) -> int:
    if isinstance(event, Mapping):
        event = event.get("body", b"") if _type(event) == "http.request" else b""
    return len(event) if isinstance(event, bytes | Excerpt) else 0
