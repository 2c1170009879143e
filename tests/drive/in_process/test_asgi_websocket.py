from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.in_process.asgi_websocket import exchange
from asgi_compare.model.transcript import MAX_BYTES, Dialogue, Excerpt, Response
from tests.drive.in_process.crossed import SERVER_ERROR, crossed, got, sent

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}
CONNECT = got(type="websocket.connect")
SWITCHED = Response(101, "Switching Protocols")
FORBIDDEN = Response(403, "Forbidden", ((b"content-length", b"0"),))


def text(message: str) -> dict[str, Any]:
    return {"type": "websocket.send", "text": message}


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(ACCEPT)
    while (event := await receive())["type"] == "websocket.receive":
        await send(event | {"type": "websocket.send"})


async def test_conversation_is_recorded_whole() -> None:
    says = Conversation(says=("a", b"b", "", b""), code=4001, reason="bye")

    transcript = await exchange(echo, says, name="ws_echo/all", hears=4)

    assert crossed(transcript) == [
        CONNECT,
        ("send", ACCEPT),
        got(type="websocket.receive", text="a"),
        sent(type="websocket.send", text="a"),
        got(type="websocket.receive", bytes=b"b"),
        sent(type="websocket.send", bytes=b"b"),
        got(type="websocket.receive", text=""),
        sent(type="websocket.send", text=""),
        got(type="websocket.receive", bytes=b""),
        sent(type="websocket.send", bytes=b""),
        got(type="websocket.disconnect", code=4001, reason="bye"),
    ]
    assert transcript.scenario == "ws_echo/all"
    assert transcript.answer == Dialogue(SWITCHED, None, ("a", b"b", "", b""))
    assert transcript.response == SWITCHED
    assert transcript.ending.kind == "returned"
    assert transcript.left_at_ns is not None
    assert [entry.size for entry in transcript.events][2:6] == [1, 1, 1, 1]


async def test_scope_tells_of_the_handshake() -> None:
    state = {"a": 1}

    async def spoils(scope: Any, receive: Any, send: Any) -> None:
        scope["state"].clear()
        scope["headers"].clear()
        await send(CLOSE)

    conversation = Conversation(
        target=b"/caf%C3%A9?x=%20",
        headers=((b"X-A", b"1"),),
        subprotocols=("one", "two"),
    )
    transcript = await exchange(spoils, conversation, state=state)

    assert state == {"a": 1}
    assert transcript.scope == {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/café",
        "raw_path": b"/caf%C3%A9",
        "query_string": b"x=%20",
        "root_path": "",
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"x-a", b"1"),
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-version", b"13"),
            (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
            (b"sec-websocket-protocol", b"one, two"),
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "subprotocols": ["one", "two"],
        "extensions": {"websocket.http.response": {}},
        "state": {"a": 1},
    }


async def test_subprotocol_and_headers_are_part_of_the_handshake() -> None:
    async def chooses(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT | {"subprotocol": "two", "headers": [(b"X-A", b"1")]})

    transcript = await exchange(chooses, Conversation(subprotocols=("one", "two")))

    assert transcript.answer == Dialogue(
        Response(
            101,
            "Switching Protocols",
            ((b"x-a", b"1"), (b"sec-websocket-protocol", b"two")),
        ),
        "two",
    )


async def test_thousand_messages_keep_their_order() -> None:
    says = tuple(map(str, range(1000)))

    transcript = await exchange(echo, Conversation(says=says), hears=1000)

    assert isinstance(transcript.answer, Dialogue)
    assert transcript.answer.heard == says


async def test_message_of_a_mebibyte_is_kept_whole_once() -> None:
    """What comes after that is kept as an excerpt."""
    message = b"x" * MAX_BYTES

    transcript = await exchange(echo, Conversation(says=(message,)), hears=1)

    assert transcript.received()[1]["bytes"] == message
    assert transcript.sent()[1]["bytes"] == Excerpt.of(message)
    assert transcript.answer == Dialogue(SWITCHED, None, (Excerpt.of(message),))


