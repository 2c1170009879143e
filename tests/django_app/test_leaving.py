"""Clients that leave, and clients that wait for one another."""

import asyncio
import io
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest

from asgi_compare.domain import SAMPLE
from django_app.asgi import application as asgi_application
from django_app.streams import is_asgi
from django_app.views.streaming import BOARD, LEDGER
from django_app.wsgi import application as wsgi_application
from tests.django_app.conftest import Ask, asgi_scope, ask_asgi, wsgi_environ

LIMIT = 5.0


def wait_for(condition: Callable[[], object]) -> None:
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


async def leave(target: str, *, hearing: int = 0, after: float = 0) -> list[Any]:
    """Ask by ASGI, and leave after some events and some seconds."""
    sent: list[Any] = []
    requests = iter([{"type": "http.request", "body": b""}])

    async def receive() -> dict[str, Any]:
        for event in requests:
            return event
        await asyncio.sleep(after)
        while len(sent) < hearing:
            await asyncio.sleep(0.001)
        return {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        sent.append(event)

    application = asgi_application(asgi_scope("GET", target), receive, send)
    await asyncio.wait_for(application, LIMIT)
    return sent


def test_drip_under_asgi_is_cancelled_when_its_client_leaves() -> None:
    sent = asyncio.run(leave("/drip?id=left-asgi", hearing=4))
    assert 4 <= len(sent) < 20
    assert LEDGER.read("left-asgi") == ["stopped"]


def test_drip_under_wsgi_is_closed_when_its_client_leaves() -> None:
    response = wsgi_application(
        wsgi_environ("GET", "/drip?id=left-wsgi"), lambda *started: lambda data: None
    )
    assert next(iter(response)) == b"tick 0\n"
    response.close()
    assert LEDGER.read("left-wsgi") == ["stopped"]


def test_poll_under_asgi_stops_waiting_when_its_client_leaves() -> None:
    began = time.monotonic()
    sent = asyncio.run(leave("/poll?topic=left&timeout=4", after=0.05))
    assert sent == []
    assert time.monotonic() - began < 2
    assert BOARD.publish("left", "ping") == 0


def test_poll_hears_what_another_announces(ask: Ask, interface: str) -> None:
    topic, answers = f"heard-{interface}", []
    waiting = threading.Thread(
        target=lambda: answers.append(ask("GET", f"/poll?topic={topic}&timeout=4"))
    )
    waiting.start()
    announce = f"/announce?topic={topic}"
    wait_for(lambda: ask("POST", announce, b"ping").body == b'{"delivered": 1}')
    waiting.join(LIMIT)
    assert [answer.body for answer in answers] == [b'{"event": "ping"}']


def test_is_asgi_goes_by_the_request() -> None:
    assert is_asgi(ASGIRequest(asgi_scope("GET", "/"), io.BytesIO()))
    assert not is_asgi(WSGIRequest(wsgi_environ("GET", "/")))


def test_file_under_asgi_is_read_whole_with_a_warning() -> None:
    """Django has no async FileResponse, and says so each time."""
    with pytest.warns(Warning, match="must consume synchronous iterators"):
        answer = ask_asgi("GET", "/file")
    assert answer.body == SAMPLE.read_bytes()


def test_stream_is_of_the_kind_that_needs_no_warning(ask: Ask) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask("GET", "/stream").pieces == [b"a" * 10, b"b" * 10, b"c" * 10]
