import json

from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.dashboard import (
    Change,
    Figures,
    Fit,
    Position,
    Snapshot,
    fits,
    format_event,
    parse_last_event_id,
    to_json,
)
from tests.domain import quick

some_figures = st.dictionaries(
    st.sampled_from("abc"), st.integers(0, 3).map(float), max_size=3
)


class Reader:
    """A page: it has some figures, as of a position."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.figures: dict[str, float] = {}

    def hear(self, event: Snapshot | Change) -> Fit:
        fit = fits(event, self.position)
        if fit is Fit.APPLY:
            if isinstance(event, Snapshot):
                self.figures.clear()
            self.figures.update(event.figures)
            self.position = event.position
        return fit


@quick
@given(
    st.lists(some_figures | st.sampled_from(["ask", "come back", "restart"])),
    st.integers(1, 4),
)
def test_reader_that_asks_now_and_then_has_the_figures(
    steps: list[dict[str, float] | str], kept: int
) -> None:
    runs, reader = 0, Reader()
    figures = Figures("run0", kept)
    for step in steps:
        if isinstance(step, dict):
            figures.update(step)
        elif step == "restart":
            runs += 1
            figures = Figures(f"run{runs}", kept)
        else:
            if step == "come back" and reader.position:
                id = f"{reader.position.run}-{reader.position.version}"
                assert parse_last_event_id(id) == reader.position
            event = figures.since(reader.position)
            assert event is None or reader.hear(event) is Fit.APPLY
            assert reader.figures == figures.snapshot().figures
            assert reader.position == figures.position


@quick
@given(
    st.lists(some_figures),
    st.lists(some_figures),
    st.lists(some_figures),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_snapshot_and_subscription_lose_nothing_in_any_order(
    before: list[dict[str, float]],
    between: list[dict[str, float]],
    after: list[dict[str, float]],
    random: object,
    subscribe_first: bool,
) -> None:
    """Changes come late, twice and out of order, and the reader asks where it must."""
    figures, reader = Figures("run"), Reader()
    for update in before:
        figures.update(update)
    snapshot = None if subscribe_first else figures.snapshot()
    arrived = [figures.update(update) for update in between]
    snapshot = snapshot or figures.snapshot()
    arrived = (arrived if subscribe_first else []) + [
        figures.update(update) for update in after
    ]
    events = [snapshot, *arrived, *arrived[:2]]
    random.shuffle(events)  # type: ignore[attr-defined]
    for event in events:
        if event is not None and reader.hear(event) is Fit.ASK_AGAIN:
            answer = figures.since(reader.position)
            assert answer is not None
            assert reader.hear(answer) is Fit.APPLY
    # Changes before the first subscription came by no other way than the snapshot.
    answer = figures.since(reader.position)
    assert answer is None or reader.hear(answer) is Fit.APPLY
    assert reader.figures == figures.snapshot().figures


@quick
@given(st.lists(some_figures, min_size=1), st.integers(1, 5))
def test_log_is_bounded_and_who_is_too_old_gets_a_snapshot(
    updates: list[dict[str, float]], kept: int
) -> None:
    figures = Figures("run", kept)
    changes = [change for update in updates if (change := figures.update(update))]
    for version in range(len(changes)):
        event = figures.since(Position("run", version))
        behind = len(changes) - version
        assert isinstance(event, Change if behind <= kept else Snapshot)
    assert isinstance(figures.since(Position("run", len(changes) + 1)), Snapshot)


def test_change_is_written_with_its_position_as_the_id() -> None:
    figures = Figures("b1c2")
    figures.update({"a": 1.5, "b": 2})
    figures.update({"a": 1.5})
    change = figures.update({"b": 3})
    assert change is not None
    assert format_event(change) == (
        "event: change\nid: b1c2-2\n"
        'data: {"after":1,"figures":{"b":3},"run":"b1c2","type":"change","version":2}'
        "\n\n"
    )
    assert json.loads(to_json(figures.snapshot())) == {
        "type": "snapshot",
        "run": "b1c2",
        "version": 2,
        "figures": {"a": 1.5, "b": 3},
    }


@quick
@given(st.none() | st.text())
def test_any_last_event_id_gives_a_position_or_none(value: str | None) -> None:
    position = parse_last_event_id(value)
    assert position is None or value is not None


def test_last_event_id_that_is_not_ours_counts_as_none() -> None:
    values = [None, "", "7", "run-", "run-x", "run-7\n", "run-٧", "run-" + "9" * 5_000]
    assert [parse_last_event_id(value) for value in values] == [None] * len(values)
