"""What becomes of a delivery: it is tried until it is sent, or given up.

    pending ── claim ──> pending, due again after the lease
                           ── sent ────> sent
                           ── failed ──> pending, due later; or dead
                           ── the worker is killed: due again after the lease

A worker claims a delivery before it sends. That counts the attempt, and puts the next
one off by a lease, so that no other worker takes it. If the worker dies, nobody has to
notice: the delivery is due again when the lease is over. It may be sent twice then,
which its key makes harmless. One that kills each worker is dead in the end, because an
attempt counts from its beginning.

These are functions from a record to the next one. Storing it is for the caller, who
must see to it that two do not claim at once (`SELECT ... FOR UPDATE SKIP LOCKED`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from asgi_compare.domain.systems.notices.notice import Delivery


@dataclass(frozen=True)
class Schedule:
    """How long to wait after an attempt that failed, and how often to try."""

    first: float = 1.0
    factor: float = 2.0
    longest: float = 3_600.0
    attempts: int = 8

    def wait(self, attempts: int, chance: float) -> float:
        """Return the seconds to wait when `attempts` have failed.

        `chance` is from `random.random()`. It spreads the waits between a half and the
        whole, so that all who failed together do not come back together.
        """
        # The exponent is bounded, or a float overflows after some hundred attempts.
        longest = min(self.longest, self.first * self.factor ** min(attempts - 1, 64))
        return longest * (0.5 + chance / 2)


def due(outbox: Iterable[Delivery], now: float) -> list[Delivery]:
    """Return what is to be tried now, the longest due first."""
    ready = (each for each in outbox if each.state == "pending" and each.due <= now)
    return sorted(ready, key=lambda delivery: (delivery.due, delivery.key))


def claim(delivery: Delivery, now: float, lease: float, schedule: Schedule) -> Delivery:
    """Begin an attempt: send the delivery only if what is returned is pending.

    It is dead if all attempts have begun before: the last one ended its worker.
    """
    if delivery.attempts >= schedule.attempts:
        error = delivery.error or "No worker has survived an attempt."
        return replace(delivery, state="dead", error=error)
    return replace(delivery, attempts=delivery.attempts + 1, due=now + lease)


def sent(delivery: Delivery) -> Delivery:
    """Return the delivery as one that has arrived."""
    return replace(delivery, state="sent", error="")


def failed(
    delivery: Delivery,
    error: str,
    now: float,
    schedule: Schedule,
    *,
    chance: float,
    permanent: bool = False,
) -> Delivery:
    """Return the delivery as one to be tried again, or given up.

    A failure is permanent when trying again cannot help: there is no such mailbox, or
    the subscription has ended (410).
    """
    if permanent or delivery.attempts >= schedule.attempts:
        return replace(delivery, state="dead", error=error)
    wait = schedule.wait(delivery.attempts, chance)
    return replace(delivery, due=now + wait, error=error)
