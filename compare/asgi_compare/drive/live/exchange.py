"""Play a scenario over a real socket, against a server that is already up.

What the in-process drivers do at the interface, this one does from outside, where any
client stands: it sends the same requests and holds the same conversations, and writes
down what it got. It cannot see the interface, so `events`, `scope` and `threads` stay
empty, and of the ending it says what a client can know (see `live_client.py`).

    live_client.py      a socket, a clock, and what both clients do with them
    live_http.py        one HTTP/1.1 request
    live_response.py    what came back, read with h11
    live_websocket.py   one WebSocket conversation
    live.py             the scenario around them: before, meanwhile, at once, eventually

A lifespan cannot be asked for over a socket. Of a `Lifetime` only the requests in
between are made; that the server started at all says the rest. What else is the
server's to decide, such as `root_path`, or whether an extension is offered, is not
played here: who starts the server has to know.

This module does not judge; whether an expectation holds it asks the function `holds`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from asgi_compare.contract.scenario import (
    Conversation,
    Exchange,
    Expectation,
    ExpectedConversation,
    Request,
    Scenario,
)
from asgi_compare.drive import Holds, always
from asgi_compare.drive.live.client import Course
from asgi_compare.drive.live.http import exchange
from asgi_compare.drive.live.websocket import converse
from asgi_compare.model.transcript import Ending, Transcript

HEAD_START = 0.1
"""Seconds that an exchange has to reach its waiting, before what comes meanwhile."""
AGAIN_EVERY = 0.02
"""Seconds between two tries of a scenario that holds eventually."""


def drive(
    host: str, port: int, scenario: Scenario, *, holds: Holds = always
) -> Transcript:
    """Play `scenario` against the server at this address; runs a loop of its own."""
    return asyncio.run(play(host, port, scenario, holds=holds))


async def play(
    host: str, port: int, scenario: Scenario, *, holds: Holds = always
) -> Transcript:
    """Play `scenario`: what comes before, and then the exchange, until it holds."""
    before = await _ask_each(host, port, scenario.before, scenario.deadline)
    end = time.monotonic() + scenario.deadline
    while True:
        # Each try has the whole deadline: what is left of it may be too short to say
        # anything but "timed out" about a server that only happened to be asked last.
        transcript = await _play_once(host, port, scenario)
        transcript.notes += tuple(_silent(before, "before"))
        if not scenario.eventually or holds(transcript):
            return transcript
        if time.monotonic() + AGAIN_EVERY >= end:
            transcript.notes += ("Asked again until the deadline.",)
            return transcript
        await asyncio.sleep(AGAIN_EVERY)


async def _play_once(host: str, port: int, scenario: Scenario) -> Transcript:
    """Play the exchange, or a crowd of it, and while it waits, what comes meanwhile."""
    crowd = [
        asyncio.create_task(_play_one(host, port, scenario))
        for _ in range(scenario.at_once)
    ]
    asked: list[Transcript] = []
    try:
        if scenario.meanwhile:
            asked = await _ask_meanwhile(host, port, scenario, crowd)
        first, *others = await asyncio.gather(*crowd)
    finally:
        for each in crowd:
            each.cancel()
    first.requests += tuple(others)
    first.notes += tuple(_silent(asked, "meanwhile"))
    return first


async def _ask_meanwhile(
    host: str, port: int, scenario: Scenario, crowd: Sequence[asyncio.Task[Transcript]]
) -> list[Transcript]:
    """Make the requests that come meanwhile, until what waits for them has its answer.

    From outside nobody can see that an application waits; only that it has not answered
    yet. On a busy machine it may be that it had not even begun, and so the requests are
    made again, after a wait that is longer each time.
    """
    asked: list[Transcript] = []
    head_start = HEAD_START
    await asyncio.wait(crowd, timeout=head_start)
    while True:
        asked += await _ask_each(host, port, scenario.meanwhile, scenario.deadline)
        head_start *= 2
        _, waiting = await asyncio.wait(crowd, timeout=head_start)
        if not waiting:
            return asked


async def _play_one(host: str, port: int, scenario: Scenario) -> Transcript:
    wanted: Exchange = scenario.exchange
    name, deadline = scenario.name, scenario.deadline
    if isinstance(wanted, Request):
        return await exchange(host, port, wanted, name=name, deadline=deadline)
    if isinstance(wanted, Conversation):
        hears = _messages_in(scenario.expected)
        return await converse(
            host, port, wanted, name=name, deadline=deadline, hears=hears
        )
    course = Course(name)
    asked = await _ask_each(host, port, wanted.requests, deadline)
    course.ending = Ending(at_ns=course.now())
    return replace(course.transcript(None), requests=tuple(asked))


def _messages_in(expected: Expectation) -> int:
    return len(expected.hears) if isinstance(expected, ExpectedConversation) else 0


async def _ask_each(
    host: str, port: int, requests: Sequence[Request], deadline: float
) -> list[Transcript]:
    """Make the requests one after the other, each with the whole deadline."""
    return [
        await exchange(host, port, request, deadline=deadline) for request in requests
    ]


def _silent(asked: Sequence[Transcript], when: str) -> list[str]:
    """Name the requests that should have prepared something, and got no answer."""
    return [
        f"No answer to {transcript.scenario}, sent {when}: {transcript.ending.error}"
        for transcript in asked
        if transcript.ending.error
    ]
