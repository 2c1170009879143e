"""One HTTP response, as far as the application has sent it.

ASGI (`http.response.*`, and `websocket.http.response.*` for a refusal) and WSGI
(`start_response` and the iterable) say the same in different words. A `Response` is
what the rules of HTTP look at in all three.
"""

from __future__ import annotations

import sys
from typing import Literal, NamedTuple

from asgi_compare.judge.rules.engine.values import is_a

Field = tuple[bytes, bytes]

NO_CONTENT = frozenset({204, 205, 304})
"""Statuses whose response holds no content (RFC 9110 15.3.5, 15.3.6, 15.4.5)."""
ENDS_WITH_HEAD = frozenset({204, 304})
"""Those of them that end with their head, whatever Content-Length says (RFC 9112 6.3).
After that of a 205 a client waits for as much content as it says."""


UNBOUNDED = sys.maxsize
"""More than any content has; an int, since comparing with a float takes longer."""


class Head(NamedTuple):
    """The status and the fields that could be read, names lower-cased."""

    status: int | None
    fields: tuple[Field, ...]
    length: int | None
    """The one Content-Length; None if there is none, or none that can be believed."""
    least: int = 0
    """Content bytes that this promises at least, if the method is not HEAD."""
    most: int = UNBOUNDED
    hidden: bool = False
    """There may be fields that could not be looked at."""

    def values(self, name: bytes) -> list[bytes]:
        """Return all values of one field, in order."""
        return [value for key, value in self.fields if key == name]

    def lacks(self, name: bytes) -> bool:
        """Whether a field is certainly not there."""
        return not self.hidden and not self.values(name)


def head_of(
    status: int | None, fields: tuple[Field, ...], hidden: bool = False
) -> Head:
    """Make a head; read its Content-Length if there is exactly one sensible value."""
    values = {value for key, value in fields if key == b"content-length"}
    length = None
    if len(values) == 1:
        value = values.pop()
        if value.isdigit() and len(value) < 20:
            length = int(value)
    least = 0 if length is None or status in ENDS_WITH_HEAD else length
    most = UNBOUNDED if length is None else length
    if status in NO_CONTENT:
        most = 0
    return Head(status, fields, length, least, most, hidden)


NO_HEAD = Head(None, (), None)

Phase = Literal["waiting", "body", "trailers", "done"]


class Response:
    """Where one response stands."""

    # Defaults stand on the class, so that a response costs little until it begins.
    head = NO_HEAD
    phase: Phase = "waiting"
    announces_trailers = False
    length = 0
    """Content bytes so far."""
    least = 0
    """Content bytes that the head promises at least; see `begin`."""
    most: int = UNBOUNDED
    counted = True
    """False once content was sent whose length the events do not tell."""
    has_body = False
    """At least one body event has come."""
    path_sent = False
    doubtful = False
    """The start was not valid, so that the server may have refused it."""

    def __init__(self, method: object) -> None:
        self.method = method if is_a(method, str) else None

    def begin(self, head: Head) -> None:
        """Take the head, and note what it says about the length of the content.

        With HEAD, Content-Length is that of the GET (RFC 9110 9.3.2), with 304 that of
        the 200 (15.4.5): it promises nothing of what the application sends.
        """
        self.head = head
        self.phase = "body"
        if self.method != "HEAD":
            self.least = head.least
            self.most = head.most
