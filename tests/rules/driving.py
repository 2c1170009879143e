"""Drive a case of `broken_apps` or `correct_apps` with the driver for it."""

from __future__ import annotations

from compare.contract.scenario import Conversation, Request
from compare.drivers import asgi_http, asgi_lifespan, asgi_websocket, wsgi
from compare.results import Finding
from compare.rules import judge
from compare.transcript import Transcript
from tests.broken_apps.apps import Case


async def driven(case: Case) -> Transcript:
    exchange = case.exchange
    if case.wsgi:
        assert isinstance(exchange, Request)
        return wsgi.exchange(case.application, exchange, name=case.name)
    if isinstance(exchange, Request):
        return await asgi_http.exchange(
            case.application, exchange, name=case.name, extensions=case.extensions
        )
    if isinstance(exchange, Conversation):
        return await asgi_websocket.exchange(
            case.application, exchange, name=case.name, deadline=2.0
        )
    return await asgi_lifespan.exchange(
        case.application, exchange, name=case.name, deadline=2.0
    )


async def judged(case: Case) -> list[Finding]:
    return judge(await driven(case))
