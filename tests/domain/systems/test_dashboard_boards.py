"""The boards of a process: reports in any order, readers, limits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.dashboard import Boards, Limits, Report, Snapshot
from asgi_compare.domain.systems.dashboard.boards import Reader
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.domain.systems.untrusted import Refused
from tests.domain import quick

reports = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3).map(float), min_size=1),
    min_size=1,
    max_size=6,
)


def figures_of(boards: Boards) -> dict[str, float]:
    reader = boards.enter("one", "b", None, is_shown=False)
    assert isinstance(reader, Reader)
    event = boards.next(reader)
    boards.leave(reader)
    assert isinstance(event, Snapshot)
    return {name: value for name, value in event.figures.items() if name != "readers"}


@quick
@given(reports, st.data())
def test_reports_may_arrive_in_any_order(
    reported: list[dict[str, float]], data: st.DataObject
) -> None:
    """A snapshot of the past, or what was heard before, changes nothing."""
    known: dict[str, float] = {}
    arrivals: list[tuple[int, dict[str, float]]] = []
    for position, figures in enumerate(reported):
        known |= figures
        arrivals.append((position, figures))
        if data.draw(st.booleans()):
            arrivals.append((position, dict(known)))
    boards = Boards("run")
    for position, figures in data.draw(st.permutations(arrivals)):
        boards.set("b", figures, position)
    assert figures_of(boards) == known


def test_readers_are_a_figure_of_the_board() -> None:
    boards = Boards("run")
    one = boards.enter("one", "b", None)
    two = boards.enter("two", "b", None)
    assert isinstance(one, Reader)
    assert isinstance(two, Reader)
    snapshot = boards.next(one)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.position, snapshot.figures) == (one.position, {"readers": 2})
    boards.leave(two)
    event = boards.next(one)
    assert event
    assert event.figures == {"readers": 1}
    assert boards.next(one) is None
    boards.leave(one)
    assert boards.read_now() == ()


def report(board: str, **figures: object) -> str:
    return json.dumps({"board": board, "figures": figures})


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (b"\xff", "not-utf-8"),
        ("[1]", "not-json"),
        (report("../b", a=1), "bad-field"),
        (report("b", a=True), "bad-field"),
        (report("b", A=1), "bad-field"),
        (report("b", readers=1), "bad-field"),
        ('{"board": "b", "figures": {"a": 1e999}}', "bad-field"),
        (report("b", a=2**53), "bad-field"),
        (report("b", a=1, b=2, c=3), "too-many-figures"),
        (report("b" * 32, a=10**300), "too-long"),
    ],
)
def test_what_is_no_report_is_refused(received: str | bytes, code: str) -> None:
    boards = Boards("run", Limits(report_bytes=200, figures_of_a_board=2))
    refused = boards.read("one", received, 0.0)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert figures_of(boards) == {}


def test_who_reports_too_fast_is_told_how_long_to_wait() -> None:
    boards = Boards("run", Limits(rate=Rate(1, 1)))
    assert boards.read("one", report("b", a=1), 0.0) == Report("b", {"a": 1})
    assert boards.read("one", report("b", a=1), 0.0) == Refused(
        "too-fast", "Too many reports; wait 1.0 s."
    )


def test_board_that_nobody_reads_makes_place() -> None:
    boards = Boards("run", Limits(boards=2))
    boards.set("old", {"a": 1})
    boards.set("new", {"a": 1})
    reader = boards.enter("one", "old", None)
    assert isinstance(reader, Reader)
    assert isinstance(boards.read("one", report("third", a=1), 0.0), Report)
    assert boards.set("third", {"a": 1})
    assert boards.why_not("one", "new") is None  # it was dropped for the third
    assert isinstance(boards.enter("two", "third", None), Reader)
    assert isinstance(boards.read("one", report("new", a=1), 0.0), Refused)
    assert not boards.set("new", {"a": 1})
    refused = boards.enter("one", "new", None)
    assert isinstance(refused, Refused)
    assert refused.code == "too-many-boards"
