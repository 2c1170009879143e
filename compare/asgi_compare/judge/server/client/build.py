"""The bytes of requests, built so that a case shows only what is odd in it.

Nothing here checks what it is given: a broken request is built as readily as a good
one.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Check, Hear, Level, Say, Step, Text

CRLF = b"\r\n"
CLOSE = b"Connection: close"
CHUNKED = b"Transfer-Encoding: chunked"
LAST = b"0\r\n\r\n"
"""The last chunk, and no trailer section."""


def request(
    *fields: bytes,
    method: bytes = b"GET",
    target: bytes = b"/<case>",
    version: bytes = b"HTTP/1.1",
    host: bytes | None = b"Host: <host>",
    body: bytes = b"",
) -> bytes:
    """Return the bytes of a request; each field is a line without its end."""
    first = b" ".join((method, target, version))
    lines = [first, *([host] if host is not None else []), *fields]
    return CRLF.join(lines) + CRLF + CRLF + body


def handshake() -> bytes:
    """Return the bytes of a WebSocket handshake, with the key of RFC 6455, 1.3."""
    return request(
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version: 13",
    )


def post(*fields: bytes, body: bytes = b"", target: bytes = b"/<case>") -> bytes:
    """Return the bytes of a POST with just these fields besides Host."""
    return request(*fields, method=b"POST", target=target, body=body)


def sized(body: bytes, *fields: bytes) -> bytes:
    """Return the bytes of a POST with a Content-Length that is true."""
    return post(b"Content-Length: %d" % len(body), *fields, body=body)


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """Return one chunk."""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def second(*fields: bytes) -> bytes:
    """Return a plain request that comes after another on the same connection."""
    return request(*(fields or (CLOSE,)), target=b"/<case>/second")


def case(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    data: bytes,
    *checks: Check,
    danger: bool = False,
) -> Case:
    """Return the most usual case: send these bytes, wait for an answer, and look."""
    steps: tuple[Step, ...] = (Say(data), Hear())
    return Case(name, level, shows, text, steps, checks, danger=danger)
