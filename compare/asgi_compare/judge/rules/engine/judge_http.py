"""The state machine of one HTTP request in ASGI.

The server gives `http.request` until the body is complete, and `http.disconnect` when
the client has gone. The application answers with one start, then the content, and then
trailers, if the start has announced them.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.response import Response, head_of
from asgi_compare.judge.rules.engine.values import (
    hidden,
    is_bytes,
    is_int,
    pairs,
    truthy,
)

EXTENSIONS = {
    "http.response.push": "http.response.push",
    "http.response.zerocopysend": "http.response.zerocopysend",
    "http.response.pathsend": "http.response.pathsend",
    "http.response.early_hint": "http.response.early_hint",
    "http.response.trailers": "http.response.trailers",
    "http.response.debug": "http.response.debug",
}


class HttpJudge(Judge):
    """Follow one HTTP request."""

    protocol = "http"
    receives = frozenset({"http.request", "http.disconnect"})
    sends = frozenset({"http.response.start", "http.response.body"})
    extensions = EXTENSIONS

    request_done = False
    """The request's body has been received to its end."""
    debugged = False

    def __init__(self, scope: Any, name: str = "") -> None:
        super().__init__(scope, name)
        self.response = Response(self.scope.get("method"))

    def _is_over(self) -> bool:
        return self.response.phase == "done"

    def _advance(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "http.request":
            self.request_done = not truthy(event.get("more_body", False))
        elif kind == "http.disconnect":
            self.left = True
        elif kind == "http.response.debug":
            self.debugged = True
        elif kind == "http.response.start":
            self._start(event)
        elif kind in CONTENT:
            self._content(kind, event)
        elif kind == "http.response.trailers":
            response = self.response
            more = truthy(event.get("more_trailers", False))
            if response.phase == "trailers" and not more:
                response.phase = "done"

    def _start(self, event: dict[str, Any]) -> None:
        response = self.response
        tried_again = response.doubtful and not response.has_body
        if response.phase != "waiting" and not tried_again:
            return
        start(self, self.response, event)

    def _content(self, kind: str, event: dict[str, Any]) -> None:
        response = self.response
        if kind == "http.response.pathsend":
            response.path_sent = True
        content(self, response, event)


CONTENT = frozenset(
    {
        "http.response.body",
        "http.response.zerocopysend",
        "http.response.pathsend",
        "websocket.http.response.body",
    }
)


def start(judge: Judge, response: Response, event: dict[str, Any]) -> None:
    """Take a response's start into account, and judge its head."""
    status = event.get("status")
    headers = event.get("headers", ())
    head = head_of(status if is_int(status) else None, pairs(headers), hidden(headers))
    response.begin(head)
    response.announces_trailers = truthy(event.get("trailers", False))
    response.doubtful = judge.last_was_invalid
    judge._run(f"head {judge.protocol}", response)


def content(judge: Judge, response: Response, event: dict[str, Any]) -> None:
    """Take a piece of content into account; judge the response if it was the last."""
    if response.phase != "body":
        return
    body = event.get("body", b"")
    if is_bytes(body) and event["type"] in COUNTED:
        judge._run("content", len(body))
        response.length += len(body)
    else:
        response.counted = False
    response.has_body = True
    if not truthy(event.get("more_body", False)):
        response.phase = "trailers" if response.announces_trailers else "done"
        judge._run("complete", response)


COUNTED = frozenset({"http.response.body", "websocket.http.response.body"})