async def test_application_closes_with_code_and_reason() -> None:
    """It gets the code back, and `send` raises from then on."""

    async def closes(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await send(text("last"))
        await send(CLOSE | {"code": 4000, "reason": "enough"})
        assert await receive() == CONNECT[1]
        assert await receive() == {
            "type": "websocket.disconnect",
            "code": 4000,
            "reason": "",
        }
        with pytest.raises(OSError, match="has disconnected"):
            await send(text("later"))

    transcript = await exchange(closes, Conversation(leaves="stays"), hears=1)

    assert transcript.ending.kind == "returned"
    assert transcript.answer == Dialogue(SWITCHED, None, ("last",), 4000, "enough")
    assert transcript.sent("websocket.send") == [text("last"), text("later")]
    assert transcript.left_at_ns is None


async def test_application_closes_without_a_code() -> None:
    async def closes(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await send(CLOSE)

    transcript = await exchange(closes, Conversation(leaves="stays"))

    assert transcript.answer == Dialogue(SWITCHED, code=1000)


async def test_close_before_accept_is_forbidden() -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(CLOSE | {"code": 4003})
        assert (await receive())["code"] == 1006

    transcript = await exchange(refuses, Conversation(says=("unheard",)))

    assert transcript.answer == Dialogue(FORBIDDEN)
    assert transcript.ending.kind == "returned"


async def test_client_that_vanishes_gives_1006() -> None:
    raised: list[str] = []

    async def greets(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await send(text("hello"))
        for event in (text("again"), CLOSE):
            try:
                await send(event)
            except OSError as error:
                raised.append(str(error))
        assert await receive() == {
            "type": "websocket.disconnect",
            "code": 1006,
            "reason": "",
        }

    transcript = await exchange(greets, Conversation(leaves="vanishes"), hears=1)

    assert raised == ["The client has disconnected."] * 2
    assert transcript.ending.kind == "returned"
    assert transcript.answer == Dialogue(SWITCHED, None, ("hello",))


async def test_client_without_expectations_leaves_when_it_is_asked_for_more() -> None:
    transcript = await exchange(echo, Conversation(says=("a", "b")))

    assert transcript.answer == Dialogue(SWITCHED, None, ("a", "b"))
    assert transcript.received()[-1] == {
        "type": "websocket.disconnect",
        "code": 1000,
        "reason": "",
    }


async def test_client_that_stays_waits_for_the_application() -> None:
    transcript = await exchange(echo, Conversation(leaves="stays"), deadline=0.05)

    assert transcript.ending.kind == "timed out"
    assert transcript.left_at_ns is None


async def test_receive_waits_until_the_handshake_is_answered() -> None:
    async def reads_first(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        reading = asyncio.create_task(receive())
        await asyncio.sleep(0)
        assert not reading.done()
        await send(ACCEPT)
        assert await reading == {"type": "websocket.receive", "text": "a"}

    transcript = await exchange(reads_first, Conversation(says=("a",)))

    assert transcript.ending.kind == "returned"


@pytest.mark.parametrize("fails", [True, False], ids=["raises", "returns"])
async def test_handshake_fails_with_the_application(fails: bool) -> None:
    async def ends(scope: Any, receive: Any, send: Any) -> None:
        if fails:
            raise LookupError

    assert (await exchange(ends, Conversation())).answer == Dialogue(SERVER_ERROR)


async def test_handshake_that_is_never_answered_has_no_answer() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    transcript = await exchange(hangs, Conversation(), deadline=0.02)

    assert (transcript.answer, transcript.ending.kind) == (None, "timed out")


async def test_open_socket_is_closed_when_the_application_ends() -> None:
    """The close code is None, because the application has sent none."""
    pending: list[asyncio.Task[Any]] = []

    async def forgets(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        pending.append(asyncio.create_task(receive()))
        await asyncio.sleep(0)

    transcript = await exchange(forgets, Conversation(leaves="stays"), hears=1)

    assert (await pending[0])["code"] == 1006
    assert transcript.answer == Dialogue(SWITCHED)
