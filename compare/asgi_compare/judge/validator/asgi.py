"""What all wrappers are, and ASGI the thorough way.

A wrapper stands where the application stood. It takes the same arguments, hands the
same scope on, gives back what the application gives back, lets every exception through,
and has every attribute that the application has. Only `receive` and `send` are its own.

`follow` watches one connection of any protocol by telling a judge of everything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgi_compare.drive.request_parts import Scope
from asgi_compare.judge.rules import judge_for
from asgi_compare.judge.rules.engine.values import plain
from asgi_compare.judge.validator.exchange import CALLED, JudgedExchange, place
from asgi_compare.judge.validator.findings import Findings, Observed

Event = Any
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[Any]]


class Wrapper:
    """An application, and what it is found to do; the base of the three interfaces."""

    def __init__(self, app: Callable[..., Any], findings: Findings) -> None:
        self.app = app
        self._findings = findings
        # `__getattr__` makes each look at an attribute expensive: this is one for two.
        self._both = app, findings

    @property
    def findings(self) -> list[Observed]:
        """What was found so far; one for each rule and place."""
        return self._findings.found

    def __getattr__(self, name: str) -> Any:
        if name == "app":  # a copy that is not finished yet
            raise AttributeError(name)
        return getattr(self.app, name)


class Asgi2(Wrapper):
    """An application of ASGI 2: called with the scope, then with `receive`, `send`."""

    def __call__(self, scope: Scope) -> Callable[[Receive, Send], Awaitable[Any]]:
        """Make the application's instance for one connection, and watch it."""
        instance = self.app(scope)

        def app(_: Scope, receive: Receive, send: Send) -> Any:
            return instance(receive, send)

        async def watched(receive: Receive, send: Send) -> Any:
            return await follow(app, scope, receive, send, self._findings)

        return watched


async def follow(
    app: Callable[..., Awaitable[Any]],
    scope: Scope,
    receive: Receive,
    send: Send,
    findings: Findings,
) -> Any:
    """Call an ASGI application, and tell a judge of all that crosses."""
    # A copy: what the server handed over, whatever the application writes into it.
    as_given = scope.copy() if type(scope) is dict else scope
    exchange = JudgedExchange(judge_for(as_given, _name(as_given), "asgi"), findings)
    exchange.begin()

    async def watched_receive() -> Event:
        event = await receive()
        exchange.received(event)
        return event

    async def watched_send(event: Event) -> Any:
        return await exchange.sends(send, event)

    given: Any = CALLED
    try:
        given = app(scope, watched_receive, watched_send)
        result = await given
    except BaseException as error:
        exchange.failed(error, given)
        raise
    exchange.returned()
    return result


def _name(scope: Scope) -> str:
    """Return what was asked for."""
    keys = plain(scope) or {}
    return place(keys.get("method", keys.get("type")), keys.get("path"))
