"""Events of extensions, offered and not."""

from __future__ import annotations

import asyncio
from typing import Any

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.drive.request_parts import Extensions
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import LENGTH, body, start


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(start(200, LENGTH))
    await send(body(b"hello"))


TRAILERS = {"type": "http.response.trailers", "headers": [(b"x", b"1")]}


async def test_trailers_complete_the_response_where_they_are_offered() -> None:
    seen: list[str] = []

    async def trails(scope: Any, receive: Any, send: Any) -> None:
        assert scope["extensions"] == {"http.response.trailers": {}}
        await send(start() | {"trailers": True})
        watching = asyncio.create_task(receive_two(receive))
        await send(body(b"a"))
        await asyncio.sleep(0)
        seen.append("after the body")
        await send(TRAILERS | {"more_trailers": True})
        await send(TRAILERS)
        await watching

    async def receive_two(receive: Any) -> None:
        await receive()
        seen.append((await receive())["type"])

    transcript = await exchange(
        trails, Request(), extensions={"http.response.trailers": {}}
    )

    assert seen == ["after the body", "http.disconnect"]
    assert transcript.answer == Response(200, "OK", (), b"a", (1,))


async def test_trailers_that_do_not_come_leave_the_response_incomplete() -> None:
    async def forgets(scope: Any, receive: Any, send: Any) -> None:
        await send(start() | {"trailers": True})
        await send(body(b"a"))

    offered: Extensions = {"http.response.trailers": {}}
    with_them = (await exchange(forgets, Request(), extensions=offered)).response
    without = (await exchange(forgets, Request())).response

    assert with_them is not None
    assert without is not None
    assert (with_them.complete, without.complete) == (False, True)


async def test_slow_client_stays_slow_where_the_application_has_no_trailers() -> None:
    async def says_no(scope: Any, receive: Any, send: Any) -> None:
        await send(start() | {"trailers": False})
        await send({"type": "http.response.body", "body": b"a"})

    transcript = await exchange(
        says_no,
        Request(client=Client(reads_every=0.02)),
        extensions={"http.response.trailers": {}},
    )

    assert transcript.answer == Response(200, "OK", (), b"a", (1,))
    heard = transcript.events[-1].at_ns
    # A loop may wake up early, by as much as its clock cannot tell.
    assert transcript.ending.at_ns - heard > 0.015e9


async def test_early_hint_is_taken_where_it_is_offered() -> None:
    hint = {"type": "http.response.early_hint", "links": [b"</a>"]}

    async def hints(scope: Any, receive: Any, send: Any) -> None:
        await send(hint)
        await hello(scope, receive, send)

    offered = await exchange(
        hints, Request(), extensions={"http.response.early_hint": {}}
    )
    refused = await exchange(hints, Request())

    assert offered.answer == Response(200, "OK", (LENGTH,), b"hello", (5,))
    assert offered.sent()[0] == hint
    assert refused.ending.error == (
        "RuntimeError: Expected 'http.response.start', "
        "but got 'http.response.early_hint'."
    )
