r"""JSON of anything: what an application sent, written down so that it comes back.

An ASGI event may hold whatever the application put there, and a rule must be able to
tell a `bytes` from a `str` and a tuple from a list, in a stored run as in a fresh one.
JSON knows neither, so what it lacks is written as an object with one key that begins
with `$`:

    b"text/plain"          {"$bytes": "text/plain"}     UTF-8 that a person can read
    b"caf\xe9"             {"$latin1": "café"}          the same of Latin-1
    b"\x00\x01"            {"$base64": "AAE="}          every other byte string
    ("a", 1)               {"$tuple": ["a", 1]}
    {1: 2}                 {"$dict": [[1, 2]]}          a key is no text, or has a $
    nan, inf               {"$float": "nan"}
    "\ud800"               {"$escaped": "\\ud800"}      text that UTF-8 cannot carry
    Excerpt(...)           {"$excerpt": {...}}
    any other object       {"$foreign": {...}}          comes back as a `Foreign`

Numbers, text, lists and objects with plain keys stay what they are. An instance of a
subclass, such as `HTTPStatus.OK`, is written as the value that it is: 200.

An application may send an endless or a self-containing thing. So there is a limit on
depth, on the number of parts and on the length of text; what lies beyond is a `Foreign`
too, and says so.
"""

from __future__ import annotations

import base64
import math
import re
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asgi_compare.model.transcript import EXCERPT_BYTES, MAX_BYTES, Excerpt

MAX_DEPTH = 40
MAX_PARTS = 50_000
"""Parts of one value, counted over all its depths."""
MAX_BITS = 4096
"""Bits of an integer; JSON could carry more, but Python refuses to read them."""

UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\U0010ffff]")
"""Control characters, besides those that every text has."""
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
"""Where an object lies in memory: different each time, and of no use to a reader."""

SHORT = reprlib.Repr()
SHORT.maxother = SHORT.maxstring = 500


@dataclass(frozen=True, slots=True, repr=False)
class Foreign:
    """What is kept of an object that is no plain data."""

    type_name: str
    text: str
    """Its `repr`, shortened; or why it was left out."""

    def __repr__(self) -> str:
        # So that a message about the object reads as one about the object does.
        return self.text


def value_to_json(value: object) -> Any:
    """Write any value as JSON of well-formed text and finite numbers; never raises."""
    return _Writer().write(value, 0)


def value_from_json(found: Any) -> Any:
    """Read what `value_to_json` wrote; raises `ValueError` if it is anything else."""
    if isinstance(found, list):
        return [value_from_json(item) for item in found]
    if not isinstance(found, dict):
        return found
    if any(key.startswith("$") for key in found):
        return _tagged(found)
    return {key: value_from_json(item) for key, item in found.items()}


class _Writer:
    """Writes one value, and counts its parts while it does."""

    def __init__(self) -> None:
        self.left = MAX_PARTS

    def write(self, value: object, depth: int) -> Any:
        self.left -= 1
        # By the type alone: `isinstance` would ask the object, which may lie.
        for base in type(value).__mro__:
            if base in WRITERS:
                return WRITERS[base](self, value, depth)
        return foreign(value, _repr(value))

    def items(self, values: Iterable[Any], count: int, depth: int) -> list[Any]:
        written: list[Any] = []
        for value in values:
            if depth > MAX_DEPTH or self.left <= 0:
                rest = f"{count - len(written)} left out, too deep or too many"
                return [*written, _foreign("...", rest)]
            written.append(self.write(value, depth))
        return written

    def sequence(self, value: Any, depth: int) -> list[Any]:
        return self.items(list.__iter__(value), list.__len__(value), depth + 1)

    def tuple(self, value: Any, depth: int) -> dict[str, Any]:
        items = self.items(tuple.__iter__(value), tuple.__len__(value), depth + 1)
        return {"$tuple": items}

    def mapping(self, value: Any, depth: int) -> dict[str, Any]:
        pairs = list(dict.items(value))
        if self.left <= len(pairs) or depth >= MAX_DEPTH:
            rest = f"{len(pairs)} pairs left out, too deep or too many"
            return foreign(value, rest)
        if all(_is_plain(key) for key, _ in pairs):
            return {key: self.write(item, depth + 1) for key, item in pairs}
        return {"$dict": [[self.write(part, depth + 1) for part in p] for p in pairs]}


