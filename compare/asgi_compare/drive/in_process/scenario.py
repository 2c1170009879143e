"""Play one scenario in process, over either interface.

ASGI exchanges are tasks in a loop of their own. WSGI exchanges are threads, because an
application that blocks can only be left behind; the loop waits for them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any

from asgi_compare.contract.scenario import (
    Conversation,
    ExpectedConversation,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.drive.ensemble import Holds, play
from asgi_compare.drive.in_process import asgi_http, asgi_lifespan, asgi_websocket
from asgi_compare.drive.in_process.stepping import GRACE
from asgi_compare.drive.in_process.wsgi import WsgiExchange
from asgi_compare.drive.request_parts import prepare
from asgi_compare.model.transcript import Transcript


async def play_asgi(application: Any, scenario: Scenario, holds: Holds) -> Transcript:
    """Play a scenario with an ASGI application."""
    ask = partial(asgi_http.exchange, application, deadline=scenario.deadline)
    return await play(scenario, partial(_exchange, application, scenario), ask, holds)


async def _exchange(application: Any, scenario: Scenario) -> Transcript:
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


async def play_wsgi(application: Any, scenario: Scenario, holds: Holds) -> Transcript:
    """Play a scenario with a WSGI application."""
    wanted = scenario.exchange
    if isinstance(wanted, Conversation | Lifetime):
        raise ValueError(f"WSGI has no {scenario.protocol}: {scenario.name!r}.")
    ask = partial(_on_thread, application, "", scenario.deadline)
    exchange = partial(
        _on_thread, application, scenario.name, scenario.deadline, wanted
    )
    return await play(scenario, exchange, ask, holds)


async def _on_thread(
    application: Any, name: str, deadline: float, request: Request
) -> Transcript:
    """Have one WSGI exchange on a thread of its own; abandon it if it does not end."""
    served = WsgiExchange(name, prepare(request), deadline, False)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def run() -> None:
        try:
            served.run(application)
        finally:
            with suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(ended.set)

    Thread(target=run, daemon=True).start()
    try:
        async with asyncio.timeout(deadline + GRACE):
            await ended.wait()
    except TimeoutError:
        served.abandon()
    return served.transcript()
