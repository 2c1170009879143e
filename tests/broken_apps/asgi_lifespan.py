"""Applications that break one rule of the lifespan protocol each, and it alone."""

from __future__ import annotations

from asgi_compare.contract.scenario import Lifetime
from tests.broken_apps.apps import STARTED, STOPPED, broken, event, lifespan

FAILED = event("lifespan.startup.failed", message=OSError("no database"))

CASES = tuple(
    broken(rule, application, Lifetime(), also=also)
    for rule, application, also in (
        (
            "asgi-lifespan/answer-before-startup",
            lifespan(STARTED, "receive", "receive", STOPPED),
            "",
        ),
        (
            "asgi-lifespan/startup-answered-twice",
            lifespan("receive", STARTED, STARTED, "receive", STOPPED),
            "",
        ),
        (
            "asgi-lifespan/answer-before-shutdown",
            lifespan("receive", STARTED, STOPPED, "receive"),
            "",
        ),
        (
            "asgi-lifespan/shutdown-answered-twice",
            lifespan("receive", STARTED, "receive", STOPPED, STOPPED),
            "",
        ),
        ("asgi-lifespan/startup-unanswered", lifespan("receive"), ""),
        (
            "asgi-lifespan/shutdown-unanswered",
            lifespan("receive", STARTED, "receive"),
            "",
        ),
        ("asgi-lifespan/returned-early", lifespan("receive", STARTED), ""),
        ("asgi-lifespan/raised-early", lifespan("receive", STARTED, "raise"), ""),
        ("asgi-lifespan/message-type", lifespan("receive", FAILED), ""),
        ("asgi/unknown-protocol-accepted", lifespan(), "lifespan"),
    )
)
