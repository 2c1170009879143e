"""The application inside: it does as it is told, and writes everything down.

`Scene` is what the two ends share while a trial is played: what the application is to
do, who plays the server outside, and every call of the application so far.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Mapping
from time import monotonic_ns as now
from typing import Any

from asgi_compare.drive.in_process.recorder import Message, Recorder
from asgi_compare.judge.middleware.trial import INSIDE
from asgi_compare.model.transcript import MAX_EVENTS, Interface, Transcript

OUTER: contextvars.ContextVar[str] = contextvars.ContextVar("asgi_compare_outer")
"""Set by the server, and looked for inside."""


class Planned(Exception):
    """What the application inside raises when it is told to."""

    def __init__(self) -> None:
        super().__init__("raised inside, as planned")


class Scene:
    """What both ends of a trial share."""

    def __init__(self) -> None:
        self.act = "answers"
        self.outside: Recorder | None = None
        self.calls: list[Inside] = []
        self.answered = threading.Event()
        """Of two exchanges at once: the second one has its whole answer."""

    def begins(self, act: str, outside: Recorder) -> None:
        """Begin a trial."""
        self.act = act
        self.outside = outside
        self.calls = []
        self.answered = threading.Event()

    def written(self) -> tuple[Transcript, ...]:
        """Write up all calls of the application."""
        return tuple(call.transcript() for call in self.calls)

    def heard_outside(self) -> int:
        """Count what has come out of the layer that may be content."""
        kinds = ("http.response.body", "yield", "write")
        log = self.outside.log if self.outside is not None else []
        return sum(
            entry.direction == "send"
            and isinstance(entry.event, dict)
            and entry.event.get("type") in kinds
            for entry in log
        )


class Inside(Recorder):
    """One call of the application inside."""

    interface: Interface = "asgi"
    ahead = 0
    """How many pieces the layer has taken more than it has passed on, at most."""
    taken = 0
    finished = False

    def __init__(self, scene: Scene, scope: Any) -> None:
        self.open(INSIDE)
        self.scene = scene
        self.given = dict(scope) if isinstance(scope, dict) else {}
        self.seen = dict(self.given)
        if isinstance(state := self.seen.get("state"), dict):
            self.seen["state"] = dict(state)  # the application writes into the other
        self.began = self.ended = now()
        if scene.outside is not None:
            self.began = scene.outside.began  # one clock for both ends
        headers = self.given.get("headers")
        if headers is not None and iter(headers) is headers:
            self.notes += (f"headers: {type(headers).__name__}",)
        if OUTER.get(None) is None:
            self.notes += ("context: lost",)
        scene.calls.append(self)

    def begins(self, receive: Any, send: Any) -> None:
        """Take the two ends that the layer gives."""
        self.outer_receive = receive
        self.outer_send = send

    async def receive(self) -> Message:
        """Receive from the layer."""
        event: Message = await self.outer_receive()
        self.record("receive", event)
        return event

    async def send(self, event: Message) -> None:
        """Send to the layer, and see how far ahead of the server that is."""
        index = self.record("send", as_sent(event))
        try:
            await self.outer_send(event)
        except BaseException:
            self.unheard |= {index}
            raise
        if event.get("type") == "http.response.body":
            self.taken += 1
            self.ahead = max(self.ahead, self.taken - self.scene.heard_outside())

    def scope_as_given(self) -> Mapping[str, Any]:
        """Return the scope that the layer gave, as it was at the call."""
        return self.seen

    def halt(self, why: Any) -> None:
        """Go on: it is the server outside that stops a trial."""

    def transcript(self) -> Transcript:
        """Write the transcript up."""
        if self.ahead:
            self.notes += (f"ahead: {self.ahead}",)
        if not self.finished:
            self.notes += ("unfinished: it still goes on",)
        self.log = self.log[:MAX_EVENTS]
        return self.written(self.interface, None)


def as_sent(event: Message) -> Message:
    """Copy an event with its list of fields, into which a layer may write."""
    return {k: [*v] if isinstance(v, list) else v for k, v in event.items()}


async def until(condition: Any, limit: float = 0.25) -> bool:
    """Wait until a condition holds; False if it does not in that time."""
    end = now() + int(limit * 1e9)
    while not condition():
        if now() > end:
            return False
        await asyncio.sleep(0.001)
    return True
