"""What the tables of `codec.py` are made of: the shapes that JSON may have.

A `Shape` is two functions: one writes a thing, the other reads it back. Small shapes
make up larger ones: `optional(TEXT)`, `each(INTEGER)`, `record(Verdict, {...})`.

A shape believes nothing that it reads. What is not as expected raises a `CodecError`
that says what was expected, at which place, and what came instead; the place grows on
the way out, as each shape names the part that it was reading.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asgi_compare.model.serialization.values import value_from_json, value_to_json


class CodecError(ValueError):
    """What was read is not what we write; the message is one sentence."""

    def __init__(self, expected: str, got: str, place: str = "") -> None:
        self.expected, self.got, self.place = expected, got, place
        where = f" at {place.lstrip('.')!r}" if place else ""
        super().__init__(f"Expected {expected}{where}, but got {got}.")

    def inside(self, place: str) -> CodecError:
        """Return the same error, seen from one level further out."""
        return CodecError(self.expected, self.got, place + self.place)


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of thing is written, and how it is read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def short_repr(found: object) -> str:
    """Quote what came, shortened."""
    return reprlib.repr(found)


def _value(found: Any) -> Any:
    try:
        return value_from_json(found)
    except ValueError as error:
        raise CodecError("a value", str(error)) from error


VALUE = Shape(value_to_json, _value)
"""Anything at all."""


def exactly(kinds: tuple[type, ...], called: str) -> Shape:
    """Make the shape of a value of one of these types, and of no subclass."""

    def read(found: Any) -> Any:
        value = _value(found)
        if type(value) not in kinds:
            raise CodecError(called, short_repr(found))
        return value

    return Shape(value_to_json, read)


def one_of(words: tuple[str, ...]) -> Shape:
    """Make the shape of a word from a list."""

    def read(found: Any) -> Any:
        if type(found) is not str or found not in words:
            raise CodecError(" or ".join(map(repr, words)), short_repr(found))
        return found

    return Shape(value_to_json, read)


def optional(shape: Shape) -> Shape:
    """Make the shape of something that may be None."""
    return Shape(
        lambda value: None if value is None else shape.write(value),
        lambda found: None if found is None else shape.read(found),
    )


def each(shape: Shape, made: Callable[[list[Any]], Any] = tuple) -> Shape:
    """Make the shape of a sequence of like members."""

    def read(found: Any) -> Any:
        if type(found) is not list:
            raise CodecError("a list", short_repr(found))
        return made([_inside(f"[{n}]", shape, item) for n, item in enumerate(found)])

    return Shape(lambda values: [shape.write(value) for value in values], read)


def pair(items: list[Any]) -> tuple[Any, Any]:
    """Make the tuple of two that `each` may be told to make."""
    if len(items) != 2:
        raise CodecError("a pair", f"{len(items)} of them")
    return items[0], items[1]


def by_name(shape: Shape) -> Shape:
    """Make the shape of a dictionary of like members."""

    def read(found: Any) -> Any:
        if type(found) is not dict:
            raise CodecError("an object", short_repr(found))
        return {key: _inside(f"[{key!r}]", shape, item) for key, item in found.items()}

    return Shape(
        lambda values: {key: shape.write(value) for key, value in values.items()}, read
    )


def record(noun: Callable[..., Any], fields: Mapping[str, Shape]) -> Shape:
    """Make the shape of a noun from those of its fields; all of them must be there."""

    def write(value: Any) -> dict[str, Any]:
        return {name: f.write(getattr(value, name)) for name, f in fields.items()}

    def read(found: Any) -> Any:
        if type(found) is not dict or found.keys() != fields.keys():
            raise CodecError(f"the keys {', '.join(fields)}", _keys(found))
        return noun(
            **{name: _inside(f".{name}", f, found[name]) for name, f in fields.items()}
        )

    return Shape(write, read)


def _inside(place: str, shape: Shape, found: Any) -> Any:
    try:
        return shape.read(found)
    except CodecError as error:
        raise error.inside(place) from error


def _keys(found: object) -> str:
    if not isinstance(found, dict):
        return short_repr(found)
    return ", ".join(short_repr(key) for key in list(found)[:20]) or "none"


INTEGER = exactly((int,), "an integer")
NUMBER = exactly((int, float), "a number")
FLAG = exactly((bool,), "true or false")
TEXT = exactly((str,), "text")
OBJECT = exactly((dict,), "an object")
INTEGERS = each(INTEGER)
TEXTS = each(TEXT)
PAIR_OF_TEXTS = each(TEXT, pair)
HEADERS = each(each(VALUE, pair))
