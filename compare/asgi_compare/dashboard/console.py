"""One WebSocket, or one stream of server-sent events, to all subjects at once.

What each of them says is told to the page as it comes, as text. A console tells at most
`MAX_TOLD` things, so that a target that floods does not fill the browser.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Literal

import h11
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin

from asgi_compare.dashboard.subjects import Subject
from asgi_compare.model.sanitize import shorten

MAX_TOLD = 10_000
"""Things that one console tells; then it closes."""
MAX_EVENT = 1 << 16
"""Bytes of a server-sent event; a longer one is told in parts."""
BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r(?!\n)")
LIMIT = 2000
"""Characters shown of one message."""

Kind = Literal["ws", "sse"]
Tell = Callable[[dict[str, Any]], Awaitable[None]]


class EventStream:
    """Server-sent events, put together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._open = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Take what has come; give each event that is whole by now."""
        *events, self._open = BLANK_LINE.split(self._open + data)
        yield from (_text(each) for each in events if each)
        if len(self._open) > MAX_EVENT:
            yield from self.rest()

    def rest(self) -> Iterator[str]:
        """Give what has no blank line at its end, and begin anew."""
        rest, self._open = self._open, b""
        if rest:
            yield f"{_text(rest)} (no blank line ends it)"


def _text(event: bytes) -> str:
    return event.decode("utf-8", "backslashreplace").strip("\r\n")


class Console:
    """Connections to subjects, opened together and closed together."""

    def __init__(self, subjects: Iterable[Subject], kind: Kind, path: str, tell: Tell):
        self._subjects = list(subjects)
        self._kind = kind
        self._path = path
        self._tell = tell
        self._told = 0
        self._began = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self._sockets: dict[str, ClientConnection] = {}

    def open(self) -> None:
        """Connect to all of them; what comes is told from now on."""
        listen = self._talk if self._kind == "ws" else self._read
        self._tasks = [
            asyncio.create_task(self._guarded(listen, each)) for each in self._subjects
        ]

    async def say(self, text: str) -> None:
        """Send a message on every WebSocket that is open."""
        for id, socket in list(self._sockets.items()):
            await self._note(id, "said", text)
            with suppress(ConnectionClosed):
                await socket.send(text)

    async def close(self) -> None:
        """End all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _guarded(
        self, listen: Callable[[Subject], Awaitable[None]], subject: Subject
    ) -> None:
        try:
            await listen(subject)
        except InvalidStatus as error:
            status = error.response.status_code
            await self._note(subject.id, "refused", f"HTTP {status}")
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            await self._note(subject.id, "failed", f"There is no connection: {why}.")
        except InvalidHandshake as error:
            sentence = f"The answer to the handshake is none: {error}."
            await self._note(subject.id, "failed", sentence)
        except h11.RemoteProtocolError as error:
            sentence = f"The server's answer is not HTTP/1.1: {error}."
            await self._note(subject.id, "failed", sentence)

    async def _talk(self, subject: Subject) -> None:
        running = subject.running
        address = f"ws://{running.host}:{running.port}{self._path}"
        async with connect(
            address, origin=Origin(running.address), compression=None, proxy=None
        ) as socket:  # type: ignore[call-overload, unused-ignore]
            self._sockets[subject.id] = socket
            await self._note(subject.id, "opened", socket.subprotocol or "")
            try:
                async for message in socket:
                    text = message if isinstance(message, str) else repr(message)
                    await self._note(subject.id, "heard", text)
            except ConnectionClosed:
                pass
            finally:
                self._sockets.pop(subject.id, None)
            await self._note(
                subject.id, "closed", f"{socket.close_code} {socket.close_reason or ''}"
            )

    async def _read(self, subject: Subject) -> None:
        """Tell one event of the stream at a time, however its bytes arrive."""
        running = subject.running
        reader, writer = await asyncio.open_connection(running.host, running.port)
        stream = EventStream()
        try:
            client = h11.Connection(h11.CLIENT)
            fields = [("Host", f"{running.host}:{running.port}")]
            fields.append(("Accept", "text/event-stream"))
            request = h11.Request(method="GET", target=self._path, headers=fields)
            writer.write(client.send(request) + client.send(h11.EndOfMessage()))
            while True:
                event = client.next_event()
                if event is h11.NEED_DATA:
                    client.receive_data(await reader.read(1 << 16))
                elif isinstance(event, h11.Response):
                    await self._note(subject.id, "opened", f"HTTP {event.status_code}")
                elif isinstance(event, h11.Data):
                    for text in stream.feed(bytes(event.data)):
                        await self._note(subject.id, "heard", text)
                else:
                    for text in stream.rest():
                        await self._note(subject.id, "heard", text)
                    await self._note(subject.id, "closed", "")
                    return
        finally:
            writer.close()

    async def _note(self, id: str, what: str, text: str) -> None:
        self._told += 1
        if self._told == MAX_TOLD:
            for task in self._tasks:
                task.cancel()
            what, text = "closed", f"This console has told {MAX_TOLD:,} things."
        if self._told <= MAX_TOLD:
            at = round((time.monotonic() - self._began) * 1000)
            await self._tell(
                {"id": id, "at": at, "what": what, "text": shorten(text, LIMIT)}
            )
