"""What a client does while its request is served: it is slow, or it leaves."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.drive.in_process.recorder import ClientDisconnected
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import GONE, body, crossed, request_event, start

THREE = (b"a", b"b", b"c")


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send(start())
    await send(body(b"done"))


async def streams(scope: Any, receive: Any, send: Any) -> None:
    await send(start())
    for _ in range(9):
        await send(body(b"x", more=True))
    await send(body())


async def test_client_that_leaves_at_once_is_seen_by_the_first_receive() -> None:
    request = Request("POST", body=THREE, client=Client(leaves_after_sending=0))

    transcript = await exchange(reads_all, request)

    assert crossed(transcript) == [GONE, ("send", start())]
    assert transcript.answer is None
    assert transcript.left_at_ns is not None
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error == (
        "ClientDisconnected: The client has disconnected."
    )


async def test_client_leaves_in_the_middle_of_its_body() -> None:
    request = Request("POST", body=THREE, client=Client(leaves_after_sending=2))

    transcript = await exchange(reads_all, request)

    assert crossed(transcript)[:3] == [
        request_event(b"a", True),
        request_event(b"b", True),
        GONE,
    ]
    assert transcript.answer is None


async def test_client_leaves_after_it_has_sent_everything() -> None:
    request = Request("POST", body=THREE, client=Client(leaves_after_sending=3))

    transcript = await exchange(reads_all, request)

    assert crossed(transcript)[2] == request_event(b"c")
    assert transcript.answer is None


async def test_client_leaves_in_the_middle_of_the_answer() -> None:
    """`send` raises an OSError from then on, and the application may end on it."""
    raised: list[type[BaseException]] = []

    async def tidies_up(scope: Any, receive: Any, send: Any) -> None:
        try:
            await streams(scope, receive, send)
        except OSError as error:
            raised.append(type(error))
        assert await receive() == {"type": "http.disconnect"}

    transcript = await exchange(
        tidies_up, Request(client=Client(leaves_after_hearing=2))
    )

    assert raised == [ClientDisconnected]
    assert transcript.sent() == [start()] + [body(b"x", more=True)] * 3
    assert transcript.answer == Response(200, "OK", (), b"xx", (1, 1), complete=False)
    assert transcript.ending.kind == "returned"
    left = transcript.left_at_ns
    assert left is not None
    assert transcript.events[2].at_ns <= left <= transcript.events[3].at_ns


async def test_client_leaves_with_the_piece_that_has_its_last_byte() -> None:
    async def streams(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        for _ in range(9):
            await send(body(b"xyz", more=True))

    request = Request(client=Client(leaves_after_bytes=4))
    transcript = await exchange(streams, request)

    assert transcript.response is not None
    assert transcript.response.pieces == (3, 3)
    assert transcript.left_at_ns is not None


async def test_client_that_leaves_with_the_last_piece_has_missed_nothing() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"x"))

    transcript = await exchange(answers, Request(client=Client(leaves_after_hearing=1)))

    assert transcript.answer == Response(200, "OK", (), b"x", (1,))
    assert transcript.left_at_ns is None


async def test_client_leaves_while_the_application_waits_for_that() -> None:
    async def long_poll(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert await receive() == {"type": "http.disconnect"}

    transcript = await exchange(long_poll, Request(client=Client(leaves_after=0.02)))

    assert crossed(transcript) == [request_event(), GONE]
    assert transcript.answer is None
    assert transcript.ending.kind == "returned"
    assert transcript.left_at_ns is not None
    assert 0.02e9 <= transcript.left_at_ns < 1e9


async def test_client_leaves_some_time_after_its_last_piece() -> None:
    pause = Client(pause=0.02, leaves_after=0.02)

    async def watches(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    transcript = await exchange(watches, Request("PUT", body=THREE, client=pause))

    assert len(transcript.events) == 4
    assert transcript.left_at_ns is not None
    assert transcript.left_at_ns - transcript.events[2].at_ns >= 0.02e9


async def test_client_leaves_a_stream_that_never_waits() -> None:
    async def endless(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        while True:
            await send(body(b"x", more=True))

    transcript = await exchange(endless, Request(client=Client(leaves_after=0.005)))

    assert transcript.left_at_ns is not None
    assert transcript.ending.error.startswith("ClientDisconnected")


async def test_time_of_leaving_does_not_come_after_the_end() -> None:
    async def quick(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body())

    transcript = await exchange(quick, Request(client=Client(leaves_after=0.01)))
    await asyncio.sleep(0.02)

    assert transcript.left_at_ns is None


async def test_client_pauses_between_the_pieces_of_its_body() -> None:
    request = Request("POST", body=THREE, client=Client(pause=0.02))

    transcript = await exchange(reads_all, request)

    first, second, third = (e.at_ns for e in transcript.events[:3])
    assert second - first >= 0.02e9
    assert third - second >= 0.02e9
    assert transcript.answer == Response(200, "OK", (), b"done", (4,))


async def test_answer_may_come_before_a_slow_body_has() -> None:
    """A `receive` that is waiting then for a piece gets `http.disconnect`."""
    later: list[asyncio.Task[Any]] = []

    async def answers_early(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        later.append(asyncio.create_task(receive()))
        await asyncio.sleep(0)
        await send(start())
        await send(body())
        await later[0]

    request = Request("POST", body=THREE, client=Client(pause=5.0))
    began = time.monotonic()
    transcript = await exchange(answers_early, request)

    assert later[0].result() == {"type": "http.disconnect"}
    assert time.monotonic() - began < 2
    assert transcript.ending.kind == "returned"


async def test_send_waits_for_a_client_that_reads_slowly() -> None:
    async def three(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"a", more=True))
        await send(body(b"", more=True))
        await send(body(b"b", more=True))
        await send(body())

    transcript = await exchange(three, Request(client=Client(reads_every=0.02)))

    at = [entry.at_ns for entry in transcript.events]
    assert at[2] - at[1] >= 0.02e9
    assert at[4] - at[3] >= 0.02e9
    assert transcript.answer == Response(200, "OK", (), b"ab", (1, 1))


@pytest.mark.parametrize("event", [body(b"y"), start(), None])
async def test_whatever_is_sent_to_a_client_that_has_left_raises(event: Any) -> None:
    raised: list[str] = []

    async def sends(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            await send(event)
        except OSError as error:
            raised.append(str(error))

    transcript = await exchange(sends, Request(client=Client(leaves_after_sending=0)))

    assert raised == ["The client has disconnected."]
    assert transcript.sent() == [event]
