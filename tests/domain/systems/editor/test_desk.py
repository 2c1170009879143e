"""Who has which document open, and what is not allowed."""

import json

import pytest

from asgi_compare.domain.systems.editor.desk import Desk, Sheet
from asgi_compare.domain.systems.editor.document import Accepted, Document, Edit
from asgi_compare.domain.systems.editor.operation import Operation
from asgi_compare.domain.systems.editor.protocol import Beat, Cursor, Limits, since
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.domain.systems.untrusted import Refused


def code(found: object) -> str:
    return found.code if isinstance(found, Refused) else ""


def test_limits_hold_and_what_is_refused_leaves_nothing_behind() -> None:
    limits = Limits(connections_of_a_user=1, connections_of_a_document=2, documents=1)
    desk = Desk(limits, keeps_idle=False)
    assert desk.enter("c1", "ann", "notes", 0.0) is None
    assert code(desk.enter("c2", "ann", "notes", 0.0)) == "too-many-connections"
    assert code(desk.enter("c2", "bob", "other", 0.0)) == "too-many-documents"
    assert code(desk.enter("c2", "bob", "../x", 0.0)) == "bad-field"
    assert desk.enter("c2", "bob", "notes", 0.0) is None
    assert code(desk.enter("c3", "cat", "notes", 0.0)) == "full"
    assert desk.leave("c1") == ("notes", "ann")
    assert desk.leave("c1") is None
    assert desk.leave("c2") == ("notes", "bob")
    assert desk.sheets == {}


def test_document_that_nobody_has_open_makes_place() -> None:
    desk = Desk(Limits(documents=1), keeps_idle=True)
    desk.enter("c1", "ann", "notes", 0.0)
    desk.sheets["notes"].take(Accepted("a-1", 1, Operation.of(["tea"])))
    desk.leave("c1")
    assert list(desk.sheets) == ["notes"]
    assert desk.enter("c2", "ann", "other", 0.0) is None
    assert list(desk.sheets) == ["other"]


def test_who_is_silent_has_expired_and_is_told_so() -> None:
    desk = Desk(Limits(silence=1.0), keeps_idle=True)
    desk.enter("c1", "ann", "notes", 0.0)
    desk.enter("c2", "bob", "notes", 0.0)
    assert desk.read("c2", '{"type": "beat"}', 0.9) == Beat()
    assert desk.expired(1.0) == ("c1",)
    desk.leave("c1")
    assert code(desk.read("c1", '{"type": "beat"}', 1.0)) == "not-connected"


def test_beats_cost_nothing_and_all_else_does() -> None:
    desk = Desk(Limits(rate=Rate(1, 1)), keeps_idle=True)
    desk.enter("c1", "ann", "notes", 0.0)
    edit = {"type": "edit", "id": "a-1", "revision": 0, "operation": ["tea"]}
    for _ in range(5):
        assert desk.read("c1", '{"type": "beat"}', 0.0) == Beat()
    assert desk.read("c1", json.dumps(edit), 0.0) == Edit(
        "a-1", 0, Operation.of(["tea"])
    )
    assert code(desk.read("c1", json.dumps(edit), 0.0)) == "too-fast"


def test_cursor_stays_at_its_character() -> None:
    sheet = Sheet(Document("Have tea"))
    assert sheet.place("ann", Cursor(0, 5)) == 5
    sheet.take(Accepted("b-1", 1, Operation.of(["Please: ", 8])))
    assert sheet.cursors == {"ann": 13}
    assert sheet.place("bob", Cursor(0, 8)) == 16
    assert sheet.place("bob", Cursor(1, 10**9)) == 16
    assert code(sheet.place("bob", Cursor(7, 0))) == "unknown-revision"


def test_who_comes_back_is_told_what_it_missed_or_all() -> None:
    sheet = Sheet(Document(kept=1))
    for n, text in enumerate(("a", "b"), 1):
        sheet.take(Accepted(f"x-{n}", n, Operation.of([n - 1, text])))
    missed = json.loads(sheet.snapshot(1))
    assert missed["operations"] == [{"id": "x-2", "revision": 2, "operation": [1, "b"]}]
    for known in (None, 0, 9):
        assert json.loads(sheet.snapshot(known))["text"] == "ab"


@pytest.mark.parametrize(
    ("value", "revision"), [("7", 7), ("", None), ("-1", None), ("٣", None)]
)
def test_since_is_a_revision_or_nothing(value: str, revision: int | None) -> None:
    assert since(value) == revision
