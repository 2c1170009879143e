"""Applications that wait, and those that do not end."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import time
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process import stepping
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import MAX_EVENTS, Transcript
from tests.drive.in_process.crossed import body, start

SOON = 0.05


async def answer(send: Any) -> None:
    await send(start())
    await send(body(b"ok"))


async def put(application: Any, deadline: float = SOON) -> Transcript:
    return await exchange(application, Request(), deadline=deadline)


async def test_application_runs_in_one_task_and_context_from_start_to_end() -> None:
    variable = contextvars.ContextVar("variable", default=0)
    tasks = []

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        for step in range(4):
            assert variable.get() == step
            variable.set(step + 1)
            tasks.append(asyncio.current_task())
            await asyncio.sleep(0.001 * step)
        await answer(send)

    transcript = await put(waits, 5)

    assert transcript.ending.kind == "returned"
    assert set(tasks) == {asyncio.current_task()}


async def test_time_out_inside_the_application_ends_only_what_it_is_for() -> None:
    async def times_out(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.sleep(60)
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0.001))
        await answer(send)

    transcript = await put(times_out, 5)

    assert transcript.ending.kind == "returned"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_failing_task_group_raises_in_the_application() -> None:
    async def fails() -> None:
        raise LookupError

    async def groups(scope: Any, receive: Any, send: Any) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())
                await asyncio.sleep(60)
        except* LookupError:
            await answer(send)

    transcript = await put(groups, 5)

    assert transcript.ending.kind == "returned"
    assert transcript.response is not None
    assert transcript.response.body == b"ok"


async def test_task_group_that_fails_while_it_waits_is_the_applications_own() -> None:
    """Up to Python 3.12 it does not take its cancellation of the task back."""

    async def fails() -> None:
        await asyncio.sleep(0.001)
        raise LookupError

    async def groups(scope: Any, receive: Any, send: Any) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())
                group.create_task(asyncio.sleep(60))
        except* LookupError:
            await answer(send)

    transcript = await put(groups, 5)

    assert transcript.ending.kind == "returned"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_application_is_cancelled_at_the_deadline() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    transcript = await put(hangs)

    assert (transcript.ending.kind, transcript.ending.error) == ("timed out", "")
    assert SOON * 1e9 <= transcript.elapsed_ns < 1e9
    assert transcript.answer is None


async def test_answer_so_far_is_kept_at_the_deadline() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"half", more=True))
        await asyncio.sleep(60)

    response = (await put(hangs)).response

    assert response is not None
    assert (response.body, response.complete) == (b"half", False)


async def test_error_on_the_way_out_is_recorded() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise LookupError("while ending")

    ending = (await put(hangs)).ending

    assert (ending.kind, ending.error) == ("timed out", "LookupError: while ending")


async def test_application_that_yields_for_ever_is_cancelled() -> None:
    async def spins(scope: Any, receive: Any, send: Any) -> None:
        while True:
            await asyncio.sleep(0)

    async def shrugs(scope: Any, receive: Any, send: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await spins(scope, receive, send)

    assert (await put(spins)).ending.kind == "timed out"
    assert (await put(shrugs)).ending.kind == "timed out"


async def ignores_cancellation(*_: Any) -> None:
    # Only the first one, or the loop of the tests could not close.
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    await asyncio.sleep(60)


async def waits_for_one_that_ignores_it(*_: Any) -> None:
    await asyncio.create_task(ignores_cancellation())


@pytest.mark.parametrize(
    "application", [ignores_cancellation, waits_for_one_that_ignores_it]
)
async def test_application_that_ignores_its_cancellation_is_abandoned(
    application: Any,
) -> None:
    transcript = await put(application)

    assert transcript.ending.kind == "abandoned"
    assert 1e9 <= transcript.elapsed_ns < 3e9


async def test_timeout_of_an_abandoned_application_does_not_cancel_its_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ignores_it_within_a_timeout(*_: Any) -> None:
        async with asyncio.timeout(3 * SOON):
            await ignores_cancellation()

    monkeypatch.setattr(stepping, "GRACE", SOON)
    transcript = await put(ignores_it_within_a_timeout, SOON)
    assert transcript.ending.kind == "abandoned"
    await asyncio.sleep(3 * SOON)


async def test_cancellation_from_outside_gets_through() -> None:
    ended: list[str] = []

    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cleaned up")

    task = asyncio.create_task(put(hangs, 60))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ended == ["cleaned up"]


async def test_cancellation_from_outside_is_not_swallowed_by_the_application() -> None:
    async def shrugs(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await answer(send)

    task = asyncio.create_task(put(shrugs, 60))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_flood_is_cut_off() -> None:
    async def floods(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        while True:
            await send(body(b"x", more=True))

    transcript = await put(floods, 60)

    assert transcript.ending.kind == "flooded"
    assert len(transcript.events) == MAX_EVENTS
    assert transcript.response is not None
    assert not transcript.response.complete


async def test_flood_that_ignores_everything_is_cut_off() -> None:
    async def floods(scope: Any, receive: Any, send: Any) -> None:
        while True:
            with contextlib.suppress(BaseException):
                await send({"type": "nonsense"})

    began = time.monotonic()
    transcript = await put(floods, 60)

    assert transcript.ending.kind == "flooded"
    assert time.monotonic() - began < 10


async def test_asking_without_end_after_the_client_has_gone_is_a_flood() -> None:
    async def asks(scope: Any, receive: Any, send: Any) -> None:
        await answer(send)
        while True:
            await receive()

    transcript = await put(asks, 60)

    assert transcript.ending.kind == "flooded"
    assert transcript.response is not None
    assert transcript.response.complete
