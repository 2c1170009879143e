"""Drive a case of `broken_apps` or `correct_apps` with the driver for it."""

from __future__ import annotations

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process import asgi_http, asgi_lifespan, asgi_websocket, wsgi
from asgi_compare.judge.rules import judge
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Transcript
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
