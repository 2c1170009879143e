"""The outbox in a real database: what is written together, and who gets what."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from asgi_compare.domain.systems.notices import Schedule
from asgi_compare.domain.systems.notices.desk import Desk, Job, Run, groups
from asgi_compare.domain.systems.notices.loop import outcome
from asgi_compare.domain.systems.notices.notice import Delivery, Notice
from asgi_compare.domain.systems.notices.wishes import Order, Wishes
from asgi_compare.domain.systems.untrusted import Refused
from asgi_raw.systems.store import Store

ALL = Wishes(("page", "email", "webhook", "push"))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/notices.sqlite3")
    return Desk(Store(), Schedule(first=1, attempts=2), lease=10)


def wishes(desk: Desk, wanted: Wishes = ALL) -> None:
    assert desk.wish("ann", lambda _: wanted) is None


def test_order_and_its_notice_are_written_together(desk: Desk) -> None:
    heard: list[str] = []
    desk.board.subscribe("ann", heard.append)
    wishes(desk)
    done = desk.order("ann", Order("tea", 3), 5.0)
    assert isinstance(done, Notice)
    assert desk.since("ann", 0) == [(1, done)]
    assert desk.since("ann", 1) == []
    assert [(each.channel, each.due) for each in desk.outbox("ann")] == [
        ("email", 5.0),
        ("push", 5.0),
        ("webhook", 5.0),
    ]
    assert heard == [done.id]


def test_order_that_is_undone_leaves_nothing(desk: Desk) -> None:
    wishes(desk)
    assert isinstance(desk.order("ann", Order("tea", 99), 0), Notice)
    assert desk.order("ann", Order("cake", 2), 0) == Refused(
        "too-much", "Expected at most 100 pieces, but it would be 101; order less."
    )
    assert [number for number, _ in desk.since("ann", 0)] == [1]
    assert len(desk.outbox("ann")) == 3
    # Its number was not used up either: a reader would wait for it.
    desk.order("ann", Order("milk", 1), 0)
    assert [number for number, _ in desk.since("ann", 0)] == [1, 2]


def test_delivery_is_claimed_sent_and_given_up(desk: Desk) -> None:
    wishes(desk, Wishes(("webhook",)))
    desk.order("ann", Order("tea", 1), 0)
    assert desk.claim("email", 0) == []
    (job,) = desk.claim("webhook", 0)
    assert desk.claim("webhook", 9) == []  # until the lease is over
    (again,) = desk.claim("webhook", 10)
    assert (job.delivery.attempts, again.delivery.attempts) == (1, 2)
    assert desk.claim("webhook", 99) == []
    (dead,) = desk.outbox("ann")
    assert (dead.state, dead.error) == ("dead", "No worker has survived an attempt.")
    desk.revive("ann", 100)
    (revived,) = desk.claim("webhook", 100)
    desk.settle([outcome(desk, revived, None)])
    assert [each.state for each in desk.outbox("ann")] == ["sent"]


def test_what_waits_for_the_digest_is_sent_when_asked_for(desk: Desk) -> None:
    wishes(desk, Wishes(("email",), digest_at="08:00"))
    desk.order("ann", Order("tea", 1), 0)
    desk.order("ann", Order("cake", 1), 0)
    assert desk.claim("email", 0) == []
    desk.flush("ann", 0)
    jobs = desk.claim("email", 0)
    assert [len(each) for each in groups(jobs)] == [2]


def job(user: str, attempts: int, channel: str) -> Job:
    notice = Notice(f"{user}{attempts}{channel}", user, "order", "t", "b")
    return Job(
        Delivery(notice.id, user, channel, 0, attempts=attempts),  # type: ignore[arg-type]
        notice,
    )


def test_only_mails_of_one_user_with_equal_attempts_are_one_group() -> None:
    a, b, c = job("ann", 1, "email"), job("ann", 2, "email"), job("bob", 1, "email")
    hook, other = job("ann", 1, "webhook"), job("ann", 2, "webhook")
    assert groups([a, b, c, hook, other, a]) == [[a, a], [b], [c], [hook], [other]]


class Colliding:
    """A store whose first transaction fails, as when two make the tables at once."""

    skips_locked = False

    def __init__(self, store: Store, failures: int) -> None:
        self._store, self._failures = store, failures

    def transaction(self) -> object:
        self._failures -= 1
        if self._failures >= 0:
            raise RuntimeError("It is there already.")
        return self._store.transaction()


@pytest.mark.parametrize("failures", [1, 2])
def test_tables_are_made_by_two_at_once(desk: Desk, failures: int) -> None:
    store = Colliding(Store(), failures)
    collided = Desk(store, desk.schedule, 1)  # type: ignore[arg-type]
    if failures == 1:
        assert collided.since("ann", 0) == []
    else:
        with pytest.raises(RuntimeError):
            collided.prepare()


def test_two_workers_never_claim_the_same(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where they do so at the same time."""
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    store = Store()
    desk = Desk(store, Schedule(), lease=60)
    desk.wish("ann", lambda _: Wishes(("webhook",)))
    for number in range(60):
        desk.order("ann", Order(f"item {number}", 1), 0)
    together = threading.Barrier(3)

    def claim(_: int) -> list[str]:
        together.wait(10)
        return [each.delivery.key for each in desk.claim("webhook", 0)]

    with ThreadPoolExecutor(3) as pool:
        claimed = [key for keys in pool.map(claim, range(3)) for key in keys]
    assert len(claimed) == len(set(claimed)) == 60
    undone = desk.order("ann", Order("tea", 99), 0)
    assert isinstance(undone, Refused)
    assert len(desk.since("ann", 0)) == 60
    store._pool.close()


def test_transaction_that_raises_is_undone(desk: Desk) -> None:
    desk.prepare()

    def insert(run: Run) -> None:
        run("INSERT INTO notices_last VALUES (%s, %s)", "ann", 1)
        raise KeyboardInterrupt

    store = Store()
    with pytest.raises(KeyboardInterrupt), store.transaction() as run:
        insert(run)
    with store.transaction() as run:
        assert run("SELECT * FROM notices_last") == []
