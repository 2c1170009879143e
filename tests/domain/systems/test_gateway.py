from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.gateway import (
    Answered,
    Breaker,
    Deadline,
    Merged,
    Missing,
    Permit,
    RetryBudget,
    end_to_end,
    may_retry,
    merge,
)
from tests.domain import quick


def test_breaker_opens_tries_and_closes() -> None:
    breaker = Breaker(failures=2, pause=10)
    seen = []
    for now, works in [(0, False), (1, True), (2, False), (3, False), (5, True)]:
        permit = breaker.permit(now)
        if permit and works:
            breaker.succeeded(permit, now)
        elif permit:
            breaker.failed(permit, now)
        seen.append((now, bool(permit), breaker.state(now)))
    assert seen == [
        (0, True, "closed"),
        (1, True, "closed"),
        (2, True, "closed"),
        (3, True, "open"),
        (5, False, "open"),
    ]
    assert breaker.state(13) == "half-open"
    permit = breaker.permit(13)
    assert permit
    assert (breaker.permit(13), breaker.state(13)) == (None, "half-open")
    breaker.failed(permit, 14)
    assert (breaker.state(23), breaker.permit(23)) == ("open", None)
    permit = breaker.permit(24)
    assert permit
    breaker.succeeded(permit, 25)
    assert breaker.state(25) == "closed"


def test_breaker_lets_another_one_try_when_the_first_gives_up() -> None:
    breaker = Breaker(failures=1, pause=10)
    first = breaker.permit(0)
    assert first
    breaker.abandoned(first, 0)
    breaker.failed(first, 0)
    trial = breaker.permit(10)
    assert trial
    assert breaker.permit(11) is None
    breaker.abandoned(trial, 11)
    second = breaker.permit(11)
    assert second
    # The second never reports; what the first says now is of an earlier period.
    breaker.succeeded(trial, 12)
    assert breaker.state(12) == "half-open"
    assert breaker.permit(20.5) is None
    assert breaker.permit(21)


def test_breaker_does_not_listen_to_those_of_before() -> None:
    breaker = Breaker(failures=1, pause=10)
    slow, quick_one = breaker.permit(0), breaker.permit(0)
    assert slow
    assert quick_one
    breaker.failed(quick_one, 1)
    assert breaker.permit(11)
    breaker.failed(slow, 12)
    assert breaker.state(12) == "half-open"


steps = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.sampled_from(["ask", "ask", "succeeded", "failed", "failed", "abandoned"]),
        st.integers(0, 5),
    ),
    min_size=20,
    max_size=60,
)


@quick
@given(steps, st.integers(1, 3))
def test_breaker_spares_an_upstream_that_fails_and_comes_back(
    script: list[tuple[float, str, int]], failures: int
) -> None:
    """Answers come late and in any order; some never do."""
    breaker, now, running = Breaker(failures, pause=5), 0.0, list[Permit]()
    opened_at: float | None = None
    for wait, act, which in script:
        now += wait
        before = breaker.state(now)
        if act == "ask":
            permit = breaker.permit(now)
            if permit:
                running.append(permit)
            assert permit or before != "closed"
            if opened_at is not None and now < opened_at + 5:
                assert permit is None
        elif running:
            report = getattr(breaker, act)
            report(running.pop(which % len(running)), now)
            if breaker.state(now) == "open" != before:
                opened_at = now
        if breaker.state(now) != "open":
            opened_at = None
    # However it stands, it lets somebody try after a pause, and one success closes it.
    permit = breaker.permit(now + 5)
    assert permit
    breaker.succeeded(permit, now + 5)
    assert breaker.state(now + 5) == "closed"


def test_attempts_share_one_deadline() -> None:
    deadline = Deadline(at=10)
    assert [deadline.left(7), deadline.left(7, reserve=1), deadline.left(11)] == [
        3,
        2,
        0,
    ]
    assert [deadline.allows(7, wait=1, attempt=a) for a in (2, 2.5)] == [True, False]


