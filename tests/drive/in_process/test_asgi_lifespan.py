from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from asgi_compare.contract.scenario import Lifetime, Request
from asgi_compare.drive.in_process.asgi_lifespan import exchange
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import body, crossed, got, start

STARTUP = got(type="lifespan.startup")
SHUTDOWN = got(type="lifespan.shutdown")


def sends(what: str, **more: Any) -> dict[str, Any]:
    return {"type": f"lifespan.{what}", **more}


async def answers_state(scope: Any, send: Any) -> None:
    await send(start())
    await send(body(repr(sorted(scope.get("state", {}).items())).encode()))


async def lives(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        scope.get("state", {})["own"] = len(scope.get("state", {}))
        return await answers_state(scope, send)
    await receive()
    if "state" in scope:
        scope["state"]["since"] = 1
    await send(sends("startup.complete"))
    await receive()
    await send(sends("shutdown.complete"))


async def test_lifetime_is_recorded_whole() -> None:
    """Each request gets a shallow copy of the state, whatever others wrote into it."""
    two = (Request(), Request("POST", b"/x"))

    transcript = await exchange(lives, Lifetime(requests=two), name="lifespan/state")

    assert crossed(transcript) == [
        STARTUP,
        ("send", sends("startup.complete")),
        SHUTDOWN,
        ("send", sends("shutdown.complete")),
    ]
    assert transcript.scenario == "lifespan/state"
    assert transcript.scope == {
        "type": "lifespan",
        "asgi": {"version": "3.0", "spec_version": "2.0"},
        "state": {},
    }
    assert transcript.answer is None
    assert transcript.ending.kind == "returned"
    assert transcript.notes == ()
    assert [each.scenario for each in transcript.requests] == ["GET /", "POST /x"]
    assert [each.response for each in transcript.requests] == [
        Response(200, "OK", (), b"[('own', 1), ('since', 1)]", (26,)),
    ] * 2
    assert transcript.requests[0].scope["state"] == {"since": 1}


async def test_server_without_state_offers_none() -> None:
    transcript = await exchange(lives, Lifetime(state=False, requests=(Request(),)))

    assert "state" not in transcript.scope
    assert "state" not in transcript.requests[0].scope


async def test_failed_startup_serves_nothing() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(sends("startup.failed", message="no disk"))

    transcript = await exchange(fails, Lifetime(requests=(Request(),)))

    assert crossed(transcript) == [
        STARTUP,
        ("send", sends("startup.failed", message="no disk")),
    ]
    assert transcript.requests == ()
    assert transcript.ending.kind == "returned"


@pytest.mark.parametrize("before", [True, False], ids=["at once", "at start-up"])
async def test_application_that_raises_is_served_without_lifespan(before: bool) -> None:
    """The specification: the server must continue, but send no lifespan events."""

    async def knows_http_only(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            if not before:
                await receive()
            raise LookupError("no lifespan here")
        await answers_state(scope, send)

    transcript = await exchange(knows_http_only, Lifetime(requests=(Request(),)))

    assert crossed(transcript) == ([] if before else [STARTUP])
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error == "LookupError: no lifespan here"
    assert transcript.requests[0].response is not None
    assert transcript.requests[0].response.status == 200


async def test_application_that_returns_is_served_without_lifespan() -> None:
    async def returns(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await answers_state(scope, send)

    transcript = await exchange(returns, Lifetime(requests=(Request(),)))

    assert (transcript.events, transcript.ending.kind) == ((), "returned")
    assert len(transcript.requests) == 1


async def test_slow_startup_is_waited_for() -> None:
    order: list[str] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        order.append(scope["type"])
        if scope["type"] == "http":
            return await answers_state(scope, send)
        await receive()
        await asyncio.sleep(0.02)
        order.append("started")
        await send(sends("startup.complete"))
        await receive()
        await asyncio.sleep(0.02)
        order.append("stopped")
        await send(sends("shutdown.complete"))

    await exchange(slow, Lifetime(requests=(Request(),)))

    assert order == ["lifespan", "started", "http", "stopped"]


async def test_startup_that_is_never_answered_times_out() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(60)

    transcript = await exchange(hangs, Lifetime(), deadline=0.02)

    assert transcript.ending.kind == "timed out"
    assert crossed(transcript) == [STARTUP]


async def test_lifespan_that_goes_on_after_its_end_is_cancelled() -> None:
    """The server goes away, so it cannot be waited for long."""

    async def loops(scope: Any, receive: Any, send: Any) -> None:
        while True:
            event = await receive()
            await send({"type": f"{event['type']}.complete"})

    began = time.monotonic()
    transcript = await exchange(loops, Lifetime(), deadline=60)

    assert time.monotonic() - began < 5
    assert len(transcript.events) == 4
    assert transcript.ending.kind == "returned"
    assert transcript.notes == (
        "The lifespan was cancelled: it went on after its answer.",
    )


async def test_cancelling_the_driver_cancels_the_lifespan() -> None:
    ended: list[bool] = []

    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    driving = asyncio.create_task(exchange(hangs, Lifetime()))
    await asyncio.sleep(0.01)
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await driving
    for _ in range(100):
        if ended:
            break
        await asyncio.sleep(0.01)

    assert ended == [True]


WRONG: dict[str, tuple[Any, str]] = {
    "not a dict": (1, "TypeError: Expected an event as a dict, but got 1."),
    "unknown": (
        sends("ready"),
        "RuntimeError: Expected an answer to ['startup'], but got 'lifespan.ready'.",
    ),
    "no type": ({}, "RuntimeError: Expected an answer to ['startup'], but got None."),
    "not asked for": (
        sends("shutdown.complete"),
        "RuntimeError: Expected an answer to ['startup'], "
        "but got 'lifespan.shutdown.complete'.",
    ),
    "message as bytes": (
        sends("startup.failed", message=b"x"),
        "TypeError: Expected a message, but got b'x'.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
async def test_send_raises_on_what_is_no_answer(case: str) -> None:
    event, error = WRONG[case]

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(event)

    transcript = await exchange(wrong, Lifetime())

    assert transcript.ending.error == error
    assert transcript.sent() == [event]


async def test_flood_of_lifespan_messages_is_cut_off() -> None:
    async def floods(scope: Any, receive: Any, send: Any) -> None:
        while True:
            try:
                await send({"type": "nonsense"})
            except RuntimeError:
                continue

    assert (await exchange(floods, Lifetime())).ending.kind == "flooded"
