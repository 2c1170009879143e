import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.untrusted import Refused, read_fields, read_object
from tests.domain import quick

LIMIT = 200

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = {
    "word": untrusted.text(5),
    "name": untrusted.name("[a-z]{1,5}"),
    "count": untrusted.number(),
    "more": untrusted.number(optional=True),
}


@quick
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_anything_at_all_is_an_object_or_refused(received: str | bytes) -> None:
    assert isinstance(read_object(received, LIMIT), dict | Refused)


@quick
@given(
    st.fixed_dictionaries(
        {
            "word": st.text(min_size=1, max_size=3) | json_values,
            "name": st.sampled_from(["ann", "bob"]) | json_values,
            "count": st.integers(0, 9) | json_values,
        },
        optional={"more": json_values, "other": json_values},
    )
)
def test_fields_that_are_read_can_be_stored_and_sent(
    message: dict[str, object],
) -> None:
    found = read_fields(message, FIELDS)
    if isinstance(found, dict):
        assert set(found) <= set(FIELDS)
        assert set(FIELDS) - set(found) <= {"more"}
        json.dumps(found, ensure_ascii=False).encode()


BAD_OBJECTS: dict[str, tuple[str | bytes, str, str]] = {
    "other bytes": (b"\xff", "not-utf-8", "Expected UTF-8, but got other bytes."),
    "half a pair": ("\ud800", "not-utf-8", "Expected UTF-8, but got other bytes."),
    "too long": (
        b"{" + b" " * LIMIT,
        "too-long",
        "Expected at most 200 bytes, but got 201; send less at once.",
    ),
    "nothing": ("", "not-json", "Expected a JSON object, but got ''."),
    "a list": ("[1]", "not-json", "Expected a JSON object, but got [1]."),
    "infinity": (
        '{"a": Infinity}',
        "not-json",
        "Expected a JSON object, but got '{\"a\": Infinity}'.",
    ),
    "words": (
        "hello " * 20,
        "not-json",
        "Expected a JSON object, but got 'hello hello hello...hello hello hello '.",
    ),
}


@pytest.mark.parametrize("case", BAD_OBJECTS)
def test_what_is_no_object_is_refused_in_a_sentence(case: str) -> None:
    received, code, sentence = BAD_OBJECTS[case]
    assert read_object(received, LIMIT) == Refused(code, sentence)


@pytest.mark.parametrize(
    "received", ["[" * 100_000, '{"a":' * 5_000, '{"a": %s}' % ("9" * 5_000)]
)
def test_what_breaks_a_parser_is_refused(received: str) -> None:
    refused = read_object(received, 1_000_000)
    assert isinstance(refused, Refused)
    assert refused.code == "not-json"
    assert len(refused.sentence) < 100


GOOD: dict[str, object] = {"word": "tea", "name": "ann", "count": 1}
BAD_FIELDS: dict[str, tuple[str, object, str]] = {
    "a number for a text": (
        "word",
        1,
        "Expected a text of 1 to 5 plain characters as 'word', but got 1.",
    ),
    "half a pair": (
        "word",
        "\ud800",
        "Expected a text of 1 to 5 plain characters as 'word', but got '\\ud800'.",
    ),
    "a text that goes on": (
        "name",
        "ann\n",
        "Expected a text that matches [a-z]{1,5} as 'name', but got 'ann\\n'.",
    ),
    "true for a number": (
        "count",
        True,
        "Expected a whole number from 0 to 9007199254740991 as 'count', but got True.",
    ),
    "a fraction": (
        "more",
        1.5,
        "Expected a whole number from 0 to 9007199254740991 as 'more', but got 1.5.",
    ),
}


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_bad_field_is_refused_in_a_sentence(case: str) -> None:
    key, value, sentence = BAD_FIELDS[case]
    assert read_fields({**GOOD, key: value}, FIELDS) == Refused("bad-field", sentence)


def test_field_that_is_missing_is_refused_unless_optional() -> None:
    assert read_fields(GOOD, FIELDS) == GOOD
    assert read_fields({"word": "tea", "count": 1}, FIELDS) == Refused(
        "bad-field",
        "Expected a text that matches [a-z]{1,5} as 'name', but it is missing.",
    )
