"""The servers outside, with an eye on what becomes of what they hand over.

They are those of the probes (`judge/application`). These here offer one more extension,
and note what the layer does to the scope and to the context of the call.
"""

from __future__ import annotations

import asyncio
import copy
from contextvars import Context, copy_context
from typing import Any

from asgi_compare.drive.in_process.recorder import Message, Recorder
from asgi_compare.drive.request_parts import Scope
from asgi_compare.judge.application.edge_case_servers import AwkwardHttp
from asgi_compare.judge.middleware.acts.http import OWN
from asgi_compare.judge.middleware.inside import OUTER

MISSING = object()
SHARED = ("state", "extensions")
"""What a server hands over for everybody to write into, or to take from."""
TIME_TO_END = 0.05
"""Seconds that a task may still take when the call has ended."""


class WatchedHttp(AwkwardHttp):
    """A server for HTTP that also takes an event of an extension of its own."""

    async def send(self, event: Message) -> None:
        """Take what the layer sends."""
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == OWN and OWN in self.extensions:
            self.unheard |= {self.record("send", event)}
            return
        await super().send(event)


def snapshot(scope: Scope) -> Scope:
    """Copy a scope, so that it can be seen later what was changed in it."""
    return {key: copy.deepcopy(value) for key, value in scope.items()}


def changed(before: Scope, after: Scope) -> list[str]:
    """Return the keys of a scope that are new, gone or have another value."""
    return [
        key
        for key in {**before, **after}
        if not (key in SHARED and key in before)
        and not same(before.get(key, MISSING), after.get(key, MISSING))
    ]


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal; what cannot be compared is another one."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        one, other = list(one), list(other)  # another iterable of the same fields
    try:
        return bool(one is other or one == other)
    except Exception:
        return False


def left_in(before: Context, after: Context) -> list[str]:
    """Return the names of context variables that have another value than before."""
    return sorted(
        variable.name
        for variable, value in after.items()
        if variable is not OUTER and before.get(variable, MISSING) is not value
    )


def watched(application: Any, held: Recorder) -> Any:
    """Return the application, with an eye on its scope and its context."""

    async def call(scope: Scope, receive: Any, send: Any) -> None:
        OUTER.set("set by the server")
        before, context = snapshot(scope), copy_context()
        try:
            await application(scope, receive, send)
            if held.halted is not None:
                held.notes += ("cancelled: it returned",)
        finally:
            for key in changed(before, scope):
                held.notes += (f"scope: {key}",)
            for name in left_in(context, copy_context()):
                held.notes += (f"context left: {name}",)

    return call


async def left_behind(before: set[asyncio.Task[Any]]) -> list[str]:
    """Wait a moment, and return the names of tasks that still go on."""
    this = asyncio.current_task()

    def more() -> set[asyncio.Task[Any]]:
        return {t for t in asyncio.all_tasks() if t not in before and t is not this}

    if found := more():
        await asyncio.wait(found, timeout=TIME_TO_END)
    return sorted(getattr(task.get_coro(), "__qualname__", "a task") for task in more())
