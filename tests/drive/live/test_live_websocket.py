"""The WebSocket client on a socket, against servers of every kind."""

import asyncio
import socket

import pytest
from websockets.exceptions import ProtocolError

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.live.websocket import converse
from asgi_compare.model.transcript import (
    MAX_BYTES,
    Dialogue,
    Excerpt,
    Response,
    Transcript,
)
from tests.drive.in_process.conversations import (
    CLOSE,
    STAYS,
    accepts,
    dialogue,
    frame,
    hangs_up,
    talk,
)
from tests.drive.in_process.scripted import (
    answers,
    read_to_the_end,
    read_until,
    reset,
    scripted,
)


def test_handshake_is_what_the_scenario_says() -> None:
    seen = []

    def script(connection: socket.socket) -> None:
        seen.append(read_until(connection, b"\r\n\r\n"))

    with scripted(script) as port:
        conversation = Conversation(
            b"/ws/x?y=%20z",
            headers=((b"x-one", b"1"), (b"x-one", b"caf\xe9")),
            subprotocols=("a", "b"),
        )
        asyncio.run(converse("127.0.0.1", port, conversation))
    line, *fields = seen[0].split(b"\r\n")[:-2]
    assert line == b"GET /ws/x?y=%20z HTTP/1.1"
    assert [
        field for field in fields if not field.startswith(b"Sec-WebSocket-Key")
    ] == [
        b"Host: 127.0.0.1:%d" % port,
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Protocol: a, b",
        b"x-one: 1",
        b"x-one: caf\xe9",
    ]


def test_transcript_holds_what_the_client_heard() -> None:
    parts = (frame("Grüße".encode()), frame(b"\xff", 2), frame(b"\x0f\xa1why", 8))
    transcript = talk(accepts(*parts, fields=b"X-A: 1\r\n", end=hangs_up))
    handshake = dialogue(transcript).handshake
    assert handshake.status == 101
    assert handshake.reason == "Switching Protocols"
    assert handshake.http_version == "1.1"
    assert handshake.headers[:3] == (
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"x-a", b"1"),
    )
    assert transcript == Transcript(
        "WS /",
        "wire",
        ending=transcript.ending,
        answer=Dialogue(handshake, None, ("Grüße", b"\xff"), 4001, "why"),
        elapsed_ns=transcript.ending.at_ns,
    )
    assert transcript.ending.kind == "returned"
    assert transcript.ending.error == ""


def test_close_without_a_code_is_1005() -> None:
    assert dialogue(talk(accepts(CLOSE, end=hangs_up))).code == 1005


def test_server_that_does_not_hang_up_is_not_waited_for() -> None:
    transcript = talk(accepts(CLOSE))
    assert dialogue(transcript).code == 1005
    assert transcript.ending.kind == "returned"


def test_close_that_gets_other_frames_for_an_answer_is_noted() -> None:
    def script(connection: socket.socket) -> None:
        hangs_up(connection)
        connection.sendall(frame(b"more"))
        read_to_the_end(connection)

    transcript = talk(accepts(end=script), Conversation(leaves="closes"))
    assert transcript.ending.kind == "returned"
    assert transcript.notes == ("The server did not answer the close frame.",)


REFUSALS = {
    "body": (
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n"
        b"Content-Length: 4\r\n\r\nsign",
        Response(
            401,
            "Unauthorized",
            ((b"www-authenticate", b"Bearer"), (b"content-length", b"4")),
            b"sign",
            (4,),
            http_version="1.1",
        ),
    ),
    "chunked": (
        b"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        Response(
            403,
            "No",
            ((b"transfer-encoding", b"chunked"),),
            b"a",
            (1,),
            http_version="1.1",
        ),
    ),
    "redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n",
        Response(
            302,
            "Found",
            ((b"location", b"/y"), (b"content-length", b"0")),
            http_version="1.1",
        ),
    ),
}


@pytest.mark.parametrize(("sent", "response"), REFUSALS.values(), ids=REFUSALS)
def test_refusal_is_the_answer(sent: bytes, response: Response) -> None:
    transcript = talk(answers(sent))
    assert transcript.answer == Dialogue(response)
    assert transcript.ending.kind == "returned"


@pytest.mark.parametrize("says", [(), ("bye",) * 1000], ids=["silent", "talking"])
def test_lost_connection_is_noted(says: tuple[str, ...]) -> None:
    def script(connection: socket.socket) -> None:
        reset(connection)

    conversation = Conversation(says=says, leaves="stays")
    transcript = talk(accepts(frame(b"hi"), end=script), conversation)
    assert dialogue(transcript).code is None
    assert transcript.ending.kind == "returned"
    assert transcript.notes == ("The connection ended without a close frame.",)


def test_client_that_closes_does_not_take_the_echo_for_an_answer() -> None:
    def script(connection: socket.socket) -> None:
        masked = connection.recv(100)
        code = bytes(a ^ b for a, b in zip(masked[6:8], masked[2:4], strict=True))
        seen.append(int.from_bytes(code, "big"))
        connection.sendall(frame(code, 8))

    seen: list[int] = []
    conversation = Conversation(leaves="closes", code=4002, reason="enough")
    transcript = talk(accepts(frame(b"a"), end=script), conversation, hears=1)
    assert seen == [4002]
    assert dialogue(transcript).heard == ("a",)
    assert dialogue(transcript).code is None
    assert transcript.left_at_ns is not None
    assert transcript.notes == ()


def test_close_that_is_not_answered_times_out() -> None:
    conversation = Conversation(leaves="closes")
    transcript = talk(accepts(), conversation, deadline=0.1)
    assert transcript.ending.kind == "timed out"


def test_client_vanishes_when_it_has_heard_enough() -> None:
    left = []

    def script(connection: socket.socket) -> None:
        left.append(read_to_the_end(connection))

    conversation = Conversation(leaves="vanishes")
    parts = (frame(b"a"), frame(b"b"))
    transcript = talk(accepts(*parts, end=script), conversation, hears=2)
    assert left == ["reset"]
    assert dialogue(transcript).heard == ("a", "b")
    assert dialogue(transcript).code is None
    assert transcript.left_at_ns is not None
    assert transcript.notes == ()


def test_client_that_waits_for_more_than_comes_does_not_leave() -> None:
    transcript = talk(
        accepts(frame(b"a"), CLOSE, end=hangs_up), Conversation(), hears=2
    )
    assert transcript.left_at_ns is None
    assert dialogue(transcript).code == 1005


def test_large_messages_are_excerpts() -> None:
    large = bytes(MAX_BYTES)
    parts = (frame(large, 2), frame("é".encode()), CLOSE)
    transcript = talk(accepts(*parts, end=hangs_up))
    assert dialogue(transcript).heard == (large, Excerpt.of("é".encode()))


def test_client_that_is_cancelled_leaves() -> None:
    left = []

    def script(connection: socket.socket) -> None:
        left.append(read_to_the_end(connection))

    async def cancelled(port: int) -> None:
        task = asyncio.create_task(converse("127.0.0.1", port, STAYS))
        await asyncio.wait({task}, timeout=0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with scripted(accepts(end=script)) as port:
        asyncio.run(cancelled(port))
    assert left == ["closed"]


def test_scenario_that_cannot_be_played_raises() -> None:
    with pytest.raises(ProtocolError, match="invalid status code"):
        talk(accepts(), Conversation(leaves="closes", code=999))