def foreign(value: object, text: str) -> dict[str, Any]:
    """Write an object that is no plain data, by the name of its type."""
    kind = type(value)
    module, name = str(kind.__module__), kind.__qualname__
    return _foreign(name if module == "builtins" else f"{module}.{name}", text)


def _foreign(type_name: str, text: str) -> dict[str, Any]:
    return {"$foreign": {"type": _text(type_name), "text": _text(text)}}


def _repr(value: object) -> str:
    try:
        shown = SHORT.repr(value)
    except Exception as error:
        return f"its repr raised {type(error).__name__}"
    return ADDRESS.sub("", shown)


def _is_plain(key: object) -> bool:
    return type(key) is str and not key.startswith("$") and key == _text(key)


def _text(value: str) -> Any:
    text = str.__str__(value)
    if len(text) > MAX_BYTES:
        return _foreign("str", f"{text[:EXCERPT_BYTES]}... ({len(text)} characters)")
    try:
        text.encode()
    except UnicodeEncodeError:
        return {"$escaped": text.encode("unicode_escape").decode("ascii")}
    return text


def _integer(value: int) -> Any:
    number = int.__index__(value)
    if number.bit_length() > MAX_BITS:
        return _foreign("int", f"an integer of {number.bit_length()} bits")
    return number


def _float(value: float) -> Any:
    number = float.__float__(value)
    return number if math.isfinite(number) else {"$float": repr(number)}


def _bytes(value: bytes) -> Any:
    data = bytes(memoryview(value))
    if len(data) > MAX_BYTES:
        return _excerpt(Excerpt.of(data))
    for tag, coding in (("$bytes", "utf-8"), ("$latin1", "latin-1")):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if not UNREADABLE.search(text):
            return {tag: text}
    return {"$base64": base64.b64encode(data).decode("ascii")}


def _excerpt(value: Excerpt) -> Any:
    kept = {"head": _bytes(value.head), "length": value.length, "sha256": value.sha256}
    return {"$excerpt": kept}


WRITERS: dict[type, Callable[[_Writer, Any, int], Any]] = {
    type(None): lambda writer, value, depth: None,
    bool: lambda writer, value, depth: value,
    int: lambda writer, value, depth: _integer(value),
    float: lambda writer, value, depth: _float(value),
    str: lambda writer, value, depth: _text(value),
    bytes: lambda writer, value, depth: _bytes(value),
    Excerpt: lambda writer, value, depth: _excerpt(value),
    Foreign: lambda writer, value, depth: _foreign(value.type_name, value.text),
    list: _Writer.sequence,
    tuple: _Writer.tuple,
    dict: _Writer.mapping,
}
"""How each type is written; a subclass, as the first of these that it comes from."""


def _tagged(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        raise ValueError(f"a mark among the keys {', '.join(map(repr, found))}")
    [(tag, held)] = found.items()
    if tag not in READERS:
        raise ValueError(f"the unknown mark {tag!r}")
    try:
        return READERS[tag](held)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{tag!r} with a value that it cannot have") from error


def _read_excerpt(held: Any) -> Excerpt:
    head, length, sha256 = value_from_json(held["head"]), held["length"], held["sha256"]
    if not (type(head) is bytes and type(length) is int and type(sha256) is str):
        raise TypeError
    return Excerpt(head, length, sha256)


def _read_foreign(held: Any) -> Foreign:
    kind, text = value_from_json(held["type"]), value_from_json(held["text"])
    if not (type(kind) is str and type(text) is str):
        raise TypeError
    return Foreign(kind, text)


READERS: dict[str, Callable[[Any], Any]] = {
    "$bytes": lambda held: held.encode("utf-8"),
    "$latin1": lambda held: held.encode("latin-1"),
    "$base64": lambda held: base64.b64decode(held, validate=True),
    "$tuple": lambda held: tuple([value_from_json(item) for item in held]),
    "$dict": lambda held: {
        value_from_json(key): value_from_json(item) for key, item in held
    },
    "$float": lambda held: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[held],
    "$escaped": lambda held: held.encode("ascii").decode("unicode_escape"),
    "$excerpt": _read_excerpt,
    "$foreign": _read_foreign,
}
"""How each mark is read; what they raise means that it was not written by us."""
