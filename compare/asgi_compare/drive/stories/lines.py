"""A participant's connection to a system, by each of the transports.

All three can do the same: say something, stop reading, read again, fall silent, leave.
What comes is told to the `Line` that was opened, as texts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

from asgi_compare.contract.story import System, Transport
from asgi_compare.drive.stories.openers import Ended, Fields, Hear, Lost, Place, Socket

POLL = 5.0
"""Seconds that a long poll waits on the server's side."""


class Line(Protocol):
    """One connection."""

    async def open(self, token: str, fields: Fields) -> int:
        """Connect; give the status: 101 or 201 if it is open."""
        ...

    async def say(self, message: str | bytes) -> None:
        """Send a message; do nothing if the connection has ended."""
        ...

    def stop_reading(self) -> None:
        """Take nothing more."""
        ...

    def read_again(self) -> None:
        """Take what has come meanwhile, and what follows."""
        ...

    async def close(self) -> None:
        """Close it in good order."""
        ...

    async def abort(self) -> None:
        """Drop it."""
        ...


class WebSocketLine:
    """A WebSocket."""

    def __init__(
        self, place: Place, system: System, hear: Hear, ended: Ended, narrow: bool
    ) -> None:
        self._place, self._system, self._narrow = place, system, narrow
        self._hear, self._ended = hear, ended
        self._socket: Socket | None = None

    async def open(self, token: str, fields: Fields) -> int:
        """Connect."""
        target = self._system.path(f"ws?token={quote(token)}")
        opened = await self._place.websocket(
            target, fields, self._hear, self._ended, narrow=self._narrow
        )
        if isinstance(opened, int):
            return opened
        self._socket = opened
        return 101

    @property
    def _open(self) -> Socket:
        assert self._socket is not None
        return self._socket

    async def say(self, message: str | bytes) -> None:
        """Send a message."""
        await self._open.send(message)

    def stop_reading(self) -> None:
        """Take nothing more."""
        self._open.stop_reading()

    def read_again(self) -> None:
        """Read on."""
        self._open.read_again()

    async def close(self) -> None:
        """Close it in good order."""
        await self._open.close()

    async def abort(self) -> None:
        """Drop it."""
        await self._open.abort()


class RequestLine:
    """A connection that is made of requests; it is listened to by long polls."""

    def __init__(
        self, place: Place, system: System, hear: Hear, ended: Ended, narrow: bool
    ) -> None:
        self._place, self._system, self._narrow = place, system, narrow
        self._hear, self._ended = hear, ended
        self._target = ""
        self._fields: Fields = ()
        self._reads = asyncio.Event()
        self._reads.set()
        self._task: asyncio.Task[None] | None = None

    async def open(self, token: str, fields: Fields) -> int:
        """Make the connection, and listen."""
        target = self._system.path(f"connections?token={quote(token)}")
        got = await self._place.request("POST", target, fields)
        if got.status == 201:
            name = json.loads(got.body)["connection"]
            self._target, self._fields = (
                self._system.path(f"connections/{name}"),
                fields,
            )
            self._task = asyncio.create_task(self._listen())
        return got.status

    async def say(self, message: str | bytes) -> None:
        """Send a message."""
        body = message.encode() if isinstance(message, str) else message
        with suppress(Lost):
            await self._place.request("POST", self._target, self._fields, body)

    def stop_reading(self) -> None:
        """Ask for nothing more."""
        self._reads.clear()

    def read_again(self) -> None:
        """Ask again."""
        self._reads.set()

    async def close(self) -> None:
        """Leave in good order."""
        await self.abort()
        with suppress(Lost):
            await self._place.request("DELETE", self._target, self._fields)

    async def abort(self) -> None:
        """Listen no more."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _listen(self) -> None:
        code = None
        with suppress(Lost):
            while code is None:
                await self._reads.wait()
                target = f"{self._target}?timeout={POLL:g}"
                got = await self._place.request("GET", target, self._fields)
                if got.status != 200:
                    break
                answer = json.loads(got.body)
                for message in answer["messages"]:
                    self._hear(json.dumps(message))
                code, _ = answer.get("ended", (None, ""))
        self._ended(code)


class StreamLine(RequestLine):
    """The same, listened to by a stream of server-sent events."""

    async def _listen(self) -> None:
        code = None
        accept = ("accept", "text/event-stream")
        rest = b""
        fields = (*self._fields, accept)
        async with self._place.stream(
            self._target, fields, narrow=self._narrow
        ) as pieces:
            async for piece in pieces:
                await self._reads.wait()
                *events, rest = (rest + piece).split(b"\n\n")
                for event in map(_parsed, events):
                    if event.get("event") == "ended":
                        code = json.loads(event["data"])["code"]
                    elif "data" in event:
                        self._hear(event["data"])
        self._ended(code)


def _parsed(event: bytes) -> dict[str, Any]:
    lines = (line.partition(": ") for line in event.decode().split("\n"))
    return {name: value for name, _, value in lines if name}


LINES: Mapping[Transport, Callable[[Place, System, Hear, Ended, bool], Line]] = {
    "websocket": WebSocketLine,
    "stream": StreamLine,
    "poll": RequestLine,
}
