"""Look at values that may be anything at all.

What a target sends is untrusted: a dict may be a subclass that lies, a header list may
be a generator that can be read only once, a `repr` may raise. The functions here look
without consuming, changing or trusting.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard, TypeVar

from asgi_compare.model.serialization.values import Foreign
from asgi_compare.model.transcript import Excerpt

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
SHOWN = 80
"""Characters of a value that a message shows."""
ENTRIES = 10_000
"""Entries of a list that are looked at."""
INT64 = range(-(2**63), 2**63)

_STR = frozenset({str})
_REREADABLE: tuple[type[Any], ...] = (
    list,
    tuple,
    set,
    frozenset,
    deque,
    dict,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)


Kind = TypeVar("Kind")


def is_a(value: object, kind: type[Kind] | tuple[type[Any], ...]) -> TypeGuard[Kind]:
    """As `isinstance`, but by the real type: a value may lie about its `__class__`."""
    return issubclass(type(value), kind)


def shown(value: object) -> str:
    """Return `repr(value)`, cut to a readable length, and never raise.

    Addresses are left out, so that the same finding reads alike in every run.
    """
    try:
        text = ADDRESS.sub("", repr(value))
    except Exception:
        text = f"<{type(value).__name__} whose repr() raises>"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def kind(value: object) -> str:
    """Name the type of `value` as a message would, such as 'a str'."""
    if value is None:
        return "None"
    # Of an object that was written into a transcript, the name of its type is left.
    name = value.type_name if is_a(value, Foreign) else type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def plain(event: object) -> dict[str, Any] | None:
    """Read the str keys of a dict past whatever a subclass overrides."""
    if type(event) is dict and _STR.issuperset(map(type, event)):
        return event
    if not is_a(event, dict):
        return None
    return {key: value for key, value in dict.items(event) if type(key) is str}


def is_bytes(value: object) -> TypeGuard[bytes | Excerpt]:
    """A byte string is exactly `bytes` (main, Strings and Unicode), or our excerpt."""
    return is_a(value, (bytes, Excerpt))


def is_int(value: object) -> TypeGuard[int]:
    """An integer; `True` and `False` are not meant by one."""
    return is_a(value, int) and not is_a(value, bool)


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can carry a text; it cannot carry half of a surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def truthy(value: object) -> bool:
    """Read a flag of the wrong type as a server would, without calling its code."""
    if is_a(value, (bool, int, float, str, bytes, type(None))):
        return bool(value)
    return True


def is_iterable(value: object) -> bool:
    """Whether `value` can be iterated over; a string is not meant."""
    if is_a(value, (str, bytes, bytearray)):
        return False
    return hasattr(type(value), "__iter__") or hasattr(type(value), "__getitem__")


def entries(value: object) -> list[Any] | None:
    """Return the entries of what can be read twice; None for what cannot be looked at.

    An iterator would be used up by looking, and then the server would find it empty.
    """
    if not is_a(value, _REREADABLE):
        return None
    return list(islice(value, ENTRIES))


def pairs(headers: object) -> tuple[tuple[bytes, bytes], ...]:
    """Return the well-formed fields of a header list, names lower-cased."""
    found = []
    for entry in entries(headers) or ():
        both = entries(entry)
        if both is None or len(both) != 2:
            continue
        name, value = both
        if is_a(name, bytes) and is_a(value, bytes):
            found.append((bytes(name).lower(), bytes(value)))
    return tuple(found)


def hidden(headers: object) -> bool:
    """Whether there may be fields in it that no look can find, as in a generator."""
    found = entries(headers)
    if found is None:
        return is_iterable(headers)
    return any(entries(entry) is None and is_iterable(entry) for entry in found)


def not_pairs(headers: object) -> Iterator[str]:
    """Return where a header list is no iterable of two-item iterables."""
    if not is_iterable(headers):
        yield f"Expected an iterable of [name, value] pairs, but got {shown(headers)}"
        return
    for entry in entries(headers) or ():
        if is_a(entry, (bytes, str)) or not is_iterable(entry):
            yield f"Expected a [name, value] pair, but got {shown(entry)}"
            continue
        both = entries(entry)
        if both is not None and len(both) != 2:
            yield f"Expected a [name, value] pair, but got {shown(entry)}"


def not_byte_pairs(headers: object) -> Iterator[str]:
    """Return which names and values of a header list are no byte strings."""
    for entry in entries(headers) or ():
        both = entries(entry)
        if both is None or len(both) != 2:
            continue
        for what, value in zip(("name", "value"), both, strict=True):
            if not is_a(value, bytes):
                yield (
                    f"Expected a header {what} of type bytes, "
                    f"but got {kind(value)}, {shown(value)}"
                )


def names(headers: object) -> Iterator[bytes]:
    """Return the header names as they were written, where they are byte strings."""
    for entry in entries(headers) or ():
        both = entries(entry)
        if both is not None and len(both) == 2 and is_a(both[0], bytes):
            yield bytes(both[0])


def walk(value: object) -> Iterator[tuple[str, object]]:
    """Find what may not be inside an event (main, Events): (what is wrong, value)."""
    waiting = [value]
    # A list may hold itself twice: the number of steps is what ends this.
    for _ in range(ENTRIES):
        if not waiting:
            return
        value = waiting.pop()
        if value is None or is_a(value, (bytes, str, bool, Excerpt)):
            continue
        if is_a(value, int):
            if value not in INT64:
                yield "range", value
        elif is_a(value, float):
            if not math.isfinite(value):
                yield "finite", value
        elif is_a(value, dict):
            for key, inner in dict.items(value):
                waiting.append(inner)
                if not is_a(key, str):
                    yield "key", key
        # "tuples should be encoded as lists": everybody sends tuples; none is flagged.
        elif is_a(value, (list, tuple)):
            waiting.extend(value[:ENTRIES])
        else:
            yield "type", value
