"""Reading requests and writing responses.

A request's head comes in as a dict of native strings and its body as a file; a response
goes out as a call of `start_response` and an iterable of byte strings. The functions
here turn the first into what an endpoint wants to have, and make the second out of what
it answers. They do not know any endpoint.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Environ = WSGIEnvironment
Body = Iterable[bytes]
Application = WSGIApplication

Headers = Iterable[tuple[str, str]]
"""Pairs of native strings: Unicode in type, latin-1 in content (PEP, "A Note On String
Types")."""

TEXT = ("content-type", "text/plain; charset=utf-8")
JSON = ("content-type", "application/json")
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
"""What a number may look like: float() takes "nan", "1_0" and "inf" as well."""
WITHOUT_BODY = frozenset({204, 304})
"""Statuses whose responses have no body (RFC 9110, 15.3.5 and 15.4.5)."""

PHRASES = {status.value: status.phrase for status in HTTPStatus}
PIECE = 1 << 16
"""Bytes to be read at a time."""


class ClientDisconnected(Exception):
    """The client has left before its request was whole."""


class BadRequest(Exception):
    """The client has sent something that cannot be used; the message says what."""


# Reading --------------------------------------------------------------------------


def decoded(native: str) -> str:
    """Decode a native string as the UTF-8 that it holds in disguise.

    Each of its characters is one byte (PEP, "Unicode Issues"). Bytes that are no UTF-8
    are replaced: a path has to become a Unicode string somehow.
    """
    return native.encode("latin-1").decode("utf-8", "replace")


def path_below_root(environ: Environ) -> str:
    """Return the path as it is below the place where the server has mounted us.

    The server has undone the percent-encoding. PATH_INFO may be empty, or not be there:
    that is the place itself (PEP, "environ Variables").
    """
    return decoded(environ.get("PATH_INFO", "")) or "/"


def query(environ: Environ) -> list[tuple[str, str]]:
    """Return the query parameters in order, percent-decoded, then decoded as UTF-8."""
    # It may be empty, or not be there (PEP, "environ Variables"). Nobody has undone
    # its percent-encoding.
    return parameters(environ.get("QUERY_STRING", "").encode("latin-1"))


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Decode names and values as they stand in a query string, or in a form's body."""
    # All should be ASCII. Some clients send the UTF-8 itself, and are understood.
    text = encoded.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def number(environ: Environ, name: str, default: float) -> float:
    """Return a query parameter as a number; raise `BadRequest` if it is none."""
    value = dict(query(environ)).get(name, str(default))
    if not NUMBER.fullmatch(value):
        raise BadRequest(f"Expected a number for {name!r}, but got {value!r}.")
    return float(value)


def request_headers(environ: Environ) -> list[tuple[str, str]]:
    """Return the request's header fields, as far as they have survived.

    A variable's name is the field's, in upper case, with "_" for "-" and "HTTP_" before
    it; two fields have none. So the case of a name is lost, and whether it had "-" or
    "_"; a repeated field is one variable, whose value the server has joined.
    """
    without_prefix = ("CONTENT_TYPE", "CONTENT_LENGTH")
    return [
        (key.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for key, value in environ.items()
        # These two may also be empty, which means the same as not being there.
        if key.startswith("HTTP_") or (key in without_prefix and value)
    ]


def read_body(environ: Environ) -> bytes:
    """Read the whole body; raises `ClientDisconnected` if the client leaves first."""
    return b"".join(body_pieces(environ))


def body_pieces(environ: Environ) -> Iterator[bytes]:
    """Return the body in pieces, for whoever need not have it whole."""
    announced = environ.get("CONTENT_LENGTH")
    if announced:
        yield from _pieces_of_length(environ, int(announced))
    elif environ.get("wsgi.input_terminated"):
        # Nobody knows how long the body is (the chunked coding), but the server
        # promises that the file ends where the body does. That promise came after the
        # PEP; gunicorn, waitress and others give it.
        while piece := environ["wsgi.input"].read(PIECE):
            yield piece
    # Without either, there is no telling the end: a read could wait for bytes that will
    # never come. So for us the body is empty (PEP, "environ Variables", on
    # CONTENT_LENGTH: it "may be empty or absent").


def _pieces_of_length(environ: Environ, missing: int) -> Iterator[bytes]:
    while missing > 0:
        # Never past the end: the file may be the connection itself, and what follows
        # is the next request, if anything (PEP, "Input and Error Streams").
        piece = environ["wsgi.input"].read(min(missing, PIECE))
        if not piece:
            raise ClientDisconnected(
                f"Expected {missing} bytes more, but the body ended."
            )
        missing -= len(piece)
        yield piece


# Writing --------------------------------------------------------------------------


class ClosingBody:
    """Blocks, with something to do when the server is done with them.

    A generator with `finally` is shorter, but its `close()` does nothing if nobody has
    asked for a first block. This one always works: the server must call it, whether the
    response is complete or not (PEP, "Specification Details").
    """

    def __init__(self, blocks: Body, close: Callable[[], object]) -> None:
        self.blocks, self._close = blocks, close

    def __iter__(self) -> Iterator[bytes]:
        """Return the blocks, one by one: none is joined, none is kept back."""
        return iter(self.blocks)

    def close(self) -> None:
        """Do it."""
        self._close()


def close(body: Body) -> None:
    """Close what an application has returned, if there is anything to close."""
    if hasattr(body, "close"):
        body.close()


def status_line(status: int) -> str:
    """Return the status as a string: the code, one blank, and a phrase."""
    # No more than that: no blanks around it, no line break, and a phrase there must be
    # (PEP, "The start_response() Callable").
    return f"{status} {PHRASES.get(status, 'Unknown')}"


def respond(
    start_response: StartResponse,
    body: bytes,
    status: int = 200,
    headers: Headers = (TEXT,),
) -> Body:
    """Start a response, and give the body that the endpoint must return."""
    framing: Headers = ()
    if status not in WITHOUT_BODY:
        # A server may work it out for a list of one block, and only then (PEP,
        # "Handling the Content-Length Header"). The client can tell a whole response
        # from a broken one by it (RFC 9110, 8.6).
        framing = (("content-length", str(len(body))),)
    # A list, and nothing like one; Connection and Transfer-Encoding are the server's
    # and must not be in it (PEP, "The start_response() Callable").
    start_response(status_line(status), [*headers, *framing])
    # A list of one block, be it empty. A byte string is an iterable too, but one of
    # numbers (PEP, "Buffering and Streaming").
    return [body]


def text(
    start_response: StartResponse,
    content: str,
    status: int = 200,
    headers: Headers = (),
) -> Body:
    """Answer with plain text."""
    return respond(start_response, content.encode(), status, (TEXT, *headers))


def json_object(
    start_response: StartResponse,
    content: object,
    status: int = 200,
    headers: Headers = (),
) -> Body:
    """Answer with JSON; it is always UTF-8, so it names no charset."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return respond(start_response, body.encode(), status, (JSON, *headers))
