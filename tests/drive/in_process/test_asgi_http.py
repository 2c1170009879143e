from __future__ import annotations

import asyncio
import contextvars
import threading
from http import HTTPStatus
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Ending, Response
from tests.drive.in_process.crossed import (
    LENGTH,
    SERVER_ERROR,
    body,
    crossed,
    request_event,
    start,
)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(start(200, LENGTH))
    await send(body(b"hello"))


async def test_driver_records_a_plain_exchange_whole() -> None:
    transcript = await exchange(hello, Request(), name="hello/plain")

    assert crossed(transcript) == [
        request_event(),
        ("send", start(200, LENGTH)),
        ("send", body(b"hello")),
    ]
    assert transcript.scenario == "hello/plain"
    assert transcript.interface == "asgi"
    assert transcript.answer == Response(200, "OK", (LENGTH,), b"hello", (5,))
    assert transcript.ending == Ending(at_ns=transcript.elapsed_ns)
    assert transcript.left_at_ns is None
    assert transcript.notes == ()
    assert transcript.requests == ()


async def test_driver_stamps_events_with_rising_times_sizes_and_threads() -> None:
    transcript = await exchange(hello, Request("POST", body=(b"abc",)))

    times = [entry.at_ns for entry in transcript.events]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= transcript.elapsed_ns
    assert [entry.size for entry in transcript.events] == [3, 0, 5]
    assert {entry.thread for entry in transcript.events} == {threading.get_ident()}
    assert transcript.threads == (threading.get_ident(),)


async def test_driver_hands_over_fresh_objects_each_time() -> None:
    """An application that writes into what it was given spoils nothing."""
    seen: list[Any] = []

    async def spoils(scope: Any, receive: Any, send: Any) -> None:
        event = await receive()
        seen.append((dict(scope), list(scope["headers"]), dict(event)))
        scope["headers"].clear()
        scope["asgi"].clear()
        scope["extensions"]["x"] = 1
        scope.clear()
        event.clear()
        sends = start(200, LENGTH)
        await send(sends)
        sends["headers"].append((b"late", b"1"))
        sends["status"] = 500
        await send(body(b"hello"))

    request = Request()
    first = await exchange(spoils, request)
    second = await exchange(spoils, request)

    assert seen[0][1:] == seen[1][1:]
    assert first.scope == second.scope
    assert first.scope["headers"] == [(b"host", b"127.0.0.1:8000")]
    assert first.scope["asgi"] == {"version": "3.0", "spec_version": "2.5"}
    assert crossed(first)[:2] == [request_event(), ("send", start(200, LENGTH))]


async def test_application_gets_a_copy_of_the_state() -> None:
    shared: list[int] = []
    state = {"shared": shared}

    async def writes(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["own"] = 1
        scope["state"]["shared"].append(1)
        await hello(scope, receive, send)

    transcript = await exchange(writes, Request(), state=state)

    assert state == {"shared": [1]}
    assert transcript.scope["state"] == {"shared": [1]}


async def test_application_does_not_change_the_callers_context() -> None:
    variable = contextvars.ContextVar("variable", default="outside")

    async def sets(scope: Any, receive: Any, send: Any) -> None:
        variable.set("inside")
        await asyncio.sleep(0)
        assert variable.get() == "inside"
        await hello(scope, receive, send)

    transcript = await exchange(sets, Request())

    assert transcript.ending.kind == "returned"
    assert variable.get() == "outside"


async def test_body_arrives_in_its_pieces() -> None:
    async def reads(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send(start())
        await send(body())

    transcript = await exchange(reads, Request("POST", body=(b"a", b"", b"c")))

    assert crossed(transcript) == [
        request_event(b"a", True),
        request_event(b"", True),
        request_event(b"c"),
        ("send", start()),
        ("send", body()),
    ]


async def test_receive_gives_disconnect_after_the_response() -> None:
    async def asks_on(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body())
        assert await receive() == {"type": "http.disconnect"}
        assert await receive() == {"type": "http.disconnect"}

    transcript = await exchange(asks_on, Request("POST", body=(b"unread",)))

    assert transcript.ending.kind == "returned"
    assert transcript.left_at_ns is None


async def test_receive_waits_until_the_response_is_complete() -> None:
    order: list[str] = []

    async def watches(scope: Any, receive: Any, send: Any) -> None:
        await receive()

        async def watch() -> None:
            order.append((await receive())["type"])

        watching = asyncio.create_task(watch())
        await send(start())
        await asyncio.sleep(0)
        order.append("before the end")
        await send(body())
        await watching

    transcript = await exchange(watches, Request())

    assert order == ["before the end", "http.disconnect"]
    assert transcript.ending.kind == "returned"


@pytest.mark.parametrize(
    ("method", "status", "content"),
    [("HEAD", 200, b""), ("GET", 204, b""), ("GET", 304, b""), ("GET", 200, b"hello")],
)
async def test_client_gets_no_body_where_http_has_none(
    method: str, status: int, content: bytes
) -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(start(status, LENGTH))
        await send(body(b"hello"))

    transcript = await exchange(answers, Request(method))

    assert transcript.sent("http.response.body") == [body(b"hello")]
    assert transcript.answer == Response(
        status,
        HTTPStatus(status).phrase,
        (LENGTH,),
        content,
        (5,) if content else (),
    )


async def test_server_drops_transfer_encoding_and_lower_cases_names() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(start(299, (b"X-A", b"1"), (b"transfer-encoding", b"chunked")))
        await send({"type": "http.response.body"})

    transcript = await exchange(answers, Request())

    assert transcript.answer == Response(299, "", ((b"x-a", b"1"),))


@pytest.mark.parametrize(
    ("content", "kept", "complete"),
    [(b"hell", b"hell", False), (b"hello, you", b"hello", True)],
    ids=["short", "long"],
)
async def test_content_length_says_where_the_body_ends(
    content: bytes, kept: bytes, complete: bool
) -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, LENGTH))
        await send(body(content))

    answer = (await exchange(answers, Request())).response

    assert answer is not None
    assert (answer.body, answer.complete) == (kept, complete)


async def test_server_answers_for_an_application_that_raises_before_the_start() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("nothing here")

    transcript = await exchange(fails, Request())

    assert transcript.answer == SERVER_ERROR
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error == "LookupError: nothing here"


async def test_server_answers_head_for_an_application_that_raises() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError

    transcript = await exchange(fails, Request("HEAD"))

    assert transcript.answer == Response(500, SERVER_ERROR.reason, SERVER_ERROR.headers)
    assert transcript.ending.error == "LookupError"


async def test_server_answers_for_an_application_that_returns_nothing() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        return None

    transcript = await exchange(silent, Request())

    assert (transcript.answer, transcript.events) == (SERVER_ERROR, ())
    assert transcript.ending.kind == "returned"


@pytest.mark.parametrize("fails", [True, False], ids=["raises", "returns"])
async def test_answer_breaks_off_with_the_application(fails: bool) -> None:
    async def stops(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"half", more=True))
        if fails:
            raise LookupError

    transcript = await exchange(stops, Request())

    assert transcript.answer == Response(200, "OK", (), b"half", (4,), complete=False)


async def test_pending_receive_ends_when_the_application_does() -> None:
    waiting: list[asyncio.Task[Any]] = []

    async def leaves_a_task(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        waiting.append(asyncio.create_task(receive()))
        await asyncio.sleep(0)
        raise LookupError

    await exchange(leaves_a_task, Request())

    assert await asyncio.wait_for(waiting[0], 1) == {"type": "http.disconnect"}
