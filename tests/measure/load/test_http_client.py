"""The HTTP client in both loops, against servers written in each test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from asgi_compare.drive.servers.supervisor import free_port
from asgi_compare.measure.load.http_client import put
from asgi_compare.measure.load.records import HOST, HttpLoad

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(answer: Answering) -> AsyncIterator[int]:
    """Answer each request by a function, as long as the connection lasts."""

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while not writer.is_closing() and await reader.readuntil(b"\r\n\r\n"):
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def writes(*pieces: bytes, close: bool = False) -> Answering:
    """Answer with these bytes, each a piece of its own."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        writes(OK),
        writes(OK[:20], OK[20:]),
        writes(CLOSING, close=True),
        writes(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", close=True),
    ],
    ids=["whole", "in pieces", "closing", "until the end"],
)
@pytest.mark.parametrize("rate", [0.0, 200.0], ids=["closed loop", "open loop"])
@pytest.mark.parametrize("keep_alive", [True, False])
async def test_client_counts_whole_answers(
    answer: Answering, rate: float, keep_alive: bool
) -> None:
    async with served(answer) as port:
        load = HttpLoad(port, "/", 0.1, 4, rate, keep_alive=keep_alive)
        found = await put(load)
    assert found.errors == {}
    assert found.statuses == {200: found.requests}
    assert found.latencies.count == found.requests
    assert found.requests == 20 if rate else found.requests > 4
    assert 0 < found.client_cpu < 1


async def test_client_counts_statuses_and_asks_with_head() -> None:
    not_found = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n"
    async with served(writes(not_found)) as port:
        found = await put(HttpLoad(port, "/", 0.05, 1, method="HEAD"))
    assert found.errors == {}
    assert found.statuses == {404: found.requests}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (writes(OK[:-1], close=True), "closed"),
        (writes(b"nonsense\r\n\r\n"), "malformed"),
        (writes(OK + b"and more"), "malformed"),
    ],
)
async def test_client_counts_broken_answers(answer: Answering, kind: str) -> None:
    async with served(answer) as port:
        found = await put(HttpLoad(port, "/", 0.05, 2))
    assert set(found.errors) == {kind}
    assert found.requests == 0


async def test_answer_that_nobody_asked_for_is_malformed() -> None:
    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await asyncio.sleep(0.03)
        writer.write(OK)

    async with served(twice) as port:
        found = await put(HttpLoad(port, "/", 0.1, 1, rate=10.0))
    assert found.errors == {"malformed": 1}


@pytest.mark.parametrize("rate", [0.0, 20.0])
async def test_client_counts_refusals_and_tries_again(rate: float) -> None:
    found = await put(HttpLoad(free_port(), "/", 0.2, 1, rate, patience=0.2))
    assert found.errors["refused"] > 1
    assert found.errors["unanswered"] == found.latencies.count


async def test_request_without_an_answer_keeps_the_time_it_was_waited_for() -> None:
    async with served(writes(b"")) as port:
        load = HttpLoad(port, "/", 0.05, 1, rate=40.0, patience=0.2)
        found = await put(load)
    assert found.errors == {"unanswered": 2}  # one was sent, one never was
    assert found.latencies.quantile(1.0) > 0.19


async def test_open_loop_counts_from_the_time_a_request_was_due() -> None:
    """The server stalls for 0.2 s: whoever was due meanwhile has waited for it."""
    stalled = False

    async def stalls_once(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal stalled
        if not stalled:
            stalled = True
            await asyncio.sleep(0.2)
        writer.write(OK)

    async with served(stalls_once) as port:
        found = await put(HttpLoad(port, "/", 0.3, 1, rate=100.0))
    assert found.requests == 30
    # On one connection, 20 were due in the stall: they waited 0.2, 0.19, ... 0 s.
    assert found.latencies.quantile(1.0) == pytest.approx(0.2, abs=0.05)
    assert found.latencies.share_above(0.1) == pytest.approx(1 / 3, abs=0.1)


async def test_open_loop_replaces_a_connection_that_the_server_has_closed() -> None:
    """Idle connections are closed at once; each request finds another one."""
    async with served(writes(OK, close=True)) as port:
        found = await put(HttpLoad(port, "/", 0.1, 1, rate=50.0))
    assert found.requests == 5
    assert found.errors == {}


async def test_poisson_load_sends_all_that_was_due() -> None:
    async with served(writes(OK)) as port:
        load = HttpLoad(port, "/", 0.2, 4, rate=100.0, arrivals="poisson", seed=3)
        began = time.monotonic()
        found = await put(load)
    assert time.monotonic() - began < 5.0
    assert 5 < found.requests < 60
