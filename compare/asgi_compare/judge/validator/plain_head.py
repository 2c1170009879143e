"""The first look at the head of a response.

`plain_head` vouches for a head of which the rules have nothing to say. Applications
send another head each time (another length, a date, an id), so it is taken field by
field: a status that asks for little, and fields of which the rules only say that they
are well formed, or whose very value the rule book was asked about.

    STATUSES  what a status asks of the fields; others are left to the rule book
    FREE      names whose values may be any text
    SINGLE    names that may be there once (`http/single-field-repeated`)

Of a field that is in none of the tables the book is asked, with a response that has
this field alone, and the answer is remembered. What does not pass is no finding; a
judge looks at it.

A part may be a read-only memoryview, which is equal to the bytes that it shows and has
their hash: so types are compared, also where something is known already.

A test plays the examples of all rules through the validator, and holds it to the book:
a new rule on a field that is free here is seen there.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.http.fields import SINGLE, TOKEN

REMEMBERED = 512
"""How many fields are remembered, and how many names."""
ONCE = {name: 1 << bit for bit, name in enumerate(sorted(SINGLE))}
LONGEST = 1000
"""How many bytes of a value and of a name; a long one is looked at each time."""
LARGEST = 10**18
"""No Content-Length above it is believed."""
LENGTH, LOCATION = ONCE[b"content-length"], ONCE[b"location"]

# By status: fields that must not be there, one that must, and how much content it may
# have whatever Content-Length says (RFC 9110 15.3.5 and 15.4.5).
STATUSES: dict[int, tuple[int, int, int | None]] = {
    **dict.fromkeys((200, 201, 202, 400, 403, 404, 409, 410, 422, 500), (0, 0, None)),
    **dict.fromkeys((301, 302, 307, 308), (0, LOCATION, None)),
    204: (LENGTH, 0, 0),
    304: (0, 0, 0),
}
FREE = frozenset(
    {
        b"accept-ranges",
        b"access-control-allow-origin",
        b"cache-control",
        b"content-encoding",
        b"content-type",
        b"location",
        b"server",
        b"vary",
    }
)
"""And all that begin with `x-`."""

Known = tuple[int, list[tuple[bytes, bytes]], int | None]
"""Status, fields, and the bytes of content that they promise; None leaves them open."""

_fields: dict[bytes, tuple[int, bool]] = {}
"""By name: its bit, if it is single, and whether its values are free."""
_pairs: set[tuple[bytes, bytes]] = set()
"""Fields of which the rule book had nothing to say."""
_last: Any = (None, None, None)
"""The head seen last, which is that of the next response where all are alike."""


def plain_head(status: Any, headers: Any) -> Known | None:
    """Return what is known of a head without fault; None if a judge must look at it.

    `headers` is a list or a tuple. It may raise, as what is in there may.
    """
    global _last
    if type(status) is not int and type(status) is not HTTPStatus:
        return None
    last: Known = _last
    if headers == last[1] and status == last[0]:
        for name, value in headers:
            if type(name) is not bytes or type(value) is not bytes:
                return None
    else:
        known = _taken_apart(status, headers)
        if known is None:
            return None
        _last = last = known
    return last


def _taken_apart(status: int, headers: Any) -> Known | None:
    if (asked := STATUSES.get(status)) is None:
        return None
    seen, needed, room = asked
    for pair in headers:
        if type(pair) is not tuple:
            # A pair may be a list. What is remembered must not change later.
            return (
                _taken_apart(status, _copied(headers)) if type(pair) is list else None
            )
        name, value = pair
        if type(name) is not bytes or type(value) is not bytes:
            return None
        try:
            bit, free = _fields[name]
        except KeyError:
            bit, free = _field(name)
        if seen & bit:
            return None
        seen |= bit
        if bit == LENGTH:
            if not value.isdigit() or (size := int(value)) > LARGEST:
                return None
            if room is None:
                room = size
        elif not (free and _is_clear(value)) and not _is_fine(name, value):
            return None
    if needed and not seen & needed:
        return None
    return status, [*headers], room


def _copied(headers: Any) -> list[Any]:
    return [tuple(pair) if type(pair) is list else pair for pair in headers]


def _field(name: bytes) -> tuple[int, bool]:
    """Look a name up for the first time, and remember it."""
    prefixed = name[:2] == b"x-" and TOKEN.fullmatch(name) and name == name.lower()
    found = ONCE.get(name, 0), bool(name in FREE or prefixed)
    if len(name) <= LONGEST:
        if len(_fields) >= REMEMBERED:
            _fields.clear()
        _fields[name] = found
    return found


def _is_clear(value: bytes) -> bool:
    """Whether a value has no control characters, and no blanks around it."""
    return value.isascii() and value.decode().isprintable() and value.strip() == value


def _is_fine(name: bytes, value: bytes) -> bool:
    """Return whether a field has no fault by itself; remember it."""
    if (name, value) not in _pairs:
        judge = HttpJudge({"type": "http", "method": "GET"})
        start = {"type": "http.response.start", "status": 200}
        if judge.sent({**start, "headers": [(name, value)]}) or judge.notes:
            return False
        if len(name) + len(value) <= LONGEST:
            if len(_pairs) >= REMEMBERED:
                _pairs.clear()
            _pairs.add((name, value))
    return True
