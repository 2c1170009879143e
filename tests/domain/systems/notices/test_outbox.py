from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.notices import (
    CHANNELS,
    Delivery,
    Schedule,
    claim,
    due,
    failed,
    sent,
)
from asgi_compare.domain.systems.seen import Seen
from tests.domain import quick

DELIVERY = Delivery("n1", "ann", "webhook", due=0)


def test_delivery_is_tried_until_it_is_dead() -> None:
    schedule = Schedule(first=1, factor=2, longest=3, attempts=4)
    delivery, now, waits = DELIVERY, 0.0, []
    while delivery.state == "pending":
        delivery = claim(delivery, now, lease=30, schedule=schedule)
        delivery = failed(delivery, "refused", now, schedule, chance=1)
        waits.append(delivery.due - now)
        now = delivery.due
    assert (delivery.state, delivery.attempts, delivery.error) == ("dead", 4, "refused")
    # The last is the lease: it is not tried again.
    assert waits == [1, 2, 3, 30]


def test_failure_that_is_permanent_is_the_last() -> None:
    claimed = claim(DELIVERY, 0, lease=30, schedule=Schedule())
    dead = failed(claimed, "no mailbox", 0, Schedule(), chance=0, permanent=True)
    assert (dead.state, dead.attempts, dead.error) == ("dead", 1, "no mailbox")


def test_delivery_that_kills_each_worker_is_dead_in_the_end() -> None:
    delivery = DELIVERY
    for _ in range(3):
        delivery = claim(delivery, delivery.due, 30, Schedule(attempts=2))
    assert (delivery.state, delivery.error) == (
        "dead",
        "No worker has survived an attempt.",
    )


def test_key_is_the_same_at_each_attempt_and_no_other() -> None:
    keys = [Delivery(notice, "ann", c, 0).key for notice in "ab" for c in CHANNELS]
    assert len(set(keys)) == len(keys)
    assert DELIVERY.key == claim(DELIVERY, 9, 30, Schedule()).key == "n1:webhook"


@quick
@given(st.integers(1, 10_000), st.floats(0, 1))
def test_wait_is_bounded_and_spread(attempts: int, chance: float) -> None:
    schedule = Schedule()
    wait = schedule.wait(attempts, chance)
    longest = schedule.wait(attempts, 1)
    assert longest / 2 <= wait <= longest <= schedule.longest
    assert longest <= schedule.wait(attempts + 1, 1)


fates = st.sampled_from(["sent", "failed", "killed before", "killed after"])


@quick
@given(st.lists(fates, max_size=30), st.integers(1, 4), st.floats(0, 1))
def test_nothing_is_lost_and_doubles_are_recognised(
    steps: list[str], number: int, chance: float
) -> None:
    """A worker is killed before it sends, or between sending and saying so."""
    schedule = Schedule(attempts=100)
    outbox = {
        row.key: row
        for row in (Delivery(f"n{n}", "ann", "push", n) for n in range(number))
    }
    keys, acted, now = Seen(), list[str](), 0.0
    # After everything that happens, the network is well again.
    for step in steps + ["sent"] * number:
        now = min(
            (row.due for row in outbox.values() if row.state == "pending"), default=0
        )
        ready = due(outbox.values(), now)
        if not ready:
            break
        assert [row.due for row in ready] == sorted(row.due for row in ready)
        row = claim(ready[0], now, lease=30, schedule=schedule)
        outbox[row.key] = row
        assert row not in due(outbox.values(), now)
        if step in ("sent", "killed after") and keys.first(row.key, 1e12, now):
            acted.append(row.key)
        if step == "sent":
            outbox[row.key] = sent(row)
        if step == "failed":
            outbox[row.key] = failed(row, "x", now, schedule, chance=chance)
    assert {row.state for row in outbox.values()} == {"sent"}
    assert sorted(acted) == sorted(outbox)
