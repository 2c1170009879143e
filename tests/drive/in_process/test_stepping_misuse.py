"""Applications that are none, and those that end in odd ways."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process import asgi_websocket
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Transcript
from tests.drive.in_process.crossed import body, start

SOON = 0.05


async def answer(send: Any) -> None:
    await send(start())
    await send(body(b"ok"))


async def put(application: Any, deadline: float = SOON) -> Transcript:
    return await exchange(application, Request(), deadline=deadline)


async def test_any_awaitable_will_do() -> None:
    def returns_a_task(scope: Any, receive: Any, send: Any) -> Any:
        return asyncio.ensure_future(answer(send))

    class Awaitable:
        def __await__(self) -> Any:
            return iter(())

    transcript = await put(returns_a_task, 5)

    assert transcript.response is not None
    assert transcript.response.body == b"ok"
    assert (await put(lambda *_: Awaitable())).ending.kind == "returned"


@pytest.mark.parametrize(
    ("application", "error"),
    [
        (
            lambda *_: None,
            "AttributeError: 'NoneType' object has no attribute '__await__'",
        ),
        (
            lambda: None,
            "TypeError: <lambda>() takes 0 positional arguments but 3 were given",
        ),
    ],
    ids=["returns None", "takes nothing"],
)
async def test_what_is_no_application_raises(application: Any, error: str) -> None:
    ending = (await put(application)).ending

    assert ending.kind == "raised"
    assert ending.error.endswith(error)


async def test_waiting_for_what_is_no_future_raises_in_the_application() -> None:
    class Odd:
        def __await__(self) -> Any:
            yield "not a future"

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        await Odd()

    assert (await put(waits)).ending.error == (
        "RuntimeError: 'not a future' is not a future of asyncio."
    )


async def test_waiting_for_a_future_of_another_loop_raises() -> None:
    other = asyncio.new_event_loop()

    async def waits(scope: Any, receive: Any, send: Any) -> None:
        await other.create_future()

    error = (await put(waits)).ending.error
    other.close()

    assert error.endswith("belongs to a different loop.")


@pytest.mark.parametrize("raises", [SystemExit, asyncio.CancelledError])
async def test_exits_of_the_application_are_recorded(raises: Any) -> None:
    async def exits(scope: Any, receive: Any, send: Any) -> None:
        raise raises

    async def exits_later(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        raise raises

    for application in (exits, exits_later):
        ending = (await put(application)).ending
        assert (ending.kind, ending.error) == ("raised", raises.__name__)


async def test_keyboard_interrupt_is_not_the_applications() -> None:
    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        raise KeyboardInterrupt

    async def interrupted_later(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)
        raise KeyboardInterrupt

    for application in (interrupted, interrupted_later):
        with pytest.raises(KeyboardInterrupt):
            await put(application)
    with pytest.raises(KeyboardInterrupt):
        await asgi_websocket.exchange(interrupted, Conversation())


async def test_exception_that_cannot_be_shown_is_recorded() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise ValueError

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise Broken

    assert (await put(fails)).ending.error == "Broken: (it cannot be shown)"
