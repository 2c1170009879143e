"""Beside the stages: HTTP in ASGI 3, watched at the least price.

Nearly all requests are alike: a scope without oddities, one or a few `http.request`,
a start with a head that was seen before, body events, the last of which completes the
response, and a return. For these a `Request` makes the few comparisons that show that
no rule can be broken, and counts bytes. It is one small object with slots; closures
would be dearer, because each variable that they share is an object of its own.

At the first event that is not so, and at an end in the middle, it makes the judge and
tells it where the exchange stands (`_judged`); from then on the judge decides. So there
is one rule book, and this is only a way not to open it. A test holds that both give the
same findings, whatever crosses.

What is left of the price: a quarter is Python's own, for four more coroutines (the row
*passed through* of `make bench-validator`), a quarter is one look at each key of the
scope, and the rest one look at each key of the events. Nothing of that can be skipped
without missing a rule.

This module does not know any rule by name.
"""

from __future__ import annotations

from typing import Any

from compare.rules.judge_http import FAULTLESS, HttpJudge
from compare.rules.ordinary_scope import is_ordinary
from compare.rules.response import UNBOUNDED, Head
from compare.validator.asgi import Event, Receive, Scope, Send, Wrapper, follow
from compare.validator.exchange import Exchange
from compare.validator.findings import Findings

CLOSED = -1
"""Fewer bytes than any content has, so that none passes."""


class Asgi3(Wrapper):
    """An ASGI application, and what it is found to do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        """Call the application as the server asks for, and watch."""
        if not is_ordinary(scope):
            return await follow(self.app, scope, receive, send, self._findings)
        request = Request(scope, receive, send, self._findings)
        try:
            result = await self.app(scope, request.receive, request.send)
        except BaseException as error:
            if not request.done:
                request.judged().raised(error)
            raise
        if not request.done:
            request.judged().returned()
        return result


class Request:
    """One request under observation, as long as it is ordinary and in order."""

    __slots__ = (
        "_receive",
        "_send",
        "complete",
        "count",
        "done",
        "exchange",
        "findings",
        "head",
        "heard",
        "least",
        "left",
        "length",
        "method",
        "most",
        "said",
        "scope",
        "started",
    )

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, findings: Findings
    ) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.findings = findings
        self.method = scope["method"]
        # It has its value once the response has begun.
        self.head: Head
        self.exchange: Exchange | None = None
        """The judge's; None for as long as there is no need for one."""
        self.count = 0
        self.length = 0
        self.least = 0
        self.most = CLOSED
        """No content passes unless the response has begun, and is not over."""
        self.complete = self.left = self.done = False
        # For the messages: what was received last; the start; what was sent last.
        self.heard: Event = None
        self.started: Event = None
        self.said: Event = None

    async def receive(self) -> Event:
        """Receive for the application."""
        event = await self._receive()
        try:
            if (
                len(event) == 3
                and ((more := event["more_body"]) is False or more is True)
                and type(event) is dict
                and event["type"] == "http.request"
                and type(event["body"]) is bytes
                and not (self.complete or self.left or self.done)
                and self.exchange is None
            ):
                self.complete = not more
                self.count += 1
                self.heard = event
                return event
            if (
                type(event) is dict
                and len(event) == 1
                and event["type"] == "http.disconnect"
                and self.exchange is None
            ):
                self.most = CLOSED
                self.left = True
                self.count += 1
                return event
        except Exception:
            pass
        self.judged().received(event)
        return event

    async def send(self, event: Event) -> Any:
        """Send for the application."""
        passed = False
        try:
            if type(event) is not dict:
                pass
            elif (kind := event["type"]) == "http.response.body":
                size = len(event)
                if (
                    size == 3
                    and event["more_body"] is True
                    and type(body := event["body"]) is bytes
                    and (length := self.length + len(body)) <= self.most
                ):
                    self.length = length
                    self.count += 1
                    self.said = event
                    passed = True
                    return await self._send(event)
                if (
                    (size == 2 or (size == 3 and event["more_body"] is False))
                    and type(body := event["body"]) is bytes
                    and self.least <= (length := self.length + len(body)) <= self.most
                ):
                    self.length = length
                    self.count += 1
                    self.said = event
                    self.most = CLOSED
                    self.done = passed = True
                    return await self._send(event)
            elif (
                kind == "http.response.start"
                and self.started is None
                and len(event) == 3
                and type(status := event["status"]) is int
                and (
                    type(headers := event["headers"]) is list or type(headers) is tuple
                )
                and (head := FAULTLESS.get((status, *headers))) is not None
                and not self.left
                and self.exchange is None
            ):
                self.head = head
                if self.method == "HEAD":
                    self.most = UNBOUNDED
                else:
                    self.least = head.least
                    self.most = head.most
                self.count += 1
                self.started = event
                passed = True
                return await self._send(event)
        except Exception as error:
            if passed:
                if isinstance(error, OSError):
                    # "Disconnected Client": so the server says that it has gone.
                    self.left = True
                    self.most = CLOSED
                raise
        return await self.judged().sends(self._send, event)

    def judged(self) -> Exchange:
        """Give the judge, which decides from now on."""
        if self.exchange is None:
            self.exchange = self._judged()
            self.done = False
            self.most = CLOSED
        return self.exchange

    def _judged(self) -> Exchange:
        """Make the judge as it would be by now, had it been asked from the start."""
        scope = {**self.scope, "method": self.method}
        judge = HttpJudge(scope, f"{self.method} {self.scope['path']}")
        judge.index = self.count - 1
        judge.request_done = self.complete
        judge.left = self.left
        judge.last_sent = self.said or self.started
        if self.started is not None:
            judge.response.begin(self.head)
            judge.response.length = self.length
            judge.response.has_body = self.said is not None
            if self.done:
                judge.response.phase = "done"
        exchange = Exchange(judge, self.findings)
        if self.heard is not None:
            exchange.recent.append(("receive", self.heard))
        for event in (self.started, self.said):
            if event is not None:
                exchange.recent.append(("send", event))
        return exchange
