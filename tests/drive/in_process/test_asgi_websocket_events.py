"""What an application cannot send."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.in_process.asgi_websocket import exchange
from asgi_compare.model.transcript import Dialogue, Response
from tests.drive.in_process.crossed import SERVER_ERROR

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}
SWITCHED = Response(101, "Switching Protocols")

ONLY_ONE = "ValueError: Expected either 'text' or 'bytes', and only one of them."
WRONG: dict[str, tuple[Any, str]] = {
    "not a dict": ("x", "TypeError: Expected an event as a dict, but got 'x'."),
    "no type": (
        {},
        "RuntimeError: Expected 'websocket.send' or 'websocket.close', but got None.",
    ),
    "second accept": (
        ACCEPT,
        "RuntimeError: Expected 'websocket.send' or 'websocket.close', "
        "but got 'websocket.accept'.",
    ),
    "nothing in it": ({"type": "websocket.send"}, ONLY_ONE),
    "both": ({"type": "websocket.send", "text": "", "bytes": b""}, ONLY_ONE),
    "text as bytes": (
        {"type": "websocket.send", "text": b"x"},
        "TypeError: Expected text as a Unicode string, but got b'x'.",
    ),
    "bytes as text": (
        {"type": "websocket.send", "bytes": "x"},
        "TypeError: Expected bytes as a byte string, but got 'x'.",
    ),
    "code as text": (
        CLOSE | {"code": "1000"},
        "TypeError: Expected a close code, but got '1000'.",
    ),
    "reason as bytes": (
        CLOSE | {"reason": b"x"},
        "TypeError: Expected a reason, but got b'x'.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
async def test_send_raises_on_what_it_cannot_take(case: str) -> None:
    event, error = WRONG[case]

    async def sends(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await send(event)

    transcript = await exchange(sends, Conversation(leaves="stays"))

    assert transcript.ending.error == error
    assert transcript.sent() == [ACCEPT, event]
    assert transcript.answer == Dialogue(SWITCHED)


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (
            ACCEPT | {"subprotocol": b"x"},
            "TypeError: Expected a subprotocol, but got b'x'.",
        ),
        (
            ACCEPT | {"headers": [("a", b"b")]},
            "TypeError: Expected a pair of byte strings, but got ('a', b'b').",
        ),
        (
            {"type": "websocket.http.response.start"},
            "TypeError: Expected a status, but got None.",
        ),
    ],
    ids=["subprotocol", "headers", "denial"],
)
async def test_send_raises_on_a_wrong_answer_to_the_handshake(
    event: Any, error: str
) -> None:
    async def sends(scope: Any, receive: Any, send: Any) -> None:
        await send(event)

    transcript = await exchange(sends, Conversation())

    assert transcript.ending.error == error
    assert transcript.answer == Dialogue(SERVER_ERROR)


async def test_flood_of_messages_is_cut_off() -> None:
    async def floods(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        while True:
            await send({"type": "websocket.send", "text": "x"})

    transcript = await exchange(floods, Conversation(leaves="stays"))

    assert transcript.ending.kind == "flooded"
