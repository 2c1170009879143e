"""The instrumented application for ASGI: plays the acts of a script, one by one.

Every event goes through `hear` and `say`, which write it down together with what came
out of it. An exception out of `send` leaves the application as it would leave any
other one, unless the act says that it may come.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from asgi_compare.drive.request_parts import Scope
from asgi_compare.drive.servers.nonce import Event
from asgi_compare.drive.servers.nonce import Receive as Receives
from asgi_compare.drive.servers.nonce import Send as Sends
from asgi_compare.judge.server.acts import (
    Act,
    Body,
    Fail,
    ReadBody,
    Receive,
    Repeat,
    Send,
    SetContext,
    SetState,
    Sleep,
    Start,
)
from asgi_compare.judge.server.instrument.records import Record, named, small

CONTEXT: ContextVar[str] = ContextVar("asgi_compare_context", default="")
"""Empty, unless a call has inherited it from another one."""


@dataclass(slots=True)
class Play:
    """One call of the ASGI application, with everything that crosses written down."""

    record: Record
    receive: Receives
    send: Sends
    scope: Scope

    async def act(self, act: Act) -> None:
        """Do what the act says."""
        await PLAYS[type(act)](self, act)

    async def hear(self, limit: float = 3.0) -> Event | None:
        """Call `receive`; None if nothing came."""
        began = time.monotonic()
        event: Event | None = None
        error = ""
        try:
            event = await asyncio.wait_for(self.receive(), limit)
        except TimeoutError:
            error = f"nothing came within {limit:g} s"
        finally:
            took = time.monotonic() - began
            self.record.events.append(("receive", small(event), error, took))
        return event

    async def say(self, event: Mapping[str, Any]) -> None:
        """Call `send`."""
        at, began = len(self.record.events), time.monotonic()
        kept = small(event)
        self.record.events.append(("send...", kept, "", 0.0))
        error = ""
        try:
            await self.send(dict(event))
        except BaseException as raised:
            error = named(raised)
            raise
        finally:
            took = time.monotonic() - began
            self.record.events[at] = ("send", kept, error, took)

    async def _read_body(self, act: ReadBody) -> None:
        if self.scope["type"] != "http":
            return
        while (event := await self.hear(act.limit)) and event["type"] == "http.request":
            if not event.get("more_body", False):
                return

    async def _start(self, act: Start) -> None:
        kind = "http.response.start"
        headers = list(act.headers)
        await self.say({"type": kind, "status": act.status, "headers": headers})

    async def _body(self, act: Body) -> None:
        kind = "http.response.body"
        await self.say({"type": kind, "body": act.data, "more_body": act.more})

    async def _sleep(self, act: Sleep) -> None:
        await asyncio.sleep(act.seconds)

    async def _fail(self, act: Fail) -> None:
        raise RuntimeError(act.message)

    async def _receive_one(self, act: Receive) -> None:
        end = time.monotonic() + act.limit
        while event := await self.hear(max(0.05, end - time.monotonic())):
            if act.type in ("", event.get("type")):
                return

    async def _send_one(self, act: Send) -> None:
        try:
            await self.say(act.event)
        except Exception:
            if not act.may_raise:
                raise

    async def _repeat(self, act: Repeat) -> None:
        for _ in range(act.times):
            await self.say(act.event)
            if act.pause:
                await asyncio.sleep(act.pause)

    async def _set_state(self, act: SetState) -> None:
        if isinstance(self.scope.get("state"), dict):
            self.scope["state"][act.key] = act.value

    async def _set_context(self, act: SetContext) -> None:
        CONTEXT.set("by a request")


PLAYS: dict[type, Callable[[Play, Any], Any]] = {
    ReadBody: Play._read_body,
    Start: Play._start,
    Body: Play._body,
    Sleep: Play._sleep,
    Fail: Play._fail,
    Receive: Play._receive_one,
    Send: Play._send_one,
    Repeat: Play._repeat,
    SetState: Play._set_state,
    SetContext: Play._set_context,
}
