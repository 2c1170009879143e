"""What the client makes of what the application sent.

Between the two stands the server with duties of its own. It drops the body of an
answer that has none, whatever the application sent. It sends no more bytes than were
announced. It answers in the application's place when that has failed. A client sees
only the outcome; this module works it out, alike for ASGI and WSGI.

Last come a look at the headers of ASGI, and two at what a WSGI application gives.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from itertools import islice
from typing import Any

from asgi_compare.drive.in_process.recorder import joined
from asgi_compare.model.transcript import Excerpt, Response

Headers = tuple[tuple[bytes, bytes], ...]


PHRASES = {status.value: status.phrase for status in HTTPStatus}


def phrase(status: int) -> str:
    """Return the reason phrase that servers write for a status."""
    return PHRASES.get(status, "")


def refusal(status: int, body: bytes = b"") -> Response:
    """Make the answer that a server gives in the application's place."""
    headers: Headers = ((b"content-length", b"%d" % len(body)),)
    if body:
        headers = ((b"content-type", b"text/plain; charset=utf-8"), *headers)
    pieces = (len(body),) if body else ()
    return Response(status, phrase(status), headers, body, pieces)


def server_error(method: str = "GET") -> Response:
    """Make the answer to a request at which the application has failed."""
    full = refusal(500, b"Internal Server Error")
    return replace(full, body=b"", pieces=()) if method == "HEAD" else full


def response(
    method: str,
    status: int,
    reason: str,
    headers: Headers,
    pieces: list[bytes | Excerpt],
    complete: bool,
    digest: Any = None,
) -> Response:
    """Put together the answer that the client got."""
    # www, "Response Start": the server must ignore the application's Transfer-Encoding.
    headers = tuple([each for each in headers if each[0] != b"transfer-encoding"])
    # RFC 9110 9.3.2 (HEAD), 15.3.5 (204), 15.4.5 (304): no content; and 15.2 for 1xx.
    if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
        return Response(status, reason, headers, complete=complete)
    body = joined(pieces, digest)
    announced = _length(headers)
    if announced is not None and len(body) != announced:
        # RFC 9112 6.3: the body ends where Content-Length says, or is incomplete.
        complete = complete and len(body) > announced
        if isinstance(body, bytes):
            body = body[:announced]
    sizes = tuple([len(each) for each in pieces if len(each)])
    return Response(status, reason, headers, body, sizes, complete)


def _length(headers: Headers) -> int | None:
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None


AS_IT_IS = (tuple, list, str, bytes, bytearray, dict)
"""A header that is one of these can be read again, or is no pair at all."""
NO_HEADERS = (str, bytes, bytearray, dict)
"""Iterables that hold no pairs, and stay what they are in the record."""
LONGEST_PAIR = 10
"""How much of any other is written down; an iterator may have no end."""
MOST_HEADERS = 10_000
"""How many are read, for the same reason; no server and no client takes as many."""
NO_PAIR = "Expected a pair of byte strings, but got {0!r}."
TOO_MANY = f"Expected at most {MOST_HEADERS:,} header fields, but got more."


def written_out(headers: Any) -> list[Any]:
    """Write the headers of an ASGI event down so that they can be read again.

    Each is an iterable of two (www, "Response Start"); an iterator can be read once.
    """
    return [
        pair if isinstance(pair, AS_IT_IS) else [*islice(pair, LONGEST_PAIR)]
        for pair in islice(headers, MOST_HEADERS + 1)
    ]


def readable(event: Any) -> Any:
    """Return an event whose headers can be read again, and grow no more."""
    if not isinstance(event, dict) or "headers" not in event:
        return event
    headers = event["headers"]
    if type(headers) is tuple and all([isinstance(pair, AS_IT_IS) for pair in headers]):
        return event
    if type(headers) is not list and isinstance(headers, NO_HEADERS):
        return event
    try:
        return {**event, "headers": written_out(headers)}
    except Exception:  # they are no headers at all
        return event


def check_pairs(headers: Any) -> None:
    """Refuse what a server could not send, as a server would."""
    for number, (name, value) in enumerate(headers):
        if number == MOST_HEADERS:
            raise ValueError(TOO_MANY)
        if type(name) is not bytes or type(value) is not bytes:
            raise TypeError(NO_PAIR.format((name, value)))


def encoded(status: Any, headers: Any) -> Headers:
    """Check what start_response() was given, as far as it can be sent at all."""
    if not isinstance(status, str) or not status[:3].isdecimal():
        raise AssertionError(f"Expected a status such as '200 OK', got {status!r}.")
    if not isinstance(headers, list):
        raise AssertionError(f"Expected the headers as a list, but got {headers!r}.")
    for pair in headers:
        if not isinstance(pair, tuple) or [type(each) for each in pair] != [str, str]:
            raise AssertionError(f"Expected a pair of strings, but got {pair!r}.")
    # "Unicode Issues": strings that stand for bytes, latin-1.
    return tuple(
        (name.encode("latin-1").lower(), value.encode("latin-1"))
        for name, value in headers
    )


def returned(iterable: Any) -> dict[str, Any]:
    """Write down what a WSGI application has returned, as far as a server sees it."""
    kind = type(iterable)
    length = None
    if hasattr(kind, "__len__"):
        with suppress(Exception):  # "If a call to len(iterable) succeeds"
            length = len(iterable)
    return {
        "type": "return",
        "iterable": hasattr(kind, "__iter__") or hasattr(kind, "__getitem__"),
        "len": length,
        "close": hasattr(iterable, "close"),
    }
