"""Applications by hand to put a middleware around, and how they are asked."""

from __future__ import annotations

from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process import asgi_http
from asgi_compare.measure.behaviours.builders import ask
from asgi_compare.model.transcript import Transcript
from asgi_raw.events import Application, Event, Receive, Scope, Send, text


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Return what is needed here: the scheme, after the body was read."""
    while (await receive()).get("more_body"):
        pass
    await text(send, scope["scheme"])


def answering(*events: Event) -> Application:
    """Make an application that sends these events."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send(event)

    return app


def start(*headers: tuple[bytes, bytes], status: int = 200) -> Event:
    return {"type": "http.response.start", "status": status, "headers": [*headers]}


def body(content: bytes, more: bool = False) -> Event:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def asked(app: Application, target: str = "/", **more: Any) -> Transcript:
    request = ask(target, **more).exchange
    assert isinstance(request, Request)
    return await asgi_http.exchange(app, request)


async def status_of(app: Application, target: str = "/", **more: Any) -> int:
    response = (await asked(app, target, **more)).response
    assert response is not None
    return response.status
