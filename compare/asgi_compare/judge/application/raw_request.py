"""Read a request as a client put it on the wire, from a file.

The file holds the request line, the fields, an empty line and the body. Lines may end
with a line feed alone, as editors write them. `Transfer-Encoding: chunked` is taken
apart; a request that upgrades to WebSocket becomes a conversation.
"""

from __future__ import annotations

from pathlib import Path

import h11

from asgi_compare.contract.parse import ExchangeError
from asgi_compare.contract.scenario import Conversation, Headers, Request
from asgi_compare.judge.application.probe import Asked

MOST = 120
"""Characters of an error that are shown; it may quote the whole file."""
FRAMING = (b"content-length", b"transfer-encoding")
HANDSHAKE = (b"upgrade", b"connection", b"sec-websocket-key", b"sec-websocket-version")


def read_request(path: str) -> Asked:
    """Read a file; raises `ExchangeError` if there is no request in it."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ExchangeError(
            f"Expected a file with a request, but {path!r} cannot be read "
            f"({error.strerror})."
        ) from error
    head, body = _parsed(_completed(_with_crlf(data)), path)
    headers: Headers = tuple((bytes(n), bytes(v)) for n, v in head.headers)
    words = ("--request", path)
    names = dict(headers)
    target = bytes(head.target)
    if names.get(b"upgrade", b"").lower() == b"websocket":
        kept = tuple(each for each in headers if each[0] not in HANDSHAKE)
        offered = names.get(b"sec-websocket-protocol", b"").decode("latin-1")
        subprotocols = tuple(each.strip() for each in offered.split(",") if each)
        kept = tuple(each for each in kept if each[0] != b"sec-websocket-protocol")
        talk = Conversation(target, kept, subprotocols, says=("hello",))
        return Asked(f"WebSocket {target.decode('latin-1')}", talk, words)
    method = head.method.decode("ascii")
    chunked = b"transfer-encoding" in names
    kept = tuple(each for each in headers if each[0] not in FRAMING)
    request = Request(method, target, kept, (body,) if body else (), chunked)
    return Asked(f"{method} {target.decode('latin-1')}", request, words)


def _with_crlf(data: bytes) -> bytes:
    """End the lines of the head as HTTP does, if they end as an editor's do."""
    if b"\r\n\r\n" in data:
        return data
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    return head.strip(b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def _completed(data: bytes) -> bytes:
    """Add what a client would have: a Host, and how long the body is."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    names = {line.partition(b":")[0].strip().lower() for line in lines[1:]}
    if b"host" not in names:
        lines.append(b"Host: 127.0.0.1:8000")
    if body and not names & set(FRAMING):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _parsed(data: bytes, path: str) -> tuple[h11.Request, bytes]:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    connection.receive_data(b"")
    body = b""
    head: h11.Request | None = None
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                break
    except h11.RemoteProtocolError as error:
        said = " ".join(str(error).split())
        said = said if len(said) <= MOST else said[:MOST] + "..."
        raise ExchangeError(
            f"Expected a request of HTTP/1.1 in {path!r}, but got something else: "
            f"{said}."
        ) from error
    if head is None:
        raise ExchangeError(f"Expected a request in {path!r}, but it is empty.")
    return head, body
