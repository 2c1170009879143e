"""HTTP in ASGI 3, watched at the least price.

Nearly all requests are alike: a scope without oddities, one or a few `http.request`, a
start with a head that asks for little, body events, the last of which completes the
response, and a return. For these an `AsgiRequest` makes the few comparisons that show
that no rule can be broken, and counts bytes. It is one small object with slots;
closures would cost more, because each variable that they share is an object of its own.

At the first event that is not so, and at an end in the middle, it makes the judge and
tells it where the exchange stands (`_judged`); from then on the judge decides. So there
is one rule book, and this is only a way not to open it. A test holds that both give the
same findings, whatever crosses.

What is left of the price: a quarter is Python's own, for four more coroutines (the row
*passed through* of `make bench-validator`), a quarter is one look at each key of the
scope, and the rest one look at each key of the events. Nothing of that can be skipped
without missing a rule. `send` cannot hand back the server's own awaitable either: what
is never awaited was never sent, and an OSError says that the client has gone.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.drive.request_parts import Scope
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.response import head_of
from asgi_compare.judge.validator.asgi import (
    Event,
    Receive,
    Send,
    Wrapper,
    follow,
)
from asgi_compare.judge.validator.exchange import (
    CALLED,
    JudgedExchange,
    is_promise,
    place,
)
from asgi_compare.judge.validator.findings import Findings
from asgi_compare.judge.validator.plain_head import Known, plain_head
from asgi_compare.judge.validator.plain_scope import plain_method

# How much content there is to be: None, if that is left open; a number; or one of
# these. No content has fewer than no bytes, so none passes.
WAITING = -1
"""The response has not begun."""
DONE = -2
"""It is complete."""
CLOSED = -3
"""The judge decides."""

new = object.__new__


class Asgi3(Wrapper):
    """An ASGI application, and what it is found to do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        """Call the application as the server asks for, and watch."""
        app, findings = self._both
        method = plain_method(scope)
        if method is None:
            return await follow(app, scope, receive, send, findings)
        # Not by `__init__`: the call of it would be a twentieth of the whole price.
        request = new(AsgiRequest)
        request.scope = scope
        request.method = method
        request._receive = receive
        request._send = send
        request.findings = findings
        request.exchange = None
        request.coming = True
        request.left = False
        request.room = WAITING
        request.count = request.length = 0
        request.heard = request.started = request.said = None
        given: Any = CALLED
        try:
            given = app(scope, request.receive, request.send)
            result = await given
        except BaseException as error:
            if request.room != DONE or not is_promise(given):
                request.judged().failed(error, given)
            raise
        if request.room != DONE:
            request.judged().returned()
        return result


class AsgiRequest:
    """One request under observation, as long as it is ordinary and in order."""

    __slots__ = (
        "_receive",
        "_send",
        "coming",
        "count",
        "exchange",
        "findings",
        "heard",
        "known",
        "left",
        "length",
        "method",
        "room",
        "said",
        "scope",
        "started",
    )

    scope: Scope
    method: str
    _receive: Receive
    _send: Send
    findings: Findings
    exchange: JudgedExchange | None
    """The judge's; None for as long as there is no need for one."""
    coming: bool
    """There may be more of the request."""
    left: bool
    """The client has gone."""
    count: int
    """The events so far, but for the start and the last of the response."""
    room: int | None
    length: int
    """The content so far; it is counted where the head says how much it is."""
    heard: Event
    """What was received last; for the messages, as are the next two."""
    started: Event
    said: Event
    known: Known
    """The head, once the response has begun."""

    async def receive(self) -> Event:
        """Receive for the application."""
        # A name of its own: calling it as an attribute is slower, on Python 3.11.
        receive = self._receive
        event = await receive()
        try:
            if (
                type(event) is dict
                and self.coming
                and len(event) == 3
                and ((more := event["more_body"]) is False or more is True)
                and event["type"] == "http.request"
                and type(event["body"]) is bytes
            ):
                self.coming = more
                self.count += 1
                self.heard = event
                return event
            if (
                type(event) is dict
                and len(event) == 1
                and event["type"] == "http.disconnect"
                and self.exchange is None
            ):
                self.count += 1
                self._leave()
                return event
        except Exception:
            pass
        self.judged().received(event)
        return event

    async def send(self, event: Event) -> Any:
        """Send for the application."""
        send = self._send
        if not self._passes(event):
            return await self.judged().sends(send, event)
        try:
            return await send(event)
        except OSError:
            # "Disconnected Client": so the server says that it has gone.
            self._leave()
            raise

    def _passes(self, event: Event) -> bool:
        """Whether an event is ordinary and in order; take note of it, if it is."""
        try:
            if type(event) is not dict:
                return False
            kind = event["type"]
            if kind == "http.response.body":
                return self._body_passes(event)
            return kind == "http.response.start" and self._start_passes(event)
        except Exception:  # a key is missing, or a value raises
            return False

    def _start_passes(self, event: Event) -> bool:
        headers = event["headers"]
        if (
            self.room != WAITING
            or len(event) != 3
            or (type(headers) is not list and type(headers) is not tuple)
            or (known := plain_head(event["status"], headers)) is None
        ):
            return False
        self.known = known
        self.room = None if self.method == "HEAD" else known[2]
        self.started = event
        return True

    def _body_passes(self, event: Event) -> bool:
        body = event["body"]
        size = len(event)
        more = event["more_body"] if size == 3 else False
        if type(body) is not bytes or size > 3 or type(more) is not bool:
            return False
        if self.room is not None:
            length = self.length + len(body)
            if length > self.room or (length < self.room and not more):
                return False
            self.length = length
        if more:
            self.count += 1
        else:
            self.coming = False
            self.room = DONE
        self.said = event
        return True

    def _leave(self) -> None:
        """Note that the client has gone; the judge decides what that means."""
        self.left = True
        self.coming = False
        if self.exchange is not None:  # another `send`, meanwhile, has asked for it
            self.exchange.judge.left = True
        if self.room != DONE:
            self.room = CLOSED

    def judged(self) -> JudgedExchange:
        """Return the judge, which decides from now on."""
        if self.exchange is None:
            self.exchange = self._judged()
            self.coming = False
            self.room = CLOSED
        return self.exchange

    def _judged(self) -> JudgedExchange:
        """Make the judge as it would be by now, had it been asked from the start."""
        scope = {**self.scope, "method": self.method}
        judge = HttpJudge(scope, place(self.method, self.scope["path"]))
        judge.index = self.count - 1
        judge.request_done = not self.coming
        judge.left = self.left
        judge.last_sent = self.said or self.started
        if self.started is not None:
            status, fields, room = self.known
            judge.index += 1
            judge.response.begin(head_of(status, tuple(fields)))
            judge.response.length = self.length
            judge.response.counted = room is not None and self.method != "HEAD"
            judge.response.has_body = self.said is not None
            if self.room == DONE:
                judge.index += 1
                judge.response.phase = "done"
        exchange = JudgedExchange(judge, self.findings)
        if self.heard is not None:
            exchange.recent.append(("receive", self.heard))
        for event in (self.started, self.said):
            if event is not None:
                exchange.recent.append(("send", event))
        return exchange
