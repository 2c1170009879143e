"""Any value comes back from JSON as it went, and nothing else is let in."""

import math
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest
from hypothesis import given

from asgi_compare.model.serialization import schema as shapes
from asgi_compare.model.serialization import values
from asgi_compare.model.serialization.codec import (
    CodecError,
    dumps,
    loads,
)
from asgi_compare.model.serialization.values import (
    Foreign,
    value_from_json,
    value_to_json,
)
from asgi_compare.model.transcript import (
    MAX_BYTES,
    Excerpt,
)
from tests.anything import anything, same


class Pair(NamedTuple):
    left: object
    right: object


class Liar(str):
    """Text that says it is something else."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return int


class Unshowable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Plain:
    pass


def itself(value: Any) -> Any:
    """Send a value through the text of its JSON."""
    return value_from_json(loads(dumps(value_to_json(value)).encode()))


@given(anything)
def test_any_value_comes_back_with_its_types(value: Any) -> None:
    assert same(itself(value), value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (b"text/plain", {"$bytes": "text/plain"}),
        (b"two\r\nlines\t", {"$bytes": "two\r\nlines\t"}),
        ("Grüße".encode(), {"$bytes": "Grüße"}),
        (b"caf\xe9", {"$latin1": "café"}),
        (b"\x00\x01", {"$base64": "AAE="}),
        (b"\xc2\x9b", {"$base64": "wps="}),
        ((1, "a"), {"$tuple": [1, "a"]}),
        ({1: 2}, {"$dict": [[1, 2]]}),
        ({"$a": 2}, {"$dict": [["$a", 2]]}),
        ({"a": 2}, {"a": 2}),
        (math.inf, {"$float": "inf"}),
        ("\ud800", {"$escaped": "\\ud800"}),
        ("Grüße", "Grüße"),
        (
            Excerpt(b"a", 9, "f0"),
            {"$excerpt": {"head": {"$bytes": "a"}, "length": 9, "sha256": "f0"}},
        ),
        (Foreign("T", "t"), {"$foreign": {"type": "T", "text": "t"}}),
    ],
    ids=repr,
)
def test_a_value_is_written_so_that_a_person_can_read_it(
    value: Any, written: Any
) -> None:
    assert value_to_json(value) == written
    assert same(itself(value), value)


def test_a_nan_comes_back_as_nan() -> None:
    assert math.isnan(itself(math.nan))


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (HTTPStatus.OK, 200),
        (Liar("text"), "text"),
        (Pair(1, b"2"), (1, b"2")),
        (type("D", (dict,), {})(a=1), {"a": 1}),
    ],
    ids=["enum", "liar", "named tuple", "dict"],
)
def test_an_instance_of_a_subclass_comes_back_as_the_value_that_it_is(
    value: Any, back: Any
) -> None:
    assert same(itself(value), back)


@pytest.mark.parametrize(
    ("value", "back"),
    [
        ({1}, Foreign("set", "{1}")),
        (bytearray(b"a"), Foreign("bytearray", "bytearray(b'a')")),
        (ValueError("no"), Foreign("ValueError", "ValueError('no')")),
        (Plain(), Foreign(f"{__name__}.Plain", f"<{__name__}.Plain object>")),
        (
            Unshowable(),
            Foreign(f"{__name__}.Unshowable", "<Unshowable instance>"),
        ),
        (1 << 5000, Foreign("int", "an integer of 5001 bits")),
        (
            "a" * (MAX_BYTES + 1),
            Foreign("str", f"{'a' * 4096}... ({MAX_BYTES + 1} characters)"),
        ),
        (b"a" * (MAX_BYTES + 1), Excerpt.of(b"a" * (MAX_BYTES + 1))),
    ],
    ids=["set", "bytearray", "error", "object", "unshowable", "int", "str", "bytes"],
)
def test_what_is_no_plain_data_comes_back_as_what_it_looked_like(
    value: Any, back: Any
) -> None:
    assert same(itself(value), back)


def test_an_object_that_cannot_even_be_shortened_is_named() -> None:
    """reprlib goes by the name of a type, and takes this one for a set."""
    impostor = type("set", (), {})()
    assert itself(impostor).text == "its repr raised TypeError"


def test_a_list_that_contains_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    text = dumps(value_to_json(endless))
    assert text.endswith('"text":"1 left out, too deep or too many"}}' + "]" * 41)


def test_a_dictionary_that_contains_itself_ends() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    assert '"type":"dict","text":"1 pairs left out' in dumps(value_to_json(endless))


def test_a_value_with_too_many_parts_is_cut() -> None:
    wide: Any = 0
    for _ in range(20):
        wide = [wide] * 10
    assert len(dumps(value_to_json(wide))) < 100 * values.MAX_PARTS


@pytest.mark.parametrize(
    "found",
    [
        {"$bytes": 1},
        {"$bytes": "\ud800"},
        {"$latin1": "\u0100"},
        {"$base64": "%"},
        {"$float": "1"},
        {"$tuple": 5},
        {"$dict": [[[], 1]]},
        {"$dict": [[1]]},
        {"$escaped": "\\x"},
        {"$excerpt": {"head": "a", "length": 1, "sha256": ""}},
        {"$foreign": {"type": 1, "text": ""}},
        {"$foreign": {}},
        {"$unknown": 1},
        {"$bytes": "a", "b": 1},
    ],
    ids=repr,
)
def test_a_value_that_we_would_not_write_is_refused(found: Any) -> None:
    with pytest.raises(CodecError, match="Expected a value, but got "):
        shapes.VALUE.read(found)
