"""A stream that is held back until its end, and those that only look like it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.judge.probes.playing import GET, checked
from tests.kinds.common import BODY, START, http, reply

HEAD = {"type": START, "status": 200}
PAUSE = 0.04


@http
async def gathers_before_it_streams(scope: Any, receive: Any, send: Any) -> None:
    await send(HEAD)
    await asyncio.sleep(4 * PAUSE)  # all are made meanwhile
    await streams(send)


@http
async def gathers_its_events(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(4 * PAUSE)
    fields = [(b"content-type", b"text/event-stream")]
    await reply(send, b"data: x\n\n" * 4, headers=fields)


@http
async def asks_first_and_then_streams(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(4 * PAUSE)
    await send(HEAD)
    await streams(send)


@http
async def streams_as_it_makes(scope: Any, receive: Any, send: Any) -> None:
    await send(HEAD)
    await streams(send, PAUSE)


async def streams(send: Any, pause: float = 0) -> None:
    for _ in range(4):
        await asyncio.sleep(pause)
        await send({"type": BODY, "body": b"row\n", "more_body": True})
    await send({"type": BODY})


def advice(application: Any) -> list[str]:
    found = checked(application, asked=(GET,), probes=("probe-http/again",))
    assert found.problems == []
    return [e.rule for e in found.advice if e.rule.startswith("advice/stream")]


def test_stream_held_back_is_advised() -> None:
    assert advice(gathers_before_it_streams) == ["advice/stream-held-back"]
    assert advice(gathers_its_events) == ["advice/stream-held-back"]


def test_stream_that_only_begins_late_is_not() -> None:
    assert advice(asks_first_and_then_streams) == []
    assert advice(streams_as_it_makes) == []
