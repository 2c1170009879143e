"""What an application leaves behind, and what cannot be stopped."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from asgi_compare.contract.scenario import (
    Expected,
    Request,
    Scenario,
)
from asgi_compare.drive import drive
from tests.drive.in_process.crossed import body, start


def scenario(exchange: Any = Request(), expected: Any = Expected(), **more: Any) -> Any:  # noqa: B008
    return Scenario("endpoint", "case", "Shows.", exchange, expected, **more)


def test_blocked_wsgi_application_is_abandoned() -> None:
    release = threading.Event()

    def blocks(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        release.wait(30)
        return []

    before = scenario(before=(Request("POST", b"/a"),), deadline=0.02)
    transcript = drive(blocks, "wsgi", before)
    release.set()

    assert transcript.ending.kind == "abandoned"
    assert transcript.answer is None
    assert len(transcript.events) == 1
    assert transcript.notes == ("POST /a (before) got no answer.",)


def test_asgi_application_that_can_never_be_stopped_does_not_hold_the_run() -> None:
    async def loops() -> None:
        while True:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue

    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.create_task(loops())

    began = time.monotonic()
    transcript = drive(stubborn, "asgi", scenario(deadline=0.02))

    assert transcript.ending.kind == "abandoned"
    assert time.monotonic() - began < 5


def test_tasks_that_an_application_leaves_are_cancelled() -> None:
    ended: list[str] = []

    async def works() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cancelled")

    async def leaves(scope: Any, receive: Any, send: Any) -> None:
        leaves.task = asyncio.create_task(works())  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        await send(start())
        await send(body())

    transcript = drive(leaves, "asgi", scenario())

    assert ended == ["cancelled"]
    assert transcript.ending.kind == "returned"


def test_threads_that_an_application_leaves_are_not_waited_for() -> None:
    release = threading.Event()

    async def leaves(scope: Any, receive: Any, send: Any) -> None:
        asyncio.get_running_loop().run_in_executor(None, release.wait, 30)
        await send(start())
        await send(body())

    began = time.monotonic()
    drive(leaves, "asgi", scenario())
    release.set()

    assert time.monotonic() - began < 5


def test_events_from_another_thread_are_recorded_with_it() -> None:
    async def from_a_thread(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.to_thread(asyncio.run, answers(send))

    async def answers(send: Any) -> None:
        await send(start())
        await send(body())

    transcript = drive(from_a_thread, "asgi", scenario())

    here, there = transcript.threads
    assert here == threading.get_ident()
    assert [entry.thread for entry in transcript.events] == [there, there]
