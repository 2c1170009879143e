"""One value of an event, as one line of text that is safe to show.

Values come from applications and may be anything: an event that is no dict, a header
that is no pair, an object whose `repr` raises. All of them give a line, and none gives
an exception. What ASGI and WSGI say about bytes and text stays to be seen: a byte
string is written `b'...'`, a Unicode string `'...'`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asgi_compare.model.sanitize import LIMIT, clean, shorten, show_bytes
from asgi_compare.model.transcript import Excerpt

DEPTH = 4
"""Levels of dicts and lists that are shown."""


def show_value(value: Any, limit: int = LIMIT, depth: int = DEPTH) -> str:
    """Show any value in one line, cut after about `limit` characters."""
    if isinstance(value, Excerpt):
        return show_bytes(value.head, limit, length=value.length)
    if isinstance(value, bytes | bytearray | memoryview):
        return show_bytes(bytes(value), limit)
    if isinstance(value, str):
        return clean(_quoted(value, limit))
    if isinstance(value, Mapping) and depth:
        shown = (
            f"{show_value(k, limit, depth - 1)}: {show_value(v, limit, depth - 1)}"
            for k, v in value.items()
        )
        return shorten("{" + ", ".join(shown) + "}", limit)
    if isinstance(value, list | tuple) and depth:
        inside = ", ".join(show_value(v, limit, depth - 1) for v in value)
        return shorten(f"[{inside}]", limit)
    return clean(shorten(_repr(value), limit))


def show_field(pair: Any, part: type = bytes) -> str:
    """Show one header field as `name: value`, or as it is if it is not one.

    On ASGI both parts are byte strings, on WSGI both are native strings. What is not is
    written as Python would write it, so that `'a': b'b'` is not taken for `a: b`.
    """
    if isinstance(pair, list | tuple) and len(pair) == 2:
        show = _field_part if all(isinstance(p, part) for p in pair) else show_value
        return f"{show(pair[0])}: {show(pair[1])}"
    return show_value(pair)


def show_fields(value: Any, kind: str = "", most: int = 40) -> str:
    """Show the header fields of an event of this type in one line."""
    part = str if kind == "start_response" else bytes
    return "[" + ", ".join(show_field(pair, part) for pair in value[:most]) + "]"


def is_fields(value: Any) -> bool:
    """Return whether a value looks like a list of header fields."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value)
    )


def _field_part(part: bytes | str) -> str:
    # RFC 9110, section 5.5: what is not ASCII in a field is opaque. Latin-1 shows each
    # octet as one character, which is also what WSGI makes of it.
    return clean(shorten(part if isinstance(part, str) else part.decode("latin-1")))


def _quoted(value: str, limit: int) -> str:
    if len(value) <= limit:
        return repr(value)
    return f"{value[:limit]!r}… ({len(value):,} characters)"


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # whatever an application's own `__repr__` may raise
        return f"<{type(value).__name__}>"
