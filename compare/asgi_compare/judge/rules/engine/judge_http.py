"""Exact
dicts with exactly the usual keys and types. Heads that were found to be without fault
are remembered, since an application sends few different ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asgi_compare.judge.rules.engine.judge import NOTHING, Judge
from asgi_compare.judge.rules.engine.ordinary_scope import is_ordinary
from asgi_compare.judge.rules.engine.response import Head, Response, head_of
from asgi_compare.judge.rules.engine.values import (
    hidden,
    is_bytes,
    is_int,
    pairs,
    truthy,
)
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Ending

EXTENSIONS = {
    "http.response.push": "http.response.push",
    "http.response.zerocopysend": "http.response.zerocopysend",
    "http.response.pathsend": "http.response.pathsend",
    "http.response.early_hint": "http.response.early_hint",
    "http.response.trailers": "http.response.trailers",
    "http.response.debug": "http.response.debug",
}
HEADS = 512
"""How many faultless heads are remembered."""
LONGEST = 4000
"""How many bytes of each."""

FAULTLESS: dict[Any, Head] = {}
"""Heads without fault, by the status and the fields; `remember_head` fills it."""


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
        # Only what was looked at in full, and had no fault, is not looked at again.
        faults = any(self.index in finding.evidence for finding in self.findings)
        if not faults and not self.left and not self.notes:
            remember_head(event, self.response.head)

    def _content(self, kind: str, event: dict[str, Any]) -> None:
        response = self.response
        if kind == "http.response.pathsend":
            response.path_sent = True
        content(self, response, event)

    # The early answers ---------------------------------------------------------------

    def _scope_is_fine(self) -> bool:
        return self.scope is self.raw_scope and is_ordinary(self.scope)

    def _received_is_fine(self, event: Any) -> bool:
        if self.left or self.request_done or self.response.phase == "done":
            return False
        try:
            if (
                type(event) is dict
                and len(event) == 3
                and event["type"] == "http.request"
                and type(event["body"]) is bytes
            ):
                more = event["more_body"]
                if more is False:
                    self.request_done = True
                    return True
                return more is True
        except Exception:
            return False
        return False

    def sent(self, event: object) -> Sequence[Finding]:
        """Judge what the application sent; a piece of a stream with least effort."""
        response = self.response
        try:
            if (
                response.phase == "body"
                and not self.left
                and type(event) is dict
                and len(event) == 3
                and event["more_body"] is True
                and event["type"] == "http.response.body"
                and type(body := event["body"]) is bytes
            ):
                length = response.length + len(body)
                if length <= response.most:
                    response.length = length
                    response.has_body = True
                    self.index += 1
                    self.last_sent = event
                    return NOTHING
        except Exception:
            return super().sent(event)
        return super().sent(event)

    def _sent_is_fine(self, event: Any) -> bool:
        if self.left or type(event) is not dict:
            return False
        try:
            kind = event["type"]
            if kind == "http.response.body":
                return self._body_is_fine(event)
            if kind == "http.response.start" and len(event) == 3:
                return self._start_is_fine(event)
        except Exception:
            return False
        return False

    def _start_is_fine(self, event: dict[str, Any]) -> bool:
        response = self.response
        status = event["status"]
        if response.phase != "waiting" or type(status) is not int:
            return False
        headers = event["headers"]
        if type(headers) is not list and type(headers) is not tuple:
            return False
        # An unhashable entry, such as a pair written as a list, raises: the slow way.
        head = FAULTLESS.get((status, *headers))
        # A memoryview is equal to the bytes that it shows, and has their hash.
        if head is None or any(type(part) is not bytes for p in headers for part in p):
            return False
        response.begin(head)
        return True

    def _body_is_fine(self, event: dict[str, Any]) -> bool:
        response = self.response
        if response.phase != "body":
            return False
        body = event["body"]
        size = len(event)
        if type(body) is not bytes or size > 3:
            return False
        length = response.length + len(body)
        # A piece that is not the last was let through before.
        if size == 3 and event["more_body"] is not False:
            return False
        if (
            length > response.most
            or length < response.least
            or response.announces_trailers
        ):
            return False
        response.length = length
        response.has_body = True
        response.phase = "done"
        return True

    def _end_is_fine(self, ending: Ending) -> bool:
        return self.response.phase == "done"


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


def remember_head(event: dict[str, Any], head: Head) -> None:
    """Keep a head that was judged and found without fault."""
    headers: Any = event.get("headers")
    if set(event) != {"type", "status", "headers"} or type(event["status"]) is not int:
        return
    if type(headers) not in (list, tuple):
        return
    if any(type(pair) is not tuple or len(pair) != 2 for pair in headers):
        return
    if sum(len(part) for pair in headers for part in pair) > LONGEST:
        return
    if len(FAULTLESS) >= HEADS:
        FAULTLESS.clear()
    FAULTLESS[(event["status"], *headers)] = head
