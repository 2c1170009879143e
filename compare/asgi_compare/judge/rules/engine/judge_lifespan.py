"""The state machine of one lifespan.

The server says `lifespan.startup` and waits for an answer, `complete` or `failed`. Then
come the requests. Then it says `lifespan.shutdown` and waits for one answer again.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.judge.rules.engine.judge import Judge

STARTED = ("lifespan.startup.complete", "lifespan.startup.failed")
STOPPED = ("lifespan.shutdown.complete", "lifespan.shutdown.failed")


class LifespanJudge(Judge):
    """Follow one lifespan."""

    protocol = "lifespan"
    receives = frozenset({"lifespan.startup", "lifespan.shutdown"})
    sends = frozenset({*STARTED, *STOPPED})

    asked_to_start = False
    asked_to_stop = False
    started = ""
    """The application's answer to start-up, once it has given one."""
    stopped = ""

    def _advance(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "lifespan.startup":
            self.asked_to_start = True
        elif kind == "lifespan.shutdown":
            self.asked_to_stop = True
        elif kind in STARTED and not self.started:
            self.started = kind
        elif kind in STOPPED and not self.stopped:
            self.stopped = kind
