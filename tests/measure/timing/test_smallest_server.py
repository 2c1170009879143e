"""The smallest server there is: requests are put as the interfaces have it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.timing.configuration import Entry
from asgi_compare.measure.timing.smallest_server import server


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_asgi_client_stays_until_the_answer_is_complete(
    loop: asyncio.AbstractEventLoop,
) -> None:
    heard: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        async def listen() -> None:
            heard.append((await receive())["type"])
            heard.append((await receive())["type"])

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert heard == ["http.request"]
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})
        await listening
        assert (await receive())["type"] == "http.disconnect"

    answer = server(application, Entry("asgi", "", Request()), loop).once()
    assert heard == ["http.request", "http.disconnect"]
    assert (answer.status, answer.body_bytes, answer.events) == (204, 2, 6)


def test_cookies_of_the_first_request_come_along(
    loop: asyncio.AbstractEventLoop,
) -> None:
    entry: list[tuple[bytes, bytes | None]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        entry.append((scope["raw_path"], headers.get(b"cookie")))
        fields = [(b"set-cookie", b"a=1; Path=/"), (b"Set-Cookie", b"b=2")]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body"})

    request = Request(target=b"/then")
    before = Request(target=b"/first")
    server(application, Entry("asgi", "", request, before), loop).batch(2)
    assert entry == [(b"/first", None), *[(b"/then", b"a=1; b=2")] * 2]


def test_wsgi_iterable_is_closed_and_the_body_is_there(
    loop: asyncio.AbstractEventLoop,
) -> None:
    seen: list[object] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            yield b"ab"
            yield b"c"

        def close(self) -> None:
            seen.append("closed")

    def application(environ: Any, start_response: Any) -> Pieces:
        seen.append(environ["wsgi.input"].read())
        seen.append(environ.get("HTTP_COOKIE"))
        start_response("201 Created", [("Set-Cookie", "a=1")])
        return Pieces()

    request = Request("POST", body=(b"hello",))
    served = server(application, Entry("wsgi", "", request, Request()), loop)
    answer = served.once()
    assert (answer.status, answer.body_bytes) == (201, 3)
    assert answer.headers == ((b"Set-Cookie", b"a=1"),)
    served.batch(1)
    assert seen == [b"", None, "closed", *[b"hello", "a=1", "closed"] * 2]


def test_without_cookies_nothing_comes_along(
    loop: asyncio.AbstractEventLoop,
) -> None:
    entry: list[bool] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        entry.append("HTTP_COOKIE" in environ)
        start_response("200 OK", [])
        return []

    server(application, Entry("wsgi", "", Request(), Request()), loop).once()
    assert entry == [False, False]
