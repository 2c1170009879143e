"""What is kept of an exchange that is too large to be kept whole."""

from __future__ import annotations

from typing import Any

import pytest

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process import asgi_websocket
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import EXCERPT_BYTES, MAX_BYTES, Excerpt
from tests.drive.in_process.crossed import body, start

HALF = b"x" * (MAX_BYTES // 2)


async def streams(send: Any, *pieces: bytes) -> None:
    await send(start())
    for piece in pieces:
        await send(body(piece, more=True))
    await send(body())


async def test_body_up_to_the_limit_is_kept_whole() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await streams(send, HALF, HALF)

    response = (await exchange(application, Request())).response

    assert response is not None
    assert response.body == HALF + HALF


async def test_past_the_limit_each_piece_is_an_excerpt() -> None:
    """The digest of the answer is that of the whole body, all the same."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await streams(send, HALF, HALF, b"yz", HALF)

    transcript = await exchange(application, Request())

    pieces = [event["body"] for event in transcript.sent("http.response.body")]
    assert pieces == [
        HALF,
        HALF,
        Excerpt.of(b"yz"),
        Excerpt.of(HALF),
        Excerpt.of(b""),
    ]
    assert transcript.response is not None
    assert transcript.response.body == Excerpt.of(HALF + HALF + b"yz" + HALF)
    assert transcript.response.pieces == (len(HALF), len(HALF), 2, len(HALF))
    assert [entry.size for entry in transcript.events] == [
        0,
        len(HALF),
        len(HALF),
        2,
        len(HALF),
        0,
    ]


@pytest.mark.parametrize("pieces", [1, 3])
async def test_both_directions_count(pieces: int) -> None:
    """So an echo of a large body is an excerpt; its head is put together right."""
    content = (b"%05d" % 7 * 1000, b"b" * MAX_BYTES, b"c")[:pieces] or ()
    content = content if pieces > 1 else (b"a" * MAX_BYTES + b"b",)

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        more = True
        while more:
            event = await receive()
            more = event["more_body"]
            await send(body(event["body"], more))

    transcript = await exchange(echo, Request("POST", body=content))

    assert transcript.response is not None
    assert transcript.response.body == Excerpt.of(b"".join(content))
    assert transcript.received()[-1]["body"] == Excerpt.of(content[-1])


async def test_large_answer_is_measured_against_its_content_length() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, (b"content-length", b"9999999")))
        await send(body(HALF, True))
        await send(body(HALF + b"x"))

    response = (await exchange(application, Request())).response

    assert response is not None
    assert not response.complete
    assert len(response.body) == MAX_BYTES + 1
    assert response.text == "x" * EXCERPT_BYTES


async def test_large_bytearray_is_an_excerpt() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send({"type": "http.response.body", "body": bytearray(HALF * 3)})

    response = (await exchange(application, Request())).response

    assert response is not None
    assert response.body == Excerpt.of(HALF * 3)


async def test_payload_that_is_refused_is_kept_as_an_excerpt() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "nonsense", "body": bytearray(HALF), "text": "é"})
        raise AssertionError

    async def huge(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "nonsense", "text": "é" * MAX_BYTES})
        raise AssertionError

    small = await exchange(application, Request())
    large = await exchange(huge, Request())

    assert small.sent() == [{"type": "nonsense", "body": HALF, "text": "é"}]
    assert small.events[0].size == len(HALF) + 2
    assert large.sent()[0]["text"] == Excerpt.of(("é" * MAX_BYTES).encode())


async def test_headers_that_are_a_text_are_refused_and_recorded_as_they_are() -> None:
    wrong = {"type": "http.response.start", "status": 200, "headers": "a: b"}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(wrong)

    transcript = await exchange(application, Request())

    assert transcript.sent() == [wrong]
    assert transcript.ending.kind == "raised"


async def test_large_refusal_of_a_websocket_is_an_excerpt() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        denial = "websocket.http.response"
        await send({"type": f"{denial}.start", "status": 403, "headers": []})
        await send({"type": f"{denial}.body", "body": HALF, "more_body": True})
        await send({"type": f"{denial}.body", "body": HALF + b"x"})

    transcript = await asgi_websocket.exchange(application, Conversation(denial=True))

    assert transcript.response is not None
    assert transcript.response.body == Excerpt.of(HALF + HALF + b"x")
