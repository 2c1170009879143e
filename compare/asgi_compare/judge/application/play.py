"""Play one trial after the other with an application.

A server calls an application in one event loop, within one lifespan. So do these: the
first trial opens a loop and starts the lifespan, and both stay until the trial that
stops it. What the application put into `scope["state"]` is handed to every exchange. An
application that is no ASGI but a WSGI application has no lifespan, and each exchange is
on a thread of its own.

The parent asks for trials by name of this module's `play` (see
`asgi_compare.drive.workers.channel`).
"""

from __future__ import annotations

import asyncio
import inspect
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request, Scenario
from asgi_compare.drive.in_process import asgi_lifespan
from asgi_compare.drive.in_process.asgi_lifespan import LifespanExchange
from asgi_compare.drive.in_process.recorder import Message, Recorder
from asgi_compare.drive.in_process.stepping import GRACE, run
from asgi_compare.drive.request_parts import Scope
from asgi_compare.judge.application import edge_case_servers_wsgi as awkward_wsgi
from asgi_compare.judge.application.edge_case_servers import (
    AwkwardHttp,
    AwkwardWebSocket,
)
from asgi_compare.judge.application.probe import (
    LIFESPAN_STARTS,
    LIFESPAN_STOPS,
    UNKNOWN_TYPE,
    Trial,
)
from asgi_compare.model.transcript import Transcript

LONG = 24 * 3600.0
"""Seconds that a lifespan may last."""

_sessions: dict[str, Session] = {}
"""By the name under which scenarios know an application."""


def play(
    application: Any, interface: str, scenario: Scenario, holds: object = None
) -> Transcript:
    """Play one trial with an application that is loaded here."""
    assert isinstance(scenario, Trial), scenario
    if interface == "wsgi":
        assert isinstance(scenario.exchange, Request), scenario
        return awkward_wsgi.play(
            application,
            scenario.name,
            scenario.exchange,
            scenario.server,
            scenario.deadline,
        )
    name = scenario.application
    session = _sessions[name] = _sessions.get(name) or Session(application)
    return session.loop.run_until_complete(session.play(scenario))


class Session:
    """One application in one loop, between its start-up and its shut-down."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.loop = asyncio.new_event_loop()
        self.lived: LifespanExchange | None = None
        self.task: asyncio.Task[None] | None = None

    async def play(self, trial: Trial) -> Transcript:
        """Play a trial of any kind."""
        exchange = trial.exchange
        if trial.name == UNKNOWN_TYPE:
            return await self.unknown_type(trial)
        if isinstance(exchange, Lifetime):
            return await self.lifetime(trial, exchange)
        if self.lived is None:
            await self.start(trial.deadline)
        assert self.lived is not None
        held: AwkwardHttp | AwkwardWebSocket
        # Lifespan, "Lifespan State": only an application that has started has one.
        state = self.lived.state if "startup" in self.lived.answers else None
        if isinstance(exchange, Conversation):
            held = AwkwardWebSocket(trial.name, exchange, trial.server, state)
        else:
            held = AwkwardHttp(trial.name, exchange, trial.server, state)
        try:
            scope = held.scope_as_given()
            await run(self.awaited(held), scope, held, trial.deadline)
        finally:
            held.close()
        return held()

    def awaited(self, held: Recorder) -> Any:
        """Return the application, with an eye on what the call of it returns."""

        def call(scope: Scope, receive: Any, send: Any) -> Any:
            returned = self.application(scope, receive, send)
            if not inspect.isawaitable(returned):
                value = None if returned is None else type(returned).__name__
                held.record("receive", {"type": "call.returned", "value": str(value)})
                raise TypeError(f"Expected an awaitable, but got {value}.")
            return returned

        return call

    async def lifetime(self, trial: Trial, exchange: Lifetime) -> Transcript:
        """Start, or stop, or both in a loop that goes on."""
        if trial.name == LIFESPAN_STARTS:
            return await self.start(trial.deadline)
        if trial.name == LIFESPAN_STOPS:
            return await self.stop(trial.deadline)
        return await asgi_lifespan.exchange(
            self.application, exchange, name=trial.name, deadline=trial.deadline
        )

    async def start(self, limit: float) -> Transcript:
        """Start the application, if it takes part; leave the lifespan open."""
        self.lived = lived = LifespanExchange(LIFESPAN_STOPS, Lifetime())
        lived.began = lived.ended = now()
        self.task = asyncio.create_task(
            run(self.application, lived.scope(), lived, LONG)
        )
        self.task.add_done_callback(lived.ended_by_itself)
        await self.ask("startup", limit)
        return lived.written("asgi", None)

    async def stop(self, limit: float) -> Transcript:
        """Stop the application, and give the transcript of its whole lifespan."""
        if self.lived is None:
            await self.start(limit)
        lived, task = self.lived, self.task
        assert lived is not None
        assert task is not None
        if lived.answers.get("startup") == "complete" and not lived.over:
            await self.ask("shutdown", limit)
        if not lived.answers or lived.asked[-1] not in lived.answers:
            await asyncio.wait([task], timeout=limit)
        else:
            await asyncio.wait([task], timeout=GRACE)
        if not task.done():
            lived.notes += ("The lifespan was cancelled: it went on after its answer.",)
            lived.ended = now()
            task.cancel()
        self.lived = None
        return lived.written("asgi", None)

    async def ask(self, what: str, limit: float) -> None:
        """Ask for start-up or shut-down; stop an application that does not answer."""
        lived, task = self.lived, self.task
        assert lived is not None
        assert task is not None
        timer = self.loop.call_later(limit, lived.halt, "timed out")
        try:
            await lived.ask(what)
        finally:
            timer.cancel()

    async def unknown_type(self, trial: Trial) -> Transcript:
        """Call the application with a scope of a type that there is not."""
        held = Stranger()
        held.open(trial.name)
        await run(self.application, held.scope_as_given(), held, trial.deadline)
        return held.written("asgi", None)


class Stranger(Recorder):
    """A server of a protocol that nobody knows; it has nothing to say."""

    def scope_as_given(self) -> Scope:
        """Make the scope."""
        return {
            "type": "compare.unknown",
            "asgi": {"version": "3.0", "spec_version": "1.0"},
        }

    async def receive(self) -> Message:
        """Wait: there is nothing to receive."""
        await self.never()
        raise AssertionError("never comes back")

    async def send(self, event: Message) -> None:
        """Write it down, and refuse it: no event can be valid."""
        if self.record("send", event) < 0:
            await self.never()
        self.unheard |= {len(self.log) - 1}
        raise RuntimeError("Expected no event, but got one.")
