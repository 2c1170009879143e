"""The exchanges around an exchange.

A scenario may want the ground prepared, other requests while its own is waiting, a
crowd at once, or to be asked again until something has come about. `play` arranges
that. How an exchange is had, in process or over a socket, is the driver's business,
which gives two functions for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any

from asgi_compare.contract.scenario import Request, Scenario
from asgi_compare.model.transcript import Transcript

Holds = Callable[[Transcript], bool]
Having = Coroutine[Any, Any, Transcript]
"""One exchange, to be awaited."""

HEAD_START = 0.1
"""Seconds that an exchange has to reach its waiting, before what comes meanwhile."""
AGAIN_EVERY = 0.02
"""Seconds between two tries of a scenario that holds eventually."""


def always(_: Transcript) -> bool:
    """Hold, whatever has happened: a scenario is asked once."""
    return True


async def play(
    scenario: Scenario,
    exchange: Callable[[], Having],
    ask: Callable[[Request], Having],
    holds: Holds = always,
) -> Transcript:
    """Play a scenario: `exchange` has its exchange, `ask` puts a request beside it."""
    remarks = [await _asked(ask, "before", each) for each in scenario.before]
    end = time.monotonic() + scenario.deadline
    while True:
        # Each try has the whole deadline: what is left of it may be too short to say
        # anything but "timed out" about a server that only happened to be asked last.
        transcript = await _play_once(scenario, exchange, ask)
        if not scenario.eventually or holds(transcript):
            return _noted(transcript, remarks)
        if time.monotonic() >= end:
            return _noted(transcript, [*remarks, "Asked again until the deadline."])
        await asyncio.sleep(AGAIN_EVERY)


async def _play_once(
    scenario: Scenario,
    exchange: Callable[[], Having],
    ask: Callable[[Request], Having],
) -> Transcript:
    """Have the exchange, or a crowd of it, and while it waits, what comes meanwhile."""
    crowd = [asyncio.create_task(exchange()) for _ in range(scenario.at_once)]
    remarks: list[str] = []
    try:
        if scenario.meanwhile:
            remarks = await _ask_meanwhile(scenario, crowd, ask)
        first, *others = await asyncio.gather(*crowd)
    finally:
        for each in crowd:
            each.cancel()
    first = replace(first, requests=(*first.requests, *others))
    return _noted(first, remarks)


async def _ask_meanwhile(
    scenario: Scenario,
    crowd: list[asyncio.Task[Transcript]],
    ask: Callable[[Request], Having],
) -> list[str]:
    """Put the requests that come meanwhile, until what waits for them has its answer.

    From outside nobody can see that an application waits; only that it has not answered
    yet. On a busy machine it may be that it had not even begun, and so the requests are
    made again, after a wait that is longer each time.
    """
    remarks: list[str] = []
    head_start = HEAD_START
    await asyncio.wait(crowd, timeout=head_start)
    while True:
        remarks += [await _asked(ask, "meanwhile", r) for r in scenario.meanwhile]
        head_start *= 2
        _, waiting = await asyncio.wait(crowd, timeout=head_start)
        if not waiting:
            return remarks


async def _asked(ask: Callable[[Request], Having], when: str, request: Request) -> str:
    """Put a request that prepares something; return what went wrong with it."""
    transcript = await ask(request)
    response, error = transcript.response, transcript.ending.error
    asked = f"{request.method} {request.target.decode('latin-1')} ({when})"
    if response is not None:
        return f"{asked} got {response.status}." if response.status >= 500 else ""
    if transcript.left_at_ns is not None and not error:
        return ""  # it did not wait for one
    return f"{asked} got no answer{f': {error}' if error else '.'}"


def _noted(transcript: Transcript, remarks: Iterable[str]) -> Transcript:
    """Add the remarks to the notes, each once."""
    added = dict.fromkeys(each for each in remarks if each)
    return replace(transcript, notes=(*transcript.notes, *added))
