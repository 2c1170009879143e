"""Play a scenario over a real socket, against a server that is already up.

What the in-process drivers do at the interface, this one does from outside, where any
client stands: it sends the same requests and holds the same conversations, and writes
down what it got. It cannot see the interface, so `events`, `scope` and `threads` stay
empty, and of the ending it says what a client can know (see `client.py`).

    client.py      a socket, a clock, and what both clients do with them
    http.py        one HTTP/1.1 request
    response.py    what came back, read with h11
    websocket.py   one WebSocket conversation

A lifespan cannot be asked for over a socket. Of a `Lifetime` only the requests in
between are made; that the server started at all says the rest. What else is the
server's to decide, such as `root_path`, or whether an extension is offered, is not
played here: who starts the server has to know.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from asgi_compare.contract.scenario import (
    Conversation,
    ExpectedConversation,
    Request,
    Scenario,
)
from asgi_compare.drive import ensemble
from asgi_compare.drive.ensemble import Holds, always
from asgi_compare.drive.live.client import Course
from asgi_compare.drive.live.http import exchange
from asgi_compare.drive.live.websocket import converse
from asgi_compare.model.transcript import Ending, Transcript


def drive(
    host: str, port: int, scenario: Scenario, *, holds: Holds = always
) -> Transcript:
    """Play `scenario` against the server at this address; runs a loop of its own."""
    return asyncio.run(play(host, port, scenario, holds=holds))


async def play(
    host: str, port: int, scenario: Scenario, *, holds: Holds = always
) -> Transcript:
    """Play `scenario`: what comes before, and then the exchange, until it holds."""
    ask = partial(exchange, host, port, deadline=scenario.deadline)
    once = partial(_play_one, host, port, scenario)
    return await ensemble.play(scenario, once, ask, holds)


async def _play_one(host: str, port: int, scenario: Scenario) -> Transcript:
    wanted, expected = scenario.exchange, scenario.expected
    name, deadline = scenario.name, scenario.deadline
    if isinstance(wanted, Request):
        return await exchange(host, port, wanted, name=name, deadline=deadline)
    if isinstance(wanted, Conversation):
        hears = 0
        if isinstance(expected, ExpectedConversation):
            hears = len(expected.hears)
        return await converse(
            host, port, wanted, name=name, deadline=deadline, hears=hears
        )
    course = Course(name)
    asked = [
        await exchange(host, port, request, deadline=deadline)
        for request in wanted.requests
    ]
    course.ending = Ending(at_ns=course.now())
    return replace(course.transcript(None), requests=tuple(asked))
