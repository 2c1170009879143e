"""The first look at what `start_response` is called with.

The same as `plain_head`, for WSGI: a status that asks for little, and fields of which
the rules only say that they are well formed, or of which the rule book was asked, with
a response that has this field alone. The tables are those of `plain_head`; but headers
are native strings here, PEP 3333 allows no control characters at all in them, and the
status is a text, of which the book is asked once.

What does not pass is no finding; a judge looks at it.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge, status_of
from asgi_compare.judge.rules.wsgi.start_headers import TOKEN
from asgi_compare.judge.validator.plain_head import (
    FREE,
    LARGEST,
    LENGTH,
    LONGEST,
    ONCE,
    REMEMBERED,
    STATUSES,
)

Asked = tuple[int, int, int | None]
Known = tuple[str, list[tuple[str, str]], int | None]
"""Status, headers, and the bytes of content that they promise; None leaves it open."""

_asked: dict[str, Asked | None] = {}
"""By status: the row of `STATUSES`; None where the book is to be opened."""
_fields: dict[str, tuple[int, bool]] = {}
"""By name: its bit, if it is single, and whether its values are free."""
_pairs: set[tuple[str, str]] = set()
"""Fields of which the rule book had nothing to say."""
_last: Any = (None, None, None)
"""What was seen last, which comes again where all responses are alike."""


def plain_start(status: Any, headers: Any) -> Known | None:
    """Return what is known of a start without fault; None if a judge must look at it.

    `headers` is a list. It may raise, as what is in there may.
    """
    global _last
    last: Known = _last  # read once: other threads write it
    if headers != last[1] or status != last[0]:
        known = _taken_apart(status, headers)
        if known is None:
            return None
        _last = last = known
    return last


def _taken_apart(status: Any, headers: Any) -> Known | None:
    if type(status) is not str:
        return None
    try:
        asked = _asked[status]
    except KeyError:
        asked = _ask(status)
    if asked is None:
        return None
    seen, needed, room = asked
    for pair in headers:
        if type(pair) is not tuple:
            return None
        name, value = pair
        if type(name) is not str or type(value) is not str:
            return None
        try:
            bit, free = _fields[name]
        except KeyError:
            bit, free = _field(name)
        if seen & bit:
            return None
        seen |= bit
        # Some texts are digits and not ASCII.
        if bit == LENGTH and value.isascii():
            if not value.isdigit() or (size := int(value)) > LARGEST:
                return None
            if room is None:
                room = size
        elif not (free and _is_clear(value)) and not _is_fine(name, value):
            return None
    if needed and not seen & needed:
        return None
    return status, [*headers], room


def _is_clear(value: str) -> bool:
    """Whether a value has no control characters, and no blanks around it."""
    return value.isascii() and value.isprintable() and value.strip(" ") == value


def _ask(status: str) -> Asked | None:
    """Ask the book about a status with no headers; remember the answer."""
    found = STATUSES.get(status_of(status) or 0)
    # A redirect asks for a header; so the text of it is asked about with that.
    if found is not None and not _is_silent(status, [("Location", "/")]):
        found = None
    if len(status) <= LONGEST:
        if len(_asked) >= REMEMBERED:
            _asked.clear()
        _asked[status] = found
    return found


def _field(name: str) -> tuple[int, bool]:
    """Look a name up for the first time, and remember it."""
    lower = name.lower().encode("latin-1", "replace")
    prefixed = lower[:2] == b"x-" and TOKEN.fullmatch(name)
    found = ONCE.get(lower, 0), bool(lower in FREE or prefixed)
    if len(name) <= LONGEST:
        if len(_fields) >= REMEMBERED:
            _fields.clear()
        _fields[name] = found
    return found


def _is_fine(name: str, value: str) -> bool:
    """Whether a field has no fault by itself; remember it."""
    if (name, value) not in _pairs:
        if not _is_silent("200 OK", [(name, value)]):
            return False
        if len(name) + len(value) <= LONGEST:
            if len(_pairs) >= REMEMBERED:
                _pairs.clear()
            _pairs.add((name, value))
    return True


def _is_silent(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether the rule book has nothing to say of such a response."""
    # A HEAD: the content is not what is asked about.
    judge = WsgiJudge({"REQUEST_METHOD": "HEAD"})
    start = {"type": "start_response", "status": status, "response_headers": headers}
    found = judge.sent(start) or judge.sent({"type": "yield", "body": b"x"})
    return not found and not judge.notes
