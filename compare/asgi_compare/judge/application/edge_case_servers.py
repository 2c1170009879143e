"""The servers that the probes play, over ASGI.

Each is the driver's own server (see `asgi_compare.drive`) with one thing about it
changed: the scope that it hands over, the events that it gives, or what becomes of a
`send`. So all that the plain server does right, these do too, and a transcript looks
the same.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from itertools import islice
from random import Random
from time import monotonic_ns as now
from typing import Any

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process.answers import MOST_HEADERS
from asgi_compare.drive.in_process.asgi_http import HttpExchange
from asgi_compare.drive.in_process.asgi_websocket import OPEN, WebSocketExchange
from asgi_compare.drive.in_process.http_client import BODY, COMPLETE
from asgi_compare.drive.in_process.recorder import ClientDisconnected, Message, Recorder
from asgi_compare.drive.request_parts import Extensions, Scope
from asgi_compare.drive.targets.blame import place_of
from asgi_compare.judge.application.probe import NO_FILE, Server

FILES = ("http.response.pathsend", "http.response.zerocopysend")
TIME_TO_ANSWER = 0.01
"""Seconds that a WebSocket client waits for what may still come, before it leaves."""
DEFAULTS = {"body": b"", "more_body": False, "reason": ""}
"""Keys of events that a server may leave away, and when."""


def awkward_scope(scope: Scope, server: Server) -> Scope:
    """Change a scope as the row says; nothing in it is the row's own object."""
    for key in server.without:
        outer, _, inner = key.rpartition(".")
        (scope.get(outer, {}) if outer else scope).pop(inner, None)
    for key, value in server.sets.items():
        if key == "headers" and "headers" in scope:
            kept = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
            scope["headers"] = type(value)((*copy.deepcopy(value), *kept))
        else:
            scope[key] = copy.deepcopy(value)
    if server.extensions:
        scope["extensions"] = {name: {} for name in server.extensions}
    return scope


LISTS = ("headers", "links")
"""Keys of events that hold an iterable; any will do, but some can be read once only."""
LONGEST = MOST_HEADERS + 1
"""Entries of such an iterable that are looked at; one more than the driver takes."""


def written_out(event: Any) -> Any:
    """Return an event with lists in it where any iterable will do.

    A transcript can hold a list, and neither a generator nor an object of the
    application's own. The event that the application keeps is not touched.
    """
    if not isinstance(event, dict):
        return event
    lists = {key: as_list(event[key]) for key in LISTS if key in event}
    if all(lists[key] is event[key] for key in lists):
        return event
    return {**event, **lists}


def as_list(value: Any) -> Any:
    """Write an iterable out, and those in it; what is a list or a tuple may stay."""
    if isinstance(value, (str, bytes, bytearray, dict)):
        return value  # each of them has a rule of its own that it breaks
    try:
        entries = list(islice(iter(value), LONGEST))
    except TypeError:
        return value
    inner = [as_list(entry) for entry in entries]
    same = all(a is b for a, b in zip(inner, entries, strict=True))
    return value if same and isinstance(value, (list, tuple)) else inner


def is_file(file: Any) -> bool:
    """Return whether there is a file of the operating system behind an object."""
    try:
        return isinstance(file.fileno(), int)
    except Exception:  # whatever such an object may raise
        return False


LET_GO = 0.02
"""Seconds that a `send` stays under way after the server has given up."""
LATE = 0.004
"""Seconds by which a single `send` or `receive` may be late."""


class Placed(Recorder):
    """A record that says where the application's exception came from."""

    def failed(self, error: BaseException) -> None:
        """Note the exception, with the line of the user's that it came out of."""
        super().failed(error)
        if place := place_of(error):
            self.error = f"{self.error} ({place})"


