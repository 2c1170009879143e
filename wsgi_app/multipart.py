"""A multipart form, divided into its parts (RFC 7578, and RFC 2046 section 5.1).

The body is a row of parts, each with a few header fields of its own. Between them
stands a line that the client has chosen so that it occurs in none of them: the
boundary. It is told in the Content-Type of the request.

This is the plain way, for bodies that fit into memory. It knows nothing of requests.
"""

from email.message import Message
from typing import NamedTuple


class MalformedMultipart(ValueError):
    """The body cannot be divided; the message says what was expected."""


class Part(NamedTuple):
    """One field, or one file."""

    name: str
    filename: str | None
    """None for a field."""
    content_type: str
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """Give the boundary that a Content-Type names."""
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/form-data" or not boundary:
        raise MalformedMultipart(
            "Expected 'multipart/form-data' with a boundary, "
            f"but got {message['content-type']!r}."
        )
    return boundary.encode("latin-1")


def parts(body: bytes, boundary: bytes) -> list[Part]:
    """Divide `body`; raise `MalformedMultipart` if it is not whole."""
    # The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1), so
    # one is put before the first, which has none.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        closing = f"--{boundary.decode('latin-1')}--"
        raise MalformedMultipart(
            f"Expected the closing boundary {closing!r}, but the body ends without it."
        )
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, divider, content = piece.partition(b"\r\n\r\n")
    fields = Message()
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            fields[name.strip()] = value.strip()
    field = fields.get_param("name", header="content-disposition")
    if not divider or not isinstance(field, str):
        raise MalformedMultipart(
            "Expected a part with a Content-Disposition that has a name, "
            f"but got {head[:80]!r}."
        )
    return Part(field, fields.get_filename(), fields.get_content_type(), content)
