"""WebSocket servers that break the protocol, or flood the client."""

import asyncio
import socket

import pytest

from asgi_compare.drive.live.client import MAX_TOTAL
from asgi_compare.drive.live.websocket import MAX_MESSAGE, converse
from asgi_compare.model.transcript import (
    MAX_EVENTS,
)
from tests.drive.in_process.conversations import (
    STAYS,
    accepts,
    dialogue,
    frame,
    talk,
    waits,
)
from tests.drive.in_process.scripted import (
    answers,
    nobody,
    read_until,
    reset,
)

BROKEN = {
    "no byte": (
        b"",
        "crashed",
        "There was no answer to the handshake: connection closed while reading HTTP",
    ),
    "garbage": (
        b"SSH-2.0\r\n\r\n",
        "raised",
        "The answer to the handshake is not a valid one: invalid HTTP status line",
    ),
    "wrong key": (
        b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: x\r\n\r\n",
        "raised",
        "The answer to the handshake is not a valid one: invalid Sec-WebSocket-Accept",
    ),
    "huge refusal": (
        b"HTTP/1.1 403 No\r\nContent-Length: 9999999\r\n\r\n",
        "raised",
        "The answer to the handshake is not a valid one: body too large",
    ),
}


@pytest.mark.parametrize(("sent", "kind", "error"), BROKEN.values(), ids=BROKEN)
def test_broken_handshake_is_named(sent: bytes, kind: str, error: str) -> None:
    transcript = talk(answers(sent))
    assert transcript.answer is None
    assert transcript.ending.kind == kind
    assert transcript.ending.error.startswith(error)
    assert transcript.ending.error.endswith(".")


def test_reset_before_the_answer_is_a_crash() -> None:
    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        reset(connection)

    assert talk(script).ending.kind == "crashed"


def test_refused_connection_is_a_crash() -> None:
    port = nobody()
    transcript = asyncio.run(converse("127.0.0.1", port, STAYS))
    assert transcript.ending.kind == "crashed"
    assert transcript.ending.error == (
        f"There is no connection to 127.0.0.1:{port}: Connection refused."
    )


def test_handshake_that_is_not_answered_times_out() -> None:
    transcript = talk(waits, deadline=0.1)
    assert transcript.answer is None
    assert transcript.ending.kind == "timed out"
    assert transcript.ending.error == "The conversation was not over after 0.1 s."


def test_conversation_that_does_not_end_times_out() -> None:
    transcript = talk(accepts(frame(b"hi")), deadline=0.1)
    assert dialogue(transcript).heard == ("hi",)
    assert transcript.ending.kind == "timed out"


def test_frame_that_is_none_fails_the_connection() -> None:
    transcript = talk(accepts(b"\xff\x00"))
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error.startswith(
        "The client had to fail the connection: sent 1002 (protocol error)"
    )


def test_message_that_is_too_big_is_a_flood() -> None:
    head = b"\x82\x7f" + (MAX_MESSAGE + 1).to_bytes(8, "big")
    transcript = talk(accepts(head))
    assert transcript.ending.kind == "flooded"
    assert "sent 1009 (message too big)" in transcript.ending.error


FLOODS = {
    "messages": (frame(b"x") * 1000, MAX_EVENTS),
    "bytes": (frame(bytes(MAX_MESSAGE), 2), MAX_TOTAL // MAX_MESSAGE),
}


@pytest.mark.parametrize(("part", "most"), FLOODS.values(), ids=FLOODS)
def test_endless_messages_are_cut_off(part: bytes, most: int) -> None:
    def script(connection: socket.socket) -> None:
        while True:
            connection.sendall(part)

    transcript = talk(accepts(end=script), deadline=30)
    assert transcript.ending.kind == "flooded"
    assert transcript.ending.error == (
        f"The conversation was cut off after {most + 1} messages."
    )
    assert len(dialogue(transcript).heard) == most + 1
