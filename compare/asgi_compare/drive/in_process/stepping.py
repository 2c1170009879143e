"""Run an application's coroutine by hand.

A coroutine is a function that can be halted; an event loop does nothing more than to
call it again when what it waits for is there. Most exchanges in process wait for
nothing, and then all the machinery of a task is in vain. So `run` takes the first step
itself, in a context of its own as a server's task would have one, and for most
applications that was all.

An application that does wait is stepped on from the very task that the driver runs in.
`asyncio.current_task()` is therefore one and the same from its first line to its last,
on which cancel scopes and time-outs rely. The driver never waits for the application's
future itself but for one of its own, which that future wakes. So nothing that the
application does, ignoring its cancellation included, can keep the driver from going on:
it just stops stepping, and the application is abandoned.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from time import monotonic_ns as now
from typing import Any, cast

from asgi_compare.drive.in_process.recorder import Recorder
from asgi_compare.drive.request_parts import Scope

Receive = Callable[[], Coroutine[Any, Any, dict[str, Any]]]
Send = Callable[[Any], Coroutine[Any, Any, None]]
Application = Callable[[Scope, Any, Any], Awaitable[Any]]

GRACE = 1.0
"""Seconds that an application has to end after it was cancelled."""

ENDED: Any = object()
"""What a step gives when there is no further one."""


async def run(
    application: Application, scope: Scope, recorder: Any, deadline: float
) -> None:
    """Run an application to its end, and leave in the recorder how it ended."""
    recorder.began = now()
    context = copy_context()
    try:
        called: Any = application(scope, recorder.receive, recorder.send)
        steps = called.__await__()
        # `next` with a default, unlike `send`, tells the end without an exception.
        waits_for = context.run(next, steps, ENDED)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        recorder.failed(error)
    else:
        if waits_for is not ENDED:
            await step_on(steps, waits_for, context, recorder, deadline)
    recorder.ended = now()


async def step_on(
    steps: Any,
    waits_for: Any,
    context: Context,
    recorder: Recorder,
    deadline: float,
) -> None:
    """Step an application that waits, until it ends or is given up."""
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    requested = task.cancelling()
    patience = _Patience(recorder, deadline)
    try:
        while waits_for is not ENDED:
            error = await patience.until_done(waits_for)
            waits_for = context.run(_step, steps, error)
    except _GivenUp:
        leave_behind(steps)
        disarm(task)
        if recorder.halted == "timed out":
            recorder.halted = "abandoned"
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        recorder.failed(error)
    finally:
        patience.end()
    # What the application cancelled itself, a time-out of its own say, it has taken
    # back by now. What is left was meant for the driver and whoever called it.
    if task.cancelling() > requested:
        raise asyncio.CancelledError


def leave_behind(coroutine: object) -> None:
    """Never let go of a coroutine, not even when the interpreter ends.

    A coroutine that is let go of is closed, which raises GeneratorExit in it. One that
    has ignored its cancellation ignores that, too, and may loop for good.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(coroutine))


def disarm(task: asyncio.Task[Any]) -> None:
    """Stop the time-outs of an abandoned application, which would cancel its driver.

    An `asyncio.timeout` cancels the task in which it was entered, and that is ours.
    """
    loop: Any = task.get_loop()
    for handle in (*getattr(loop, "_ready", ()), *getattr(loop, "_scheduled", ())):
        timeout = getattr(handle._callback, "__self__", None)
        if isinstance(timeout, asyncio.Timeout) and vars(timeout)["_task"] is task:
            handle.cancel()


class _GivenUp(Exception):
    """The application goes on after it was told to stop."""


class _Patience:
    """Waiting for what the application waits for, within limits."""

    def __init__(self, recorder: Recorder, deadline: float) -> None:
        self.recorder = recorder
        self.loop = asyncio.get_running_loop()
        self.told = False
        self.over = False
        left = max(deadline - (now() - recorder.began) / 1e9, 0.0)
        self.timer = self.loop.call_later(left, recorder.halt, "timed out")

    def end(self) -> None:
        self.timer.cancel()

    async def until_done(self, waits_for: Any) -> BaseException | None:
        """Wait, and give what must be raised in the application, if anything."""
        misuse = self.misuse(waits_for)
        while misuse is None:
            if self.over:
                raise _GivenUp
            if self.recorder.halted and not self.told:
                self.tell()
                cancelled: BaseException | None = asyncio.CancelledError()
            else:
                cancelled = await self.until_woken(waits_for)
                if cancelled is None and (waits_for is None or waits_for.done()):
                    return None
            # As a task does it: what the application waits for is cancelled, and only
            # if that cannot be done, the application itself.
            if cancelled and (waits_for is None or not waits_for.cancel()):
                return cancelled
        return misuse

    async def until_woken(self, waits_for: Any) -> BaseException | None:
        """Sleep on a future of our own; give the cancellation, if that comes first."""
        wake = self.recorder.wake = self.loop.create_future()

        def rouse(_: object = None) -> None:
            if not wake.done():
                wake.set_result(None)

        if waits_for is None:
            self.loop.call_soon(rouse)
        else:
            waits_for.add_done_callback(rouse)
        try:
            await wake
        except asyncio.CancelledError as error:
            if sys.version_info < (3, 13) and cancelled_by_its_group(waits_for):
                cast("asyncio.Task[Any]", asyncio.current_task()).uncancel()
            return error
        finally:
            self.recorder.wake = None
            if waits_for is not None:
                waits_for.remove_done_callback(rouse)
        return None

    def tell(self) -> None:
        """Note that the application has been told to stop, and allow it some time."""
        self.told = True
        self.timer.cancel()
        self.timer = self.loop.call_later(GRACE, self.give_up)

    def give_up(self) -> None:
        self.over = True
        self.recorder.halt("timed out")  # only to wake us: the first reason stays

    def misuse(self, waits_for: Any) -> BaseException | None:
        """Return what is wrong with what the application waits for, as a task would.

        A future sets its flag when it is awaited, and the task takes it back.
        """
        if waits_for is None:
            return None
        flag = getattr(waits_for, "_asyncio_future_blocking", None)
        if flag is None:
            return RuntimeError(f"{waits_for!r} is not a future of asyncio.")
        waits_for._asyncio_future_blocking = False
        if waits_for.get_loop() is not self.loop:
            return RuntimeError(f"{waits_for!r} belongs to a different loop.")
        return None


def cancelled_by_its_group(waits_for: object) -> bool:
    """Return whether a future is that of a task group which has cancelled our task.

    One of whose tasks fails while it waits for them, that is. Up to Python 3.12 it does
    not take its cancellation back then (python/cpython#116720).
    """
    holders = gc.get_referrers(waits_for) if waits_for is not None else []
    holders += gc.get_referrers(*(each for each in holders if isinstance(each, dict)))
    return any(
        isinstance(each, asyncio.TaskGroup) and vars(each)["_parent_cancel_requested"]
        for each in holders
    )


def _step(steps: Any, error: BaseException | None) -> Any:
    try:
        return next(steps, ENDED) if error is None else steps.throw(error)
    except StopIteration:
        return ENDED
