"""One event, told to a user in many ways: in the page, by e-mail, web hook and push.

    notice.py       the nouns: a notice, and a delivery of it
    preferences.py  which deliveries come of a notice, and when each is due
    outbox.py       what becomes of a delivery: tried, retried, sent, given up
    webhook.py      the signature of a web hook, and its verification
    wishes.py       what a user asks for: an order, and how to be told of it
    tables.py       the tables, in SQL; desk.py, what is done with them in transactions
    letters.py      what is sent by each channel, and what an answer means
    loop.py         who sends, on an event loop; threads.py, on threads
    news.py         who waits for what the page lacks, on either
    settings.py     where to, and how often

A notice and its deliveries are written in the transaction of what caused them, so that
both are there or neither is. Each delivery is a row of its own: a channel that is dead
delays no other. A delivery is made at least once; it has a key that stays the same, by
which a receiver recognises the second of two.
"""

from asgi_compare.domain.systems.notices.notice import (
    CHANNELS,
    Channel,
    Delivery,
    Notice,
    State,
)
from asgi_compare.domain.systems.notices.outbox import (
    Schedule,
    claim,
    due,
    failed,
    sent,
)
from asgi_compare.domain.systems.notices.preferences import (
    Preferences,
    QuietHours,
    deliveries,
    digest,
)

__all__ = [
    "CHANNELS",
    "Channel",
    "Delivery",
    "Notice",
    "Preferences",
    "QuietHours",
    "Schedule",
    "State",
    "claim",
    "deliveries",
    "digest",
    "due",
    "failed",
    "sent",
]
