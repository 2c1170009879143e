import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.editor import (
    Accepted,
    Document,
    Edit,
    Operation,
    parse_edit,
    to_json,
)
from asgi_compare.domain.systems.untrusted import Refused
from tests.domain import quick


def test_late_operation_is_transformed_and_a_second_one_is_known() -> None:
    document = Document("cup")
    one = document.receive(Edit("a-1", 0, Operation.of(["X", 3])))
    two = document.receive(Edit("b-1", 0, Operation.of([3, "Y"])))
    assert two == Accepted("b-1", 2, Operation.of([4, "Y"]))
    assert document.receive(Edit("b-1", 0, Operation.of([3, "Y"]))) == two
    assert (document.text, document.since(0)) == ("XcupY", (one, two))
    assert document.since(2) == ()


REFUSED = {
    "a revision to come": (
        Edit("x", 3, Operation.of([4])),
        "unknown-revision",
        "Expected a revision from 1 to 2, but got 3; load the text again.",
    ),
    "a revision of long ago": (
        Edit("x", 0, Operation.of([3])),
        "unknown-revision",
        "Expected a revision from 1 to 2, but got 0; load the text again.",
    ),
    "another text": (
        Edit("x", 2, Operation.of([7])),
        "bad-operation",
        "Expected a text of length 7, but got 5.",
    ),
    "another text, late": (
        Edit("x", 1, Operation.of([2**53 - 1])),
        "bad-operation",
        "Expected a second operation of length 9007199254740991, but got 4.",
    ),
    "a text too long": (
        Edit("x", 2, Operation.of([5, "123456"])),
        "too-long",
        "Expected a text of at most 10 characters, but it would have 11.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_edit_that_is_refused_changes_nothing(case: str) -> None:
    document = Document("cup", kept=1, longest=10)
    document.receive(Edit("a-1", 0, Operation.of(["X", 3])))
    document.receive(Edit("a-2", 1, Operation.of([4, "Y"])))
    edit, code, sentence = REFUSED[case]
    assert document.receive(edit) == Refused(code, sentence)
    assert (document.text, document.revision) == ("XcupY", 2)


def test_edit_is_read_from_json_and_written_as_json() -> None:
    received = '{"id": "ann-7", "revision": 12, "operation": [5, "tea", -3]}'
    operation = Operation.of([5, "tea", -3])
    assert parse_edit(received) == Edit("ann-7", 12, operation)
    assert json.loads(to_json(Accepted("ann-7", 13, operation))) == {
        "type": "accepted",
        "id": "ann-7",
        "revision": 13,
        "operation": [5, "tea", -3],
    }


@pytest.mark.parametrize(
    "operation", ['"abc"', "[true]", "[1.5]", "[null]", r'["\ud800"]', "[1e400]", "1"]
)
def test_operation_of_anything_else_is_refused(operation: str) -> None:
    received = f'{{"id": "a", "revision": 0, "operation": {operation}}}'
    refused = parse_edit(received)
    assert isinstance(refused, Refused)
    assert refused.sentence.startswith(
        "Expected a list of whole numbers and texts as 'operation', but got "
    )


@quick
@given(st.binary() | st.text(), st.lists(st.integers(-5, 5) | st.text(max_size=3)))
def test_anything_at_all_is_an_edit_or_refused(
    received: str | bytes, steps: list[object]
) -> None:
    assert isinstance(parse_edit(received), Refused)
    edit = parse_edit(json.dumps({"id": "a", "revision": 0, "operation": steps}))
    if isinstance(edit, Edit):
        assert isinstance(Document("cup").receive(edit), Accepted | Refused)
