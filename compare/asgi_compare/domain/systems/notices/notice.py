"""A notice to a user, and a delivery of it by one channel.

Times are in seconds since 1970, as `time.time()` gives them.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Channel = Literal["page", "email", "webhook", "push"]
State = Literal["pending", "sent", "dead"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True)
class Notice:
    """Something that a user wants to know; `kind` is what preferences go by."""

    id: str
    user: str
    kind: str
    title: str
    body: str
    urgent: bool = False


@dataclass(frozen=True)
class Delivery:
    """A notice on its way by one channel: a row of the outbox."""

    notice: str
    user: str
    channel: Channel
    due: float
    """When to try next; nothing happens before."""
    state: State = "pending"
    attempts: int = 0
    """How many have begun."""
    error: str = ""
    """What went wrong last."""

    @property
    def key(self) -> str:
        """The idempotency key: the same at each attempt, different for all others."""
        return f"{self.notice}:{self.channel}"
