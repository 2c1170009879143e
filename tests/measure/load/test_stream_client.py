"""Long connections: what was lost, what came twice, who was refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from asgi_compare.drive.servers.supervisor import free_port
from asgi_compare.measure.load.records import HOST, StreamLoad, StreamResult
from asgi_compare.measure.load.stream_client import listen

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def chunk(text: str) -> bytes:
    """An event stream, or a part of one, as a chunk."""
    return f"{len(text):x}\r\n{text}\r\n".encode()


@asynccontextmanager
async def sse(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Answer each connection, and keep it open until the client has left."""

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_events_are_counted_by_their_numbers() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + chunk(": a comment\nid: 1\ndata: 1\n\ndata: 2\n"))
        writer.write(chunk("\ndata: 5\n\ndata: 5\n\ndat"))
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(chunk(f"a: 6 {time.monotonic() - 1.0}\n\n"))

    async with sse(answer) as port:
        found = await listen(StreamLoad(port, "/", "sse", 3, 0.2))
    assert (found.opened, found.messages, found.fewest) == (3, 15, 5)
    assert (found.missing, found.repeated, found.errors) == (6, 3, {})
    assert found.opening.count == found.delivery.count == 3
    assert found.delivery.quantile(0.5) == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (b"HTTP/1.1 503 Full\r\nContent-Length: 0\r\n\r\n", "status 503"),
        (b"HTTP/1.1 503 Full\r\nContent-Length: 9\r\n\r\ndata: 1\n\n", "status 503"),
        (b"nonsense\r\n\r\n", "malformed"),
        (HEAD + chunk("data: one\n\n"), "malformed"),
        (b"", "timeout"),
    ],
)
async def test_stream_that_does_not_come_about_is_an_error(
    response: bytes, kind: str
) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(response)

    async with sse(answer) as port:
        found = await listen(StreamLoad(port, "/", "sse", 2, 0.05, patience=0.2))
    assert found.errors == {kind: 2}


async def test_nobody_listens() -> None:
    found = await listen(StreamLoad(free_port(), "/", "sse", 2, 0.01))
    assert found == StreamResult(
        0, found.seconds, errors={"refused": 2}, client_cpu=found.client_cpu
    )


async def test_stream_that_the_server_ends_is_counted() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.close()

    async with sse(answer) as port:
        found = await listen(StreamLoad(port, "/", "sse", 2, 0.2))
    assert (found.opened, found.errors) == (2, {"closed": 2})


async def test_slow_reader_takes_nothing_in() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(chunk("data: 1\n\n"))

    async with sse(answer) as port:
        found = await listen(StreamLoad(port, "/", "sse", 3, 0.2, slow=1))
    assert (found.opened, found.messages, found.fewest) == (3, 2, 1)


async def test_websocket_answers_pings_and_counts_messages() -> None:
    pongs = 0

    async def connected(connection: ServerConnection) -> None:
        nonlocal pongs
        await connection.send("0")
        await (await connection.ping())
        pongs += 1
        await connection.send("2")
        await connection.close()

    async with serve(connected, HOST, 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        found = await listen(StreamLoad(port, "/", "websocket", 2, 0.2))
    assert (found.opened, found.messages, found.missing, pongs) == (2, 4, 2, 2)
    assert found.errors == {"closed": 2}


async def test_echoes_are_timed() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, HOST, 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        load = StreamLoad(port, "/", "websocket", 2, 0.2, send_every=0.02)
        found = await listen(load)
    assert found.errors == {}
    assert 4 <= found.messages <= 22
    assert found.delivery.count == found.messages
    assert found.delivery.quantile(0.5) < 0.1
