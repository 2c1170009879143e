"""The exchanges around an exchange.

A scenario may want the ground prepared, other requests while its own is waiting, a
crowd at once, or to be asked again until something has come about. This module arranges
that and calls the drivers for each exchange: as tasks in one loop for ASGI, on threads
for WSGI. The order of things is the same for both.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

from asgi_compare.contract.scenario import (
    Conversation,
    ExpectedConversation,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.drive.in_process import asgi_http, asgi_lifespan, asgi_websocket
from asgi_compare.drive.in_process.stepping import GRACE
from asgi_compare.drive.in_process.wsgi import WsgiExchange
from asgi_compare.drive.request_parts import prepare
from asgi_compare.model.transcript import Transcript

HEAD_START = 0.05
"""Seconds for which an exchange is left alone before others come in meanwhile."""
POLL = 0.02
"""Seconds between two questions whether it has come about."""


async def play_asgi(
    application: Any, scenario: Scenario, holds: Callable[[Transcript], bool]
) -> Transcript:
    """Play a scenario with an ASGI application."""

    async def side(when: str, request: Request) -> str:
        transcript = await asgi_http.exchange(
            application, request, deadline=scenario.deadline
        )
        return remark(when, request, transcript)

    async def once() -> Transcript:
        crowd = [
            asyncio.create_task(exchange(application, scenario))
            for _ in range(scenario.at_once)
        ]
        remarks = []
        if scenario.meanwhile:
            await asyncio.wait(crowd, timeout=HEAD_START)
            remarks = [await side("meanwhile", each) for each in scenario.meanwhile]
        return gathered(await asyncio.gather(*crowd), remarks)

    remarks = [await side("before", each) for each in scenario.before]
    give_up = time.monotonic() + scenario.deadline
    while True:
        transcript = await once()
        if done(scenario, transcript, holds, give_up):
            return gathered([transcript, *transcript.requests], remarks)
        await asyncio.sleep(POLL)


async def exchange(application: Any, scenario: Scenario) -> Transcript:
    """Have one exchange, of whichever kind, with an ASGI application."""
    name, deadline, wanted = scenario.name, scenario.deadline, scenario.exchange
    if isinstance(wanted, Request):
        return await asgi_http.exchange(
            application, wanted, name=name, deadline=deadline
        )
    if isinstance(wanted, Lifetime):
        return await asgi_lifespan.exchange(
            application, wanted, name=name, deadline=deadline
        )
    expected = scenario.expected
    hears = len(expected.hears) if isinstance(expected, ExpectedConversation) else None
    return await asgi_websocket.exchange(
        application, wanted, name=name, deadline=deadline, hears=hears
    )


def play_wsgi(
    application: Any, scenario: Scenario, holds: Callable[[Transcript], bool]
) -> Transcript:
    """Play a scenario with a WSGI application."""
    wanted = scenario.exchange
    if isinstance(wanted, Conversation | Lifetime):
        raise ValueError(f"WSGI has no {scenario.protocol}: {scenario.name!r}.")

    def side(when: str, request: Request) -> str:
        threaded = OnThread(application, request, "", scenario.deadline)
        return remark(when, request, threaded.transcript())

    def once() -> Transcript:
        start = Barrier(scenario.at_once)
        crowd = [
            OnThread(application, wanted, scenario.name, scenario.deadline, start)
            for _ in range(scenario.at_once)
        ]
        remarks = []
        if scenario.meanwhile:
            crowd[0].ended.wait(HEAD_START)
            remarks = [side("meanwhile", each) for each in scenario.meanwhile]
        return gathered([each.transcript() for each in crowd], remarks)

    remarks = [side("before", each) for each in scenario.before]
    give_up = time.monotonic() + scenario.deadline
    while True:
        transcript = once()
        if done(scenario, transcript, holds, give_up):
            return gathered([transcript, *transcript.requests], remarks)
        time.sleep(POLL)


class OnThread:
    """One WSGI exchange on a thread of its own, which can be left behind."""

    def __init__(
        self,
        application: Any,
        request: Request,
        name: str,
        deadline: float,
        start: Barrier | None = None,
    ) -> None:
        self.served = WsgiExchange(name, prepare(request), deadline, False)
        self.ended = Event()
        self.limit = deadline + GRACE
        self.start = start
        Thread(target=self.run, args=(application,), daemon=True).start()

    def run(self, application: Any) -> None:
        """Have the exchange, when all others are ready."""
        if self.start is not None:
            self.start.wait()
        try:
            self.served.run(application)
        finally:
            self.ended.set()

    def transcript(self) -> Transcript:
        """Wait for the end, but not longer than that; then the thread is abandoned."""
        if not self.ended.wait(self.limit):
            self.served.abandon()
        return self.served()


def done(
    scenario: Scenario,
    transcript: Transcript,
    holds: Callable[[Transcript], bool],
    give_up: float,
) -> bool:
    """Return whether the scenario need not be asked again."""
    return not scenario.eventually or holds(transcript) or time.monotonic() >= give_up


def gathered(transcripts: list[Transcript], remarks: list[str]) -> Transcript:
    """Put the others under the first one, with what went wrong beside them."""
    first, *others = transcripts
    if others:
        first.requests = tuple(others)
    first.notes += tuple(each for each in remarks if each)
    return first


def remark(when: str, request: Request, transcript: Transcript) -> str:
    """Say so if a request that only prepares the ground was not answered well."""
    response = transcript.response
    if response is not None and response.status < 500:
        return ""
    got = "no answer" if response is None else response.status
    asked = f"{request.method} {request.target.decode('latin-1')}"
    return f"{asked} ({when}) got {got}."
