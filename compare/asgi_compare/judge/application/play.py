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
import copy
import inspect
from collections.abc import Callable
from contextvars import Context, copy_context
from importlib import import_module
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Conversation, Lifetime, Request, Scenario
from asgi_compare.drive.in_process import asgi_lifespan
from asgi_compare.drive.in_process.asgi_lifespan import LifespanExchange
from asgi_compare.drive.in_process.recorder import Message, Recorder
from asgi_compare.drive.in_process.stepping import GRACE, run
from asgi_compare.drive.request_parts import Scope
from asgi_compare.judge.application import edge_case_servers_wsgi as awkward_wsgi
from asgi_compare.judge.application.arrange import another
from asgi_compare.judge.application.conclusions import SCOPE_CHANGED
from asgi_compare.judge.application.edge_case_servers import (
    AwkwardHttp,
    AwkwardWebSocket,
    Placed,
)
from asgi_compare.judge.application.leftovers import (
    Heartbeat,
    over_and_over_in_loop,
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
WATCHED = ("/plain", "/again")
"""The probes during which it is watched whether the event loop turns."""
KEPT = (
    "type",
    "method",
    "scheme",
    "http_version",
    "path",
    "raw_path",
    "query_string",
    "root_path",
    "headers",
    "client",
    "server",
    "subprotocols",
)
"""Keys of a scope that are the caller's; any other may be there for the application."""

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


def play_on_uvloop(
    application: Any, interface: str, scenario: Scenario, holds: object = None
) -> Transcript:
    """Play one trial in an event loop of uvloop, as many servers do."""
    Session.new_loop = staticmethod(import_module("uvloop").new_event_loop)
    return play(application, interface, scenario, holds)


class Session:
    """One application in one loop, between its start-up and its shut-down."""

    new_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop

    def __init__(self, application: Any) -> None:
        self.application = application
        self.loop = type(self).new_loop()
        self.lived: Lived | None = None
        self.context: Context | None = None
        """The context that the last request has left."""
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
        held = self.opened(trial, exchange)
        if trial.server.another and isinstance(exchange, Request):
            other = self.opened(trial, another(exchange))
            await asyncio.gather(self.held(held, trial), self.held(other, trial))
        elif trial.server.inherits and self.context is not None:
            call = self.held(held, trial)
            await self.loop.create_task(call, context=self.context)
        elif trial.name.partition(" ")[0].endswith(WATCHED):
            with Heartbeat(self.loop) as heart:
                await self.held(held, trial)
            held.notes += tuple(heart.notes())
        else:
            await self.held(held, trial)
        well = held.error is None or held.left is not None
        if trial.server.repeats and well and held.halted is None:
            held.notes += tuple(
                await over_and_over_in_loop(
                    lambda: self.held(self.opened(trial, exchange), trial)
                )
            )
        return held.transcript()

    def opened(self, trial: Trial, exchange: Any) -> AwkwardHttp | AwkwardWebSocket:
        """Make the server of one exchange."""
        assert self.lived is not None
        # Lifespan, "Lifespan State": only an application that has started has one.
        state = self.lived.state if "startup" in self.lived.answers else None
        if isinstance(exchange, Conversation):
            return AwkwardWebSocket(
                trial.name, exchange, trial.server, state, trial.seed
            )
        return AwkwardHttp(trial.name, exchange, trial.server, state, trial.seed)

    async def held(self, held: AwkwardHttp | AwkwardWebSocket, trial: Trial) -> None:
        """Have one exchange, and look whether the scope is still the caller's."""
        scope = held.scope_as_given()
        before = {key: copy.deepcopy(scope[key]) for key in KEPT if key in scope}
        try:
            await run(self.awaited(held), scope, held, trial.deadline)
        finally:
            held.close()
        changed = [key for key in before if scope.get(key) != before[key]]
        if changed:
            held.notes += (
                f"{SCOPE_CHANGED.id}: Expected the scope to be as it was, but the "
                f"application has changed {', '.join(map(repr, changed))}",
            )

    def awaited(self, held: Recorder) -> Any:
        """Return the application, with an eye on what the call of it returns."""

        def call(scope: Scope, receive: Any, send: Any) -> Any:
            returned = self.application(scope, receive, send)
            if not inspect.isawaitable(returned):
                value = None if returned is None else type(returned).__name__
                held.record("receive", {"type": "call.returned", "value": str(value)})
                raise TypeError(f"Expected an awaitable, but got {value}.")
            return Watched(self, returned)

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
        self.lived = lived = Lived(LIFESPAN_STOPS, Lifetime())
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


class Watched:
    """An application's awaitable, which leaves its context behind when it ends."""

    # No coroutine of our own around it: its frames are those that `run` steps, and
    # `asyncio.current_task()` and cancellation work as ever.
    def __init__(self, session: Session, awaitable: Any) -> None:
        self.session = session
        self.awaitable = awaitable

    def __await__(self) -> Any:
        try:
            # A coroutine of `types.coroutine` is a generator, and has no `__await__`.
            if hasattr(self.awaitable, "__await__"):
                return (yield from self.awaitable.__await__())
            return (yield from self.awaitable)
        finally:
            self.session.context = copy_context()


class Lived(Placed, LifespanExchange):
    """A lifespan that says where an exception came from."""


class Refused(RuntimeError):
    """What a server raises that knows no event."""


class Stranger(Placed):
    """A server of a protocol that nobody knows; it has nothing to say."""

    def failed(self, error: BaseException) -> None:
        """Note an exception, unless it is our own refusal that comes back."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, Refused):
                self.notes += ("It sent an event, and raised only at the refusal.",)
                return
            cause = cause.__cause__ or cause.__context__
        super().failed(error)

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
        raise Refused("Expected no event, but got one.")
