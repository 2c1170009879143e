"""A multipart form, divided into its parts (RFC 7578, and RFC 2046 section 5.1).

The body is a row of parts, each with a few header fields of its own. Between them
stands a line that the client has chosen so that it occurs in none of them: the
boundary. It is told in the Content-Type of the request.

This is the plain way, for bodies that fit into memory.
"""

import re
from typing import NamedTuple

PARAMETER = re.compile(
    r"""; [ \t]* ([-!#$%&'*+.^_`|~0-9A-Za-z]+) =
        (?: "( (?: [^"\\] | \\. )* )" | ([^;]*) )""",
    re.VERBOSE,
)
"""A parameter of a header field: a name, and a value in quotes or not (RFC 9110,
5.6.6). A quote within quotes has a backslash before it."""


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
    """Return the boundary that a Content-Type names."""
    boundary = parameters(content_type).get("boundary")
    if media_type(content_type) != "multipart/form-data" or not boundary:
        raise MalformedMultipart(
            f"Expected 'multipart/form-data' with a boundary, but got {content_type!r}."
        )
    return boundary.encode("latin-1")


def parts(body: bytes, boundary: bytes) -> list[Part]:
    """Divide `body`; raise `MalformedMultipart` if it is not whole."""
    # The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1), so
    # one is put before the first, which has none. What stands before that is no part.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]
    # The last boundary has two hyphens more, and what follows is no part either.
    ends = [number for number, piece in enumerate(pieces) if piece.startswith(b"--")]
    if not ends:
        closing = f"--{boundary.decode('latin-1')}--"
        raise MalformedMultipart(
            f"Expected the closing boundary {closing!r}, but the body ends without it."
        )
    return [_part(piece) for piece in pieces[: ends[0]]]


def _part(piece: bytes) -> Part:
    head, divider, content = piece.partition(b"\r\n\r\n")
    fields: dict[str, str] = {}
    # The first line is the rest of the boundary's. Names of files come as they are, in
    # UTF-8 (RFC 7578, 4.2).
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    disposition = parameters(fields.get("content-disposition", ""))
    if not divider or "name" not in disposition:
        raise MalformedMultipart(
            "Expected a part with a Content-Disposition that has a name, "
            f"but got {head[:80]!r}."
        )
    kind = media_type(fields.get("content-type", "text/plain"))  # RFC 7578, 4.4
    return Part(disposition["name"], disposition.get("filename"), kind, content)


def media_type(field: str) -> str:
    """Return a Content-Type without its parameters; case makes no difference."""
    return field.partition(";")[0].strip().lower()


def parameters(field: str) -> dict[str, str]:
    """Return the parameters of a header field by name."""
    return {
        name.lower(): re.sub(r'\\(["\\])', r"\1", quoted) or plain.strip()
        for name, quoted, plain in PARAMETER.findall(field)
    }
