"""What is done with the tables, in transactions.

    desk.order(user, order, now)          the order and its notice, both or neither
    desk.since(user, number)              what the page of a user lacks
    jobs = desk.claim(channel, now)       what is to be sent now; no one else gets it
    desk.settle(deliveries)               what has become of it

Every call takes as long as a database does: on an event loop, call it in a thread. The
store is the application's own, since each framework has its way with databases.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from asgi_compare.domain.board import Board
from asgi_compare.domain.systems.notices import outbox, tables
from asgi_compare.domain.systems.notices.notice import Channel, Delivery, Notice
from asgi_compare.domain.systems.notices.outbox import Schedule
from asgi_compare.domain.systems.notices.preferences import deliveries
from asgi_compare.domain.systems.notices.wishes import Order, Wishes, stored
from asgi_compare.domain.systems.untrusted import Refused

MOST = 100
"""Pieces that a user may order in all."""
AT_ONCE = 20
"""Deliveries of one channel that are claimed together."""

Run = Callable[..., Sequence[Sequence[Any]]]
"""Executes a statement with its arguments, and returns its rows."""


class Store(Protocol):
    """A database."""

    @property
    def skips_locked(self) -> bool:
        """Whether it is PostgreSQL."""
        ...

    def transaction(self) -> AbstractContextManager[Run]:
        """Commit at the end of the block, or undo all of it if the block raises."""
        ...


class Undone(Exception):
    """Undoes a transaction, and says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.refused = refused


@dataclass(frozen=True)
class Job:
    """A delivery that was claimed, and what it is about."""

    delivery: Delivery
    notice: Notice


class Desk:
    """The notices of a database."""

    def __init__(self, store: Store, schedule: Schedule, lease: float) -> None:
        self._store, self.schedule, self._lease = store, schedule, lease
        self.board = Board()
        """Hears of each user who has a new notice; only those of this process."""
        self._prepared = False

    def prepare(self) -> None:
        """Make the tables, if there are none; a second time does nothing."""
        if self._prepared:
            return
        for attempt in (1, 2):
            try:
                with self._store.transaction() as run:
                    for statement in tables.MAKE:
                        run(statement)
                break
            except Exception:
                # In PostgreSQL two that make a table at once collide, whatever IF NOT
                # EXISTS says.
                if attempt == 2:
                    raise
        self._prepared = True

    def order(self, user: str, order: Order, now: float) -> Notice | Refused:
        """Write an order down, and its notice with the deliveries; all or nothing."""
        notice = Notice(
            secrets.token_hex(8),
            user,
            "order",
            f"Ordered: {order.item}",
            f"You have ordered {order.count} of {order.item}.",
            order.urgent,
        )
        self.prepare()
        try:
            with self._store.transaction() as run:
                run(tables.ORDER, notice.id, user, order.item, order.count)
                ((number,),) = run(tables.NEXT, user)
                self._write(run, notice, number, now)
                # Last on purpose: what must not be told has been written by now.
                ((total,),) = run(tables.ORDERED, user)
                if total > MOST:
                    sentence = f"Expected at most {MOST} pieces, but it would be "
                    raise Undone(Refused("too-much", f"{sentence}{total}; order less."))
        except Undone as undone:
            return undone.refused
        self.board.publish(user, notice.id)
        return notice

    def _write(self, run: Run, notice: Notice, number: int, now: float) -> None:
        texts = (notice.kind, notice.title, notice.body)
        row = (notice.id, notice.user, number, *texts, int(notice.urgent))
        run(tables.NOTICE, *row)
        wishes = _wishes(run, notice.user)
        for each in deliveries(notice, wishes.preferences, now):
            # The page comes and asks for what it lacks: nothing is delivered to it.
            if each.channel != "page":
                run(tables.DELIVERY, *_row(each))

    def since(self, user: str, number: int) -> list[tuple[int, Notice]]:
        """Return the notices after a number, with theirs; not all if there are many."""
        self.prepare()
        with self._store.transaction() as run:
            rows = run(tables.SINCE, user, number)
        return [(row[0], _notice(row[1:])) for row in rows]

    def wishes(self, user: str) -> Wishes:
        """Return how a user wants to be told."""
        self.prepare()
        with self._store.transaction() as run:
            return _wishes(run, user)

    def wish(
        self, user: str, change: Callable[[Wishes], Wishes | Refused]
    ) -> Refused | None:
        """Change how a user wants to be told, unless the change is refused."""
        self.prepare()
        with self._store.transaction() as run:
            changed = change(_wishes(run, user))
            if isinstance(changed, Refused):
                return changed
            run(tables.WISH, user, changed.document)
            return None

    def outbox(self, user: str) -> list[Delivery]:
        """Return all deliveries to a user."""
        self.prepare()
        with self._store.transaction() as run:
            return [Delivery(*row) for row in run(tables.OUTBOX, user)]

    def flush(self, user: str, now: float) -> None:
        """Have sent now what waits for a digest, or for the end of quiet hours."""
        self.prepare()
        with self._store.transaction() as run:
            run(tables.FLUSH, now, user)

    def revive(self, user: str, now: float) -> None:
        """Have tried anew what was given up."""
        self.prepare()
        with self._store.transaction() as run:
            run(tables.REVIVE, now, user)

    # What those who send do -----------------------------------------------------------

    def claim(self, channel: Channel, now: float) -> list[Job]:
        """Begin an attempt at what is due, and return it."""
        self.prepare()
        statement = tables.DUE
        if self._store.skips_locked:
            statement += tables.SKIP_LOCKED
        with self._store.transaction() as run:
            rows = run(statement, channel, now, AT_ONCE)
            jobs = [Job(Delivery(*row[:7]), _notice(row[7:])) for row in rows]
            begun = [
                outbox.claim(each.delivery, now, self._lease, self.schedule)
                for each in jobs
            ]
            self._settle(run, begun)
        return [
            Job(delivery, job.notice)
            for delivery, job in zip(begun, jobs, strict=True)
            if delivery.state == "pending"
        ]

    def settle(self, settled: Iterable[Delivery]) -> None:
        """Write down what has become of deliveries."""
        with self._store.transaction() as run:
            self._settle(run, settled)

    def _settle(self, run: Run, settled: Iterable[Delivery]) -> None:
        for each in settled:
            changed = (each.due, each.state, each.attempts, each.error)
            run(tables.SETTLE, *changed, each.notice, each.channel)


def groups(jobs: Iterable[Job]) -> list[list[Job]]:
    """Return the jobs that are sent together: mails that are due to one user.

    Only those that have been tried equally often. So what is sent again is the same
    mail with the same key, and who drops it as a double loses nothing.
    """
    found: dict[tuple[object, ...], list[Job]] = {}
    for job in jobs:
        each = job.delivery
        key = (each.key,) if each.channel != "email" else (each.user, each.attempts)
        found.setdefault(key, []).append(job)
    return list(found.values())


def _wishes(run: Run, user: str) -> Wishes:
    rows = run(tables.WISHED, user)
    return stored(rows[0][0]) if rows else Wishes()


def _notice(row: Sequence[Any]) -> Notice:
    id, user, kind, title, body, urgent = row
    return Notice(id, user, kind, title, body, bool(urgent))


def _row(delivery: Delivery) -> tuple[object, ...]:
    each = delivery
    key = (each.notice, each.user, each.channel)
    return (*key, each.due, each.state, each.attempts, each.error)
