"""A gateway: one request in, one or several out, and one answer back.

rules.py    what it decides, piece by piece: deadline, breaker, retries, fields, merging
gate.py     what one process knows: whom it may ask, how they fare, who asks too much
loop.py     asking the upstreams on an event loop; threads.py, on threads

The client that speaks HTTP is not here: each application brings one.
"""

from asgi_compare.domain.systems.gateway.gate import (
    TOO_LONG,
    Ask,
    Gate,
    Refusal,
    Settings,
    read_settings,
)
from asgi_compare.domain.systems.gateway.rules import (
    IDEMPOTENT,
    PASSING,
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
    to_client,
    to_upstream,
)

__all__ = [
    "IDEMPOTENT",
    "PASSING",
    "TOO_LONG",
    "Answered",
    "Ask",
    "Breaker",
    "Deadline",
    "Gate",
    "Merged",
    "Missing",
    "Permit",
    "Refusal",
    "RetryBudget",
    "Settings",
    "end_to_end",
    "may_retry",
    "merge",
    "read_settings",
    "to_client",
    "to_upstream",
]
