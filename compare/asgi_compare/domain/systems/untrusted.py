"""Read JSON that somebody else wrote, and say in one sentence what is wrong with it.

What a client sends may be anything: not UTF-8, not JSON, a list, a number with a
million digits, half of a surrogate pair. None of it may raise further in. A message is
read in two steps: `read_object` gives a dictionary, `read_fields` the fields that the
caller has a row for. Both give a `Refused` where that is not possible.
"""

import json
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that JavaScript can tell from its neighbours."""

NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters but tab and line feed, and halves of surrogate pairs.

JSON can carry both as escapes. A database may refuse the first, and the second cannot
be encoded as UTF-8, so the failure would come later and hit somebody else.
"""


@dataclass(frozen=True)
class Refused:
    """Why a message is not accepted: a code for programs, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Field:
    """What one field of a message must be, in words and as a check."""

    expected: str
    valid: Callable[[object], bool]
    optional: bool = False


def text(at_most: int, optional: bool = False) -> Field:
    """Describe a text of 1 to `at_most` characters that can be stored and sent."""

    def valid(value: object) -> bool:
        return (
            isinstance(value, str)
            and 1 <= len(value) <= at_most
            and not NOT_TEXT.search(value)
        )

    return Field(f"a text of 1 to {at_most} plain characters", valid, optional)


def name(pattern: str, optional: bool = False) -> Field:
    """Describe a text that `pattern` matches from its start to its end."""
    compiled = re.compile(pattern)

    def valid(value: object) -> bool:
        return isinstance(value, str) and compiled.fullmatch(value) is not None

    return Field(f"a text that matches {pattern}", valid, optional)


def number(optional: bool = False) -> Field:
    """Describe a whole number from 0 on."""

    def valid(value: object) -> bool:
        # For Python, True is the integer 1.
        return type(value) is int and 0 <= value <= LARGEST_NUMBER

    return Field(f"a whole number from 0 to {LARGEST_NUMBER}", valid, optional)


def read_object(received: str | bytes, at_most: int) -> dict[str, object] | Refused:
    """Parse a JSON object of at most `at_most` bytes."""
    try:
        # A frame of text that a server passed on may still hold half a pair.
        data = received.encode() if isinstance(received, str) else received
        if len(data) > at_most:
            return Refused(
                "too-long",
                f"Expected at most {at_most} bytes, but got {len(data)}; "
                "send less at once.",
            )
        data.decode()
    except UnicodeError:
        return Refused("not-utf-8", "Expected UTF-8, but got other bytes.")
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # ValueError: not JSON, or a number of more digits than Python converts.
        return Refused(
            "not-json", f"Expected a JSON object, but got {excerpt(received)}."
        )
    if not isinstance(value, dict):
        return Refused("not-json", f"Expected a JSON object, but got {excerpt(value)}.")
    return value


def read_fields(
    message: Mapping[str, object], fields: Mapping[str, Field]
) -> dict[str, object] | Refused:
    """Return those fields of `message` that have a row; others are ignored.

    Ignoring them lets a newer client talk to an older server.
    """
    found = {}
    for key, field in fields.items():
        if key not in message:
            if field.optional:
                continue
            return Refused(
                "bad-field",
                f"Expected {field.expected} as {key!r}, but it is missing.",
            )
        if not field.valid(message[key]):
            return Refused(
                "bad-field",
                f"Expected {field.expected} as {key!r}, "
                f"but got {excerpt(message[key])}.",
            )
        found[key] = message[key]
    return found


def excerpt(value: object) -> str:
    """Return the start of a `repr`: what a client sent may be long, or deep."""
    short = reprlib.Repr()
    short.maxlevel, short.maxdict, short.maxlist = 2, 3, 3
    short.maxstring = short.maxother = short.maxlong = 40
    return short.repr(value)


def _refuse_constant(constant: str) -> None:
    """Raise for NaN and Infinity, which Python reads and no other parser does."""
    raise ValueError(constant)
