"""Jobs: what is true of work that outlives its request, whoever does it.

rules.py   what is asked for, the states of a job, and how long to wait before a retry
desk.py    jobs in a store: enter, look, cancel, and one attempt at a time

Who waits is not said here. An attempt yields the seconds to wait, so that an event
loop, a thread or a worker of Celery each waits in its own way.
"""

from asgi_compare.domain.jobs.desk import Desk, Memory, Store
from asgi_compare.domain.jobs.rules import (
    LARGEST,
    LOOK_EVERY,
    MOVES,
    OVER,
    STEPS,
    TRIES,
    Job,
    Line,
    Order,
    Refusal,
    State,
    Watch,
    as_status,
    backoff,
    read_order,
    result_of,
)

__all__ = [
    "LARGEST",
    "LOOK_EVERY",
    "MOVES",
    "OVER",
    "STEPS",
    "TRIES",
    "Desk",
    "Job",
    "Line",
    "Memory",
    "Order",
    "Refusal",
    "State",
    "Store",
    "Watch",
    "as_status",
    "backoff",
    "read_order",
    "result_of",
]
