"""Play a server from its start to its end for an ASGI application.

Before a server takes connections it calls the application once with a scope of the type
`lifespan`. The application gets `lifespan.startup` and answers when it is ready; this
call stays open while requests are served, and at the end it gets `lifespan.shutdown`.
What it has put into `scope["state"]` meanwhile is handed to every request, as a shallow
copy. An application that raises does not take part, and is served without.

The lifespan runs in a task of its own, because it is called before the requests and
ends after them. This driver does not know what the application should answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Lifetime
from asgi_compare.drive.in_process import asgi_http
from asgi_compare.drive.in_process.asgi import AsgiExchange, type_of
from asgi_compare.drive.in_process.recorder import Message
from asgi_compare.drive.in_process.stepping import GRACE, Application, run
from asgi_compare.drive.request_parts import Scope
from asgi_compare.model.transcript import Transcript

ASKED = ("startup", "shutdown")
ANSWERS = {
    f"lifespan.{what}.{how}": (what, how)
    for what in ASKED
    for how in ("complete", "failed")
}


async def exchange(
    application: Application,
    lifetime: Lifetime,
    *,
    name: str = "",
    deadline: float = 5.0,
) -> Transcript:
    """Start an application, put the requests to it, and shut it down."""
    lived = LifespanExchange(name, lifetime)
    task = asyncio.create_task(run(application, lived.scope(), lived, deadline))
    task.add_done_callback(lived.ended_by_itself)
    requests = []
    try:
        await lived.ask("startup")
        if lived.answers.get("startup") != "failed":
            for request in lifetime.requests:
                requests.append(
                    await asgi_http.exchange(
                        application,
                        request,
                        name=f"{request.method} {request.target.decode('latin-1')}",
                        deadline=deadline,
                        state=lived.state,
                    )
                )
            await lived.ask("shutdown")
        if lived.asked[-1] in lived.answers:
            # The server goes now, whatever the application still wants to do.
            await asyncio.wait([task], timeout=GRACE)
        else:
            await asyncio.wait([task])  # to the deadline at most
    finally:
        lived.over = True
        if not task.done():
            lived.notes += ("The lifespan was cancelled: it went on after its answer.",)
            lived.ended = now()
            task.cancel()
    return replace(lived.transcript(), requests=tuple(requests))


class LifespanExchange(AsgiExchange):
    """One lifespan, as the server has it in hand."""

    over = False
    asked: tuple[str, ...] = ()
    """What the server has asked for."""
    handed = 0
    """How much of that the application was given."""

    def __init__(self, name: str, lifetime: Lifetime) -> None:
        self.open(name)
        self.state: dict[str, Any] | None = {} if lifetime.state else None
        self.answers: dict[str, str] = {}

    def scope(self) -> Scope:
        """Make the scope; the application writes into the state, and we read it."""
        scope: Scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
        }
        if self.state is not None:
            scope["state"] = self.state
        return scope

    def scope_as_given(self) -> Scope:
        """Make the scope once more, with the state as empty as it was."""
        scope = self.scope()
        return scope | {"state": {}} if "state" in scope else scope

    async def ask(self, what: str) -> None:
        """Ask for start-up or shut-down, and wait for the answer or the end."""
        self.asked += (what,)
        self.changed()
        while what not in self.answers and not self.over:
            await self.sleep()

    def ended_by_itself(self, _: object) -> None:
        """Note that no answer will come any more."""
        self.over = True
        self.changed()

    async def receive(self) -> Message:
        """Return what the server asks for next, when it does."""
        while self.handed >= len(self.asked):
            await self.sleep()
        self.handed += 1
        return await self.give({"type": f"lifespan.{self.asked[self.handed - 1]}"})

    def take(self, event: Any) -> None:
        """Note an answer; refuse what is none, and what was not asked for."""
        kind = type_of(event)
        what, how = ANSWERS.get(kind, ("", "")) if isinstance(kind, str) else ("", "")
        waiting = [each for each in self.asked if each not in self.answers]
        if what not in waiting:
            raise RuntimeError(f"Expected an answer to {waiting!r}, but got {kind!r}.")
        if not isinstance(event.get("message", ""), str):
            raise TypeError(f"Expected a message, but got {event['message']!r}.")
        self.answers[what] = how
        self.changed()
