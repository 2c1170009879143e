"""STAGE 3, beside the drivers: what the client makes of what the application sent.

Between the two stands the server with duties of its own. It drops the body of an
answer that has none, whatever the application sent. It sends no more bytes than were
announced. It answers in the application's place when that has failed. A client sees
only the outcome; this module works it out, alike for ASGI and WSGI.

This module does not know the interfaces.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from compare.drivers.recorder import joined
from compare.transcript import Excerpt, Response

Headers = tuple[tuple[bytes, bytes], ...]


def phrase(status: int) -> str:
    """Give the reason phrase that servers write for a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


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
    headers = tuple(each for each in headers if each[0] != b"transfer-encoding")
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
    sizes = tuple(len(each) for each in pieces if len(each))
    return Response(status, reason, headers, body, sizes, complete)


def _length(headers: Headers) -> int | None:
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None
