"""`LadderResult` to JSON, and back.

The JSON has the fields of the nouns, by their names. Reading goes by the annotations of
those nouns, so the two cannot come apart. What is read was written by us; so it is
read strictly, but without any care for what might be hidden in it.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from asgi_compare.measure.ladder.costs import LadderResult

VERSION = 2
"""The version of the file. It changes when a field does."""


class StoreError(ValueError):
    """What was read is not what we write; the message is one sentence."""


def to_json(result: LadderResult) -> dict[str, Any]:
    """Write everything down."""
    return {"version": VERSION, **dataclasses.asdict(result)}


def from_json(found: Any) -> LadderResult:
    """Read it again; raises `StoreError` if it is something else."""
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise StoreError(f"Expected what `layers --json` writes, version {VERSION}.")
    rest = {key: value for key, value in found.items() if key != "version"}
    result: LadderResult = _read(LadderResult, rest, "")
    return result


def _read(kind: Any, value: Any, place: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _record(kind, value, place)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _read(arguments[0], value, place)
    if origin is list:
        return [_read(arguments[0], each, f"{place}[]") for each in value]
    if origin in (dict, Mapping) and isinstance(value, dict):
        return {k: _read(arguments[1], v, f"{place}.{k}") for k, v in value.items()}
    plain = {float: (float, int)}.get(kind, kind)
    if origin is None and (kind is object or isinstance(value, plain)):
        return value
    raise StoreError(f"Expected {kind} at {place.lstrip('.')!r}, but got {value!r}.")


def _record(kind: Any, value: Any, place: str) -> Any:
    fields = _fields(kind)
    # A field that has a default may be missing: an older run did not know it.
    needed = {each.name for each in dataclasses.fields(kind) if _is_needed(each)}
    if not isinstance(value, dict) or not needed <= value.keys() <= fields.keys():
        raise StoreError(
            f"Expected a {kind.__name__} at {place.lstrip('.')!r}, "
            f"but got {type(value).__name__} with other fields."
        )
    return kind(
        **{name: _read(fields[name], value[name], f"{place}.{name}") for name in value}
    )


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


@cache
def _fields(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
