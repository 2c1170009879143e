"""The state machine of one WebSocket connection in ASGI.

The server says `websocket.connect`; the application accepts, closes, or (where the
extension is offered) refuses with an HTTP response. After it has accepted, messages go
both ways until either side is gone.
"""

from __future__ import annotations

from typing import Any, Literal

from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.judge_http import content, start
from asgi_compare.judge.rules.engine.response import Response

Phase = Literal["new", "open", "closed", "denying", "denied"]

DENIAL = "websocket.http.response"


class WebSocketJudge(Judge):
    """Follow one WebSocket connection."""

    protocol = "websocket"
    receives = frozenset(
        {"websocket.connect", "websocket.receive", "websocket.disconnect"}
    )
    sends = frozenset({"websocket.accept", "websocket.send", "websocket.close"})
    extensions = {f"{DENIAL}.start": DENIAL, f"{DENIAL}.body": DENIAL}

    phase: Phase = "new"
    """What the application has answered so far."""
    doubtful = False
    """The accept was not valid, so that the server may have refused it."""
    connected = False
    """The application has received `websocket.connect`."""

    def __init__(self, scope: Any, name: str = "") -> None:
        super().__init__(scope, name)
        self.response = Response("GET")

    def _is_over(self) -> bool:
        return self.phase in ("closed", "denied")

    def _advance(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "websocket.connect":
            self.connected = True
        elif kind == "websocket.disconnect":
            self.left = True
        elif kind == "websocket.accept" and self.phase in ("new", "open"):
            self.phase = "open"
            self.doubtful = self.last_was_invalid
        elif kind == "websocket.close" and self.phase in ("new", "open"):
            self.phase = "closed"
        elif kind == f"{DENIAL}.start" and self.phase == "new":
            self.phase = "denying"
            start(self, self.response, event)
        elif kind == f"{DENIAL}.body" and self.phase == "denying":
            content(self, self.response, event)
            if self.response.phase == "done":
                self.phase = "denied"