@quick
@given(st.lists(st.booleans()), st.sampled_from([0.1, 0.5]))
def test_retries_are_a_part_of_the_requests(calls: list[bool], ratio: float) -> None:
    budget = RetryBudget(ratio, most=3)
    retries = 0
    for is_retry in calls:
        if is_retry:
            retries += budget.retry()
        else:
            budget.request()
        assert retries <= 3 + ratio * calls.count(False) + 1e-6


def test_ten_requests_earn_one_retry() -> None:
    budget = RetryBudget(ratio=0.1, most=1)
    assert [budget.retry(), budget.retry()] == [True, False]
    for _ in range(10):
        budget.request()
    assert [budget.retry(), budget.retry()] == [True, False]


def test_only_what_may_be_done_twice_is_tried_again() -> None:
    tried = {
        (method, status)
        for method, status in product(
            ["get", "PUT", "POST"], [None, 200, 404, 500, 503]
        )
        if may_retry(method, status)
    }
    assert tried == {("get", None), ("get", 503), ("PUT", None), ("PUT", 503)}


RECEIVED = [
    (b"Host", b"example.org"),
    (b"Connection", b"close, X-Mine"),
    (b"connection", b" X-Other "),
    (b"Keep-Alive", b"timeout=5"),
    (b"Transfer-Encoding", b"chunked"),
    (b"TE", b"trailers"),
    (b"Upgrade", b"h2c"),
    (b"Proxy-Authorization", b"Basic eA=="),
    (b"x-mine", b"1"),
    (b"x-other", b"1"),
    (b"Set-Cookie", b"a=1"),
    (b"Set-Cookie", b"b=2"),
]


def test_fields_of_the_connection_are_not_passed_on() -> None:
    assert end_to_end(RECEIVED) == [
        (b"Host", b"example.org"),
        (b"Set-Cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
    ]
    as_text = [(name.decode(), value.decode()) for name, value in RECEIVED]
    assert end_to_end(as_text)[-1] == ("Set-Cookie", "b=2")


names = st.sampled_from(["Set-Cookie", "x-a", "X-B", "connection", "TE"])


@quick
@given(st.lists(st.tuples(names, st.sampled_from(["", "x-a", "x-b , x-a", "close"]))))
def test_fields_that_are_passed_on_keep_their_order(
    headers: list[tuple[str, str]],
) -> None:
    passed = end_to_end(headers)
    assert end_to_end(passed) == passed
    named = ",".join(value for name, value in headers if name == "connection")
    kept = {"set-cookie", "x-a", "x-b"} - {each.strip() for each in named.split(",")}
    assert passed == [field for field in headers if field[0].lower() in kept]


Parts = dict[str, Answered | Missing]

MERGED: dict[str, tuple[Parts, list[str], int, bool]] = {
    "all": ({"a": Answered(1), "b": Answered(None)}, [], 200, True),
    "one is late": ({"a": Answered(1), "b": Missing("deadline")}, [], 200, False),
    "a required one is late": (
        {"a": Answered(1), "b": Missing("deadline")},
        ["b"],
        504,
        False,
    ),
    "a required one fails": (
        {"a": Answered(1), "b": Missing("failed"), "c": Missing("deadline")},
        ["b", "c"],
        502,
        False,
    ),
    "all are late": ({"a": Missing("deadline")}, [], 504, False),
    "all fail": ({"a": Missing("deadline"), "b": Missing("open")}, [], 502, False),
}


@pytest.mark.parametrize("case", MERGED)
def test_part_of_an_answer_is_a_success_unless_it_is_required(case: str) -> None:
    parts, required, status, complete = MERGED[case]
    merged = merge(parts, required)
    assert (merged.status, merged.complete) == (status, complete)


def test_merged_answer_says_what_is_missing_and_why() -> None:
    parts: Parts = {"b": Answered([1]), "a": Missing("open")}
    assert merge(parts) == Merged(
        200, False, {"answers": {"b": [1]}, "missing": {"a": "open"}}
    )