class _Awkward(Placed):
    """What is awkward in the same way for HTTP and for WebSocket."""

    __slots__ = ()

    server: Server
    random: Random | None = None
    """Decides which calls are late; None if none is."""
    sends = 0
    """Calls of `send` so far."""

    async def never(self) -> None:
        """Hold an application that is told to stop; then let go of its call.

        Main, "Applications": `send` returns once the connection has been closed. It may
        be called from a task or a thread of its own, which would else wait for good.
        """
        await asyncio.sleep(LET_GO)
        raise ClientDisconnected

    async def be_late(self) -> None:
        """Take a moment now and then, as the seed has it."""
        if self.random is not None and self.random.random() < 0.5:
            await asyncio.sleep(self.random.random() * LATE)

    async def give(self, event: Message) -> Message:
        """Change an event as the row says, and hand it over."""
        await self.be_late()
        if self.server.sparse:
            for key, default in DEFAULTS.items():
                if key in event and event[key] == default:
                    del event[key]
        for key, value in self.server.adds.items():
            if key not in KEYS or event["type"] in KEYS[key]:
                event.setdefault(key, copy.deepcopy(value))
        return await super().give(event)

    async def before_sending(self, event: Any) -> Any:
        """Do what the server does to a `send`; give the event as it then takes it."""
        event = written_out(event)
        await self.be_late()
        self.sends += 1
        if self.server.waits:
            await asyncio.sleep(0.001)
        if self.server.cancels_at == self.sends:
            self.unheard |= {self.record("send", event)}
            self.halt("timed out")
            await self.never()
        return event


KEYS = {
    "text": ("websocket.receive",),
    "bytes": ("websocket.receive",),
    "reason": ("websocket.disconnect",),
}
"""Keys that belong to some events only."""


class AwkwardHttp(_Awkward, HttpExchange):
    """A server for HTTP with one thing about it changed."""

    def __init__(
        self,
        name: str,
        request: Request,
        server: Server,
        state: Mapping[str, Any] | None,
        seed: int = 0,
    ) -> None:
        self.server = server
        self.random = Random(seed) if server.late else None
        extensions: Extensions = {name: {} for name in server.extensions}
        super().__init__(name, request, state, extensions)

    def scope_as_given(self) -> Scope:
        """Make the scope: new dicts and lists, every time."""
        return awkward_scope(super().scope_as_given(), self.server)

    async def send(self, event: Message) -> None:
        """Take what the application sends, in this server's way."""
        event = await self.before_sending(event)
        if self.server.gone_at == self.sends:
            self.leave()
        try:
            if not self.takes_file(event):
                await super().send(event)
        except ClientDisconnected:
            if not self.server.silent:
                raise
            await asyncio.sleep(0)  # or an endless stream would hold the loop

    def takes_file(self, event: Any) -> bool:
        """Take an event by which the server is to send a file itself."""
        kind = event.get("type") if isinstance(event, dict) else None
        if kind not in FILES or kind not in self.extensions or self.phase != BODY:
            return False
        # The file is not read: what is judged is the event.
        if kind == FILES[1] and not is_file(event.get("file")):
            self.notes += (NO_FILE,)
        self.unheard |= {self.record("send", event)}
        if not event.get("more_body", False):
            self.phase = COMPLETE
            self.changed()
        return True


class AwkwardWebSocket(_Awkward, WebSocketExchange):
    """A server for WebSocket with one thing about it changed."""

    def __init__(
        self,
        name: str,
        conversation: Conversation,
        server: Server,
        state: Mapping[str, Any] | None,
        seed: int = 0,
    ) -> None:
        self.server = server
        self.random = Random(seed) if server.late else None
        super().__init__(name, conversation, state, None)

    def scope_as_given(self) -> Scope:
        """Make the scope: new dicts and lists, every time."""
        return awkward_scope(super().scope_as_given(), self.server)

    async def receive(self) -> Message:
        """Return the next event; leave time for an answer before the client leaves."""
        if self.phase == OPEN and self.said == len(self.conversation.says):
            # An application may receive and send in tasks of their own.
            await self.sleep(TIME_TO_ANSWER)
        return await super().receive()

    async def send(self, event: Message) -> None:
        """Take what the application sends, in this server's way."""
        event = await self.before_sending(event)
        if self.server.gone_at == self.sends:
            self.left = now()
            self.close()
        await super().send(event)
