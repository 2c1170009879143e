"""Refusing a handshake with a response, where the server offers that."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.in_process.asgi_websocket import exchange
from asgi_compare.model.transcript import Dialogue, Response
from tests.drive.in_process.crossed import SERVER_ERROR

DENIAL: list[dict[str, Any]] = [
    {
        "type": "websocket.http.response.start",
        "status": 401,
        "headers": [(b"x-a", b"1")],
    },
    {"type": "websocket.http.response.body", "body": b"who ", "more_body": True},
    {"type": "websocket.http.response.body", "body": b"are you?"},
]


async def denies(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    for event in DENIAL:
        await send(event)


async def test_denial_is_a_response_where_it_is_offered() -> None:
    transcript = await exchange(denies, Conversation())

    assert transcript.sent() == DENIAL
    assert transcript.answer == Dialogue(
        Response(401, "Unauthorized", ((b"x-a", b"1"),), b"who are you?", (4, 8))
    )


async def test_denial_is_refused_where_it_is_not_offered() -> None:
    transcript = await exchange(denies, Conversation(denial=False))

    assert transcript.scope["extensions"] == {}
    assert transcript.answer == Dialogue(SERVER_ERROR)
    assert transcript.ending.error == (
        "RuntimeError: Expected 'websocket.accept' or 'websocket.close', "
        "but got 'websocket.http.response.start'."
    )


async def test_denial_that_breaks_off_is_incomplete() -> None:
    async def breaks_off(scope: Any, receive: Any, send: Any) -> None:
        await send(DENIAL[0])
        await send(DENIAL[1])

    transcript = await exchange(breaks_off, Conversation())

    assert transcript.response == Response(
        401, "Unauthorized", ((b"x-a", b"1"),), b"who ", (4,), complete=False
    )


KINDS: dict[str, Any] = {
    "generator": lambda fields: (pair for pair in fields),
    "iterators": lambda fields: [iter(pair) for pair in fields],
    "generator of iterators": lambda fields: (iter(pair) for pair in fields),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_headers_that_can_be_read_once_are_written_down(kind: str) -> None:
    fields = [(b"X-A", b"1"), (b"X-B", b"2")]

    async def denies(scope: Any, receive: Any, send: Any) -> None:
        await send({**DENIAL[0], "headers": KINDS[kind](fields)})
        await send(DENIAL[-1])

    async def accepts(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "headers": KINDS[kind](fields)})
        await send({"type": "websocket.close"})

    for application, status in ((denies, 401), (accepts, 101)):
        transcript = await exchange(application, Conversation())

        written = transcript.sent()[0]["headers"]
        assert [(*pair,) for pair in written] == fields
        assert isinstance(transcript.answer, Dialogue)
        assert transcript.answer.handshake.status == status
        assert transcript.answer.handshake.headers == ((b"x-a", b"1"), (b"x-b", b"2"))
