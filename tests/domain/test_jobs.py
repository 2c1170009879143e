"""Jobs: states, keys, retries, and workers that die in the middle."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.domain.jobs import (
    MOVES,
    OVER,
    TRIES,
    Desk,
    Job,
    Line,
    Memory,
    Order,
    Refusal,
    Watch,
    as_status,
    backoff,
    read_order,
    result_of,
)
from asgi_compare.domain.jobs.rules import (
    BEAT_EVERY,
    FIRST_WAIT,
    LARGEST,
    LONGEST_WAIT,
    LOOK_EVERY,
)

ORDER = Order("k", "two\nlines\n", 0.0)
FEW = settings(max_examples=60, deadline=None)


def test_move_that_is_not_in_the_table_is_refused() -> None:
    wrong = [
        (job.now.state, state)
        for job in [Job(ORDER, (Line(state),)) for state in MOVES]
        for state in MOVES
        if (state in MOVES[job.now.state]) != _moves(job, state)
    ]
    assert wrong == []


def _moves(job: Job, state: str) -> bool:
    try:
        return job.moved(state).now.state == state  # type: ignore[arg-type]
    except ValueError:
        return False


def test_refused_move_says_what_was_expected() -> None:
    with pytest.raises(ValueError, match=r"^Expected nothing after 'done', but got "):
        Job(ORDER, (Line("done"),)).moved("running")


@FEW
@given(st.integers(1, 10_000), st.floats(0, 1))
def test_backoff_is_between_half_and_all_of_a_wait_that_doubles(
    attempt: int, chance: float
) -> None:
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 20))
    assert longest / 2 <= backoff(attempt, lambda: chance) <= longest


def test_backoff_grows_up_to_its_bound() -> None:
    waits = [backoff(attempt, lambda: 1.0) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] == LONGEST_WAIT


Act = tuple[str, int]
ACTS = st.lists(
    st.tuples(st.sampled_from(["step", "die", "cancel", "ask again"]), st.integers()),
    max_size=40,
)


@FEW
@given(ACTS, st.integers(0, 4))
def test_job_moves_as_the_table_says_whoever_dies_or_cancels(
    acts: list[Act], fails: int
) -> None:
    """A worker that dies leaves the job to the next, and no job is tried for ever."""
    desk, order = Desk(Memory()), Order("k", "", 0.0, fails)
    assert desk.enter(order)
    worker: Iterator[float] = desk.attempt("k")
    for act, _ in acts:
        before = desk.look("k")
        if act == "die" or (act == "step" and next(worker, None) is None):
            worker = desk.attempt("k")
        elif act == "cancel" and before.now.state not in ("done", "failed"):
            desk.cancel("k")
        elif act == "ask again":
            assert not desk.enter(order)
        after = desk.look("k")
        assert after.history[: len(before.history)] == before.history
        if before.is_over:
            assert after == before
    for _ in range(TRIES + 2):
        list(desk.work("k"))
    history = desk.look("k").history
    assert history[-1].state in OVER
    assert all(b.state in MOVES[a.state] for a, b in pairwise(history))
    assert max(line.attempt for line in history) <= TRIES


@pytest.mark.parametrize(
    ("fails", "state", "attempt"), [(2, "done", 3), (3, "failed", 3)]
)
def test_job_is_tried_three_times(fails: int, state: str, attempt: int) -> None:
    desk = Desk(Memory())
    desk.enter(Order("k", "", 0.0, fails))
    list(desk.work("k"))
    now = desk.look("k").now
    assert (now.state, now.attempt) == (state, attempt)


def test_one_of_fifty_threads_enters_a_job() -> None:
    desk = Desk(Memory())
    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(desk.enter, [ORDER] * 50)) == 1


def test_key_of_another_request_is_refused() -> None:
    desk = Desk(Memory())
    desk.enter(ORDER)
    with pytest.raises(Refusal) as refused:
        desk.enter(Order("k", "another", 0.0))
    assert refused.value.status == 422
    assert refused.value.sentence == (
        "Expected the same request for the key 'k' as before, but got another one; "
        "make up a new key."
    )


def test_cancelled_job_ends_at_its_next_step() -> None:
    desk = Desk(Memory())
    desk.enter(ORDER)
    worker = desk.attempt("k")
    next(worker)
    desk.cancel("k")
    assert list(worker) == []
    assert as_status(desk.cancel("k")) == {"id": "k", "state": "cancelled"}
    with pytest.raises(Refusal, match=r"^The job is cancelled; there is no result.$"):
        result_of(desk.look("k"))


def test_what_came_first_is_forgotten_first() -> None:
    memory = Memory(kept=2)
    for name in "abc":
        memory.add(name, "")
    assert [memory.get(name) for name in "abc"] == [None, "", ""]


@FEW
@given(st.builds(Order, st.text(), st.text(), st.floats(0, 9), st.integers(0, 9)))
def test_job_is_read_as_it_was_written(order: Order) -> None:
    job = Job(order).moved("running", attempt=1)
    assert Job.from_json(job.to_json()) == job


WRONG = {
    "no key": (None, {}, b"", 400),
    "key of other letters": ("a b", {}, b"", 400),
    "long key": ("k" * 65, {}, b"", 400),
    "pause that is none": ("k", {"pause": "nan"}, b"", 400),
    "fails that is none": ("k", {"fails": "-1"}, b"", 400),
    "large body": ("k", {}, b"x" * (LARGEST + 1), 413),
}


def test_request_that_cannot_be_done_is_refused() -> None:
    found = {}
    for name, (key, query, body, _) in WRONG.items():
        with pytest.raises(Refusal) as refused:
            read_order(key, query, body)
        found[name] = refused.value.status
    assert found == {name: status for name, (*_, status) in WRONG.items()}


def test_key_may_be_quoted_as_the_draft_has_it() -> None:
    assert read_order('"k"', {}, b"\xff") == Order("k", "\xff")


def test_watch_tells_each_line_once_and_beats_in_silence() -> None:
    job, watch = Job(ORDER), Watch("0")
    first = b'id: 1\ndata: {"state": "waiting", "attempt": 0, "done": 0}\n\n'
    assert watch.news(job) == [first]
    looks = round(BEAT_EVERY / LOOK_EVERY)
    silence = [each for _ in range(looks + 1) for each in watch.news(job)]
    assert silence == [b": \n\n"]
    later = job.moved("running", attempt=1)
    assert watch.news(later) == [
        b'id: 2\ndata: {"state": "running", "attempt": 1, "done": 0}\n\n'
    ]


@pytest.mark.parametrize("field", [None, "", "x", "-1", "1" * 7])
def test_watch_begins_at_the_start_when_the_id_is_not_ours(field: str | None) -> None:
    assert len(Watch(field).news(Job(ORDER))) == 1


def test_watch_waits_for_what_comes_after_its_id() -> None:
    watch, job = Watch("2"), Job(ORDER)
    assert watch.news(job) == watch.news(job.moved("running")) == []
    assert len(watch.news(job.moved("running").moved("done"))) == 1
