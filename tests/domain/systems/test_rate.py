from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.rate import Rate, TokenBucket, TokenBuckets
from tests.domain import quick

rates = st.builds(Rate, st.floats(0.1, 100), st.floats(1, 50))
steps = st.lists(st.floats(0, 5), min_size=1, max_size=60)


@quick
@given(rates, steps)
def test_no_span_has_more_than_burst_and_rate(rate: Rate, waits: list[float]) -> None:
    bucket = TokenBucket(rate, 0)
    taken = [now for now in accumulate(waits) if bucket.take(now)]
    for first, start in enumerate(taken):
        for last, end in enumerate(taken[first:], first):
            allowed = rate.burst + rate.per_second * (end - start)
            assert last - first + 1 <= allowed + 1e-6


@quick
@given(rates, steps)
def test_who_waits_as_long_as_told_gets_the_token(
    rate: Rate, waits: list[float]
) -> None:
    bucket, now = TokenBucket(rate, 0), 0.0
    for wait in waits:
        now += wait
        now += bucket.wait(now)
        assert bucket.take(now)


@quick
@given(rates, steps)
def test_time_that_runs_backwards_gives_no_tokens(
    rate: Rate, waits: list[float]
) -> None:
    bucket = TokenBucket(rate, 100)
    # Two threads, one with a clock that is behind.
    taken = sum(
        bucket.take(now) for wait in waits for now in (100, 100 - wait, 100 - 2 * wait)
    )
    assert taken <= rate.burst + 1e-6


@quick
@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 0.2)), max_size=400))
def test_buckets_that_are_forgotten_are_not_missed(
    calls: list[tuple[int, float]],
) -> None:
    rate = Rate(5, 2)
    buckets, kept, now = TokenBuckets(rate), dict[str, TokenBucket](), 0.0
    for user, wait in calls:
        now += wait
        alone = kept.setdefault(str(user), TokenBucket(rate, now))
        assert buckets.wait(str(user), now) == alone.wait(now)
        assert buckets.take(str(user), now) == alone.take(now)


def test_a_million_names_leave_nothing_behind() -> None:
    buckets = TokenBuckets(Rate(10, 1))
    for number in range(20_000):
        buckets.take(str(number), now=number / 100)
    assert len(buckets) < 200


def test_more_than_the_bucket_holds_is_never_there() -> None:
    assert TokenBucket(Rate(1, 5), 0).wait(0, tokens=6) == float("inf")
