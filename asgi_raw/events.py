"""Reading requests and writing responses, event by event.

A request's body comes in as "http.request" events, a response goes out as one
"http.response.start" and then "http.response.body" events. The functions here turn
events into what an endpoint wants to have, and back.

Who adds which header to a response:

    content-type        the application
    content-length      the application, if it knows the length (`respond` does).
                        Without it the server marks the end in its own way: by the
                        chunked coding in HTTP/1.1, by closing in HTTP/1.0
    transfer-encoding,  the server, which ignores ours
    connection
    date, server        most servers, by themselves
    all others          the application
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

Scope = dict[str, Any]
Event = dict[str, Any]
"""A dict with a "type". It is made of byte strings and of what JSON knows, so that it
could be sent over a network (ASGI, "Events"). A byte string is `bytes`, a Unicode
string is `str`, and neither will do for the other (ASGI, "Strings and Unicode")."""
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""One coroutine function with three arguments (ASGI, "Applications")."""

Headers = Iterable[tuple[bytes, bytes]]
"""Pairs of byte strings, names in lower case; any iterable of pairs will do (www,
"Response Start")."""

TEXT = (b"content-type", b"text/plain; charset=utf-8")
JSON = (b"content-type", b"application/json")
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
"""What a number may look like: float() takes "nan", "1_0" and "inf" as well."""
WITHOUT_BODY = frozenset({204, 304})
"""Statuses whose responses have no body (RFC 9110, 15.3.5 and 15.4.5)."""


class ClientDisconnected(Exception):
    """The client has left before its request was whole."""


class BadRequest(Exception):
    """The client has sent something that cannot be used; the message says what."""


# Reading --------------------------------------------------------------------------


async def read_body(receive: Receive) -> bytes:
    """Wait until the request is whole, and return its body.

    Raise `ClientDisconnected` if the client leaves before that.
    """
    return b"".join([piece async for piece in body_pieces(receive)])


async def request_is_whole(receive: Receive) -> None:
    """Wait for the same, and keep nothing of the body, however long it is."""
    async for _ in body_pieces(receive):
        pass


async def body_pieces(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the pieces of the body as they arrive."""
    more = True
    while more:
        piece, more = await read_piece(receive)
        yield piece


async def read_piece(receive: Receive) -> tuple[bytes, bool]:
    """Return the next piece of the body, and whether there is another one."""
    event = await receive()
    if event["type"] == "http.request":
        # Both keys are optional (www, "Request"): no body is an empty one, and an
        # event that does not announce more is the last one.
        return event.get("body", b""), event.get("more_body", False)
    if event["type"] == "http.disconnect":
        raise ClientDisconnected
    # An application that gets an invalid event should raise (ASGI, "Error Handling").
    # Keys that we do not know make no event invalid: nobody looks for them.
    raise ValueError(f"Expected 'http.request', but got {event['type']!r}.")


async def client_left(receive: Receive) -> None:
    """Wait for "http.disconnect"; to be run beside something that takes time.

    The request must have been read: then nothing else can come. While the response is
    not complete, it means that the client has left, and from then on, or even a little
    earlier, `send` should raise (www, "Disconnect"). It comes after a complete response
    too, whether the client is still there or not.
    """
    while (await receive())["type"] != "http.disconnect":
        pass


def watch(receive: Receive) -> asyncio.Task[None]:
    """Wait for the client to leave in a task of its own; cancel it in the end."""
    return asyncio.create_task(client_left(receive))


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the value of a request header, several joined as RFC 9110, 5.2 allows.

    It stays a byte string, exactly as it was sent: what its bytes mean is for whoever
    asks for it to know (www, "WSGI encoding differences").
    """
    # Servers should lower-case names, but they need not (www, "HTTP Connection Scope").
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return b", ".join(values) if values else None


def query(scope: Scope) -> list[tuple[str, str]]:
    """Return the query parameters in order, percent-decoded, then decoded as UTF-8."""
    # HTTP always has a query string, be it empty; for a WebSocket the key may be
    # missing, or None (www, "Websocket Connection Scope").
    encoded: bytes = scope.get("query_string") or b""
    return parameters(encoded)


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Decode names and values as they stand in a query string, or in a form's body."""
    # All should be ASCII. Some clients send the UTF-8 itself, and are understood.
    text = encoded.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def number(scope: Scope, name: str, default: float) -> float:
    """Return a query parameter as a number; raise `BadRequest` if it is none."""
    value = dict(query(scope)).get(name, str(default))
    if not NUMBER.fullmatch(value):
        raise BadRequest(f"Expected a number for {name!r}, but got {value!r}.")
    return float(value)


def spec_version(scope: Scope) -> tuple[int, ...]:
    """Return the version of the events that the server understands.

    What came with a later one must not be used (www, "Spec Versions").
    """
    # Without an entry it is 2.0 (ASGI, "Applications"; www, "HTTP Connection Scope").
    version: str = scope.get("asgi", {}).get("spec_version", "2.0")
    return tuple(int(number) for number in version.split("."))


# Writing --------------------------------------------------------------------------


async def respond(
    send: Send, body: bytes, status: int = 200, headers: Headers = (TEXT,)
) -> None:
    """Send a whole response: its start, and its body as one event."""
    framing: Headers = ()
    if status not in WITHOUT_BODY:
        # With a Content-Length the server need not resort to the chunked coding, and
        # the client can tell a whole response from a broken one (RFC 9110, 8.6).
        framing = ((b"content-length", b"%d" % len(body)),)
    await start(send, status, (*headers, *framing))
    await send({"type": "http.response.body", "body": body})


async def text(
    send: Send, content: str, status: int = 200, headers: Headers = ()
) -> None:
    """Send a plain text response."""
    await respond(send, content.encode(), status, (TEXT, *headers))


async def json_object(
    send: Send, content: object, status: int = 200, headers: Headers = ()
) -> None:
    """Send a JSON response; JSON is always UTF-8, so it names no charset."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    await respond(send, body.encode(), status, (JSON, *headers))


async def start(send: Send, status: int, headers: Headers) -> None:
    """Send the start of a response; a piece or the end must follow.

    The status is an integer, without a phrase; the server knows the phrases. Nothing
    here says how the body is framed: Transfer-Encoding is the server's business, and it
    ignores ours (www, "Response Start"). The server may hold the start back until the
    first piece, so a start alone is not a sign of life.
    """
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def piece(send: Send, body: bytes) -> None:
    """Send a piece of a response's body that is not the last (www, "Response Body").

    It returns when the server has taken it, which may be late if the client reads
    slowly. It should raise OSError if the client has left (www, "Disconnected Client"),
    and not every server does. Do not catch it: the server knows what it means.
    """
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def end(send: Send) -> None:
    """End a response that was sent in pieces."""
    await send({"type": "http.response.body", "body": b""})
