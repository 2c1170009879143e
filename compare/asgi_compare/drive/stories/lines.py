"""A participant's connection to a system, by each of the transports.

All three can do the same: say something, stop reading, read again, fall silent, leave.
What comes is told to the `Line` that was opened, as texts.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urlencode

from asgi_compare.contract.story import System, Transport
from asgi_compare.drive.stories.openers import (
    Ended,
    Fields,
    Hear,
    Lost,
    Place,
    Socket,
    Stream,
)

POLL = 1.0
"""Seconds that a long poll waits on the server's side. That of a client which has left
takes a thread for so long."""
WHOLE, BROKEN_OFF = 1000, 1006
"""How an answer has ended, in the codes that a WebSocket has for it."""
ACCEPT = ("accept", "text/event-stream")
Query = Mapping[str, str]
Since = Callable[[], str]


class Line(Protocol):
    """One connection."""

    async def open(self, query: Query, fields: Fields, since: Since) -> int:
        """Connect; give the status: 101 or 201 if it is open.

        `since` says how far the participant is, now or later; empty if it has nothing.
        """
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

    async def open(self, query: Query, fields: Fields, since: Since) -> int:
        """Connect."""
        target = self._system.path(f"ws?{_encoded(query, since())}")
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

    async def open(self, query: Query, fields: Fields, since: Since) -> int:
        """Make the connection, and listen."""
        target = self._system.path(f"connections?{_encoded(query, since())}")
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
        fields = (*self._fields, ACCEPT)
        async with self._place.stream(
            self._target, fields, narrow=self._narrow
        ) as stream:
            async for event in _events(stream, self._reads):
                if event.get("event") == "ended":
                    code = json.loads(event["data"])["code"]
                elif "data" in event:
                    self._hear(event["data"])
        self._ended(code)


class EventsLine(RequestLine):
    """A stream of server-sent events that needs no connection, as of `EventSource`."""

    async def open(self, query: Query, fields: Fields, since: Since) -> int:
        """Ask for the events after those that one has."""
        target = self._system.path(f"events?{_encoded(query)}")
        last = (("last-event-id", since()),) if since() else ()
        status: asyncio.Future[int] = asyncio.Future()
        self._task = asyncio.create_task(
            self._follow(target, (*fields, ACCEPT, *last), status)
        )
        got = await status
        return 201 if got == 200 else got

    async def say(self, message: str | bytes) -> None:
        """Raise: this way leads in one direction."""
        raise Lost(f"Nobody can say {message!r} by a stream of events.")

    async def close(self) -> None:
        """Hang up."""
        await self.abort()

    async def _follow(
        self, target: str, fields: Fields, status: asyncio.Future[int]
    ) -> None:
        async with self._place.stream(target, fields, narrow=self._narrow) as stream:
            status.set_result(got := await stream.status())
            if got == 200:
                async for event in _events(stream, self._reads):
                    if "data" in event:
                        self._hear(event["data"])
                self._ended(None)


class PollLine(EventsLine):
    """Long polls that need no connection: each says how far one is."""

    async def open(self, query: Query, fields: Fields, since: Since) -> int:
        """Ask for the first time, without waiting."""
        self._fields = fields
        status = await self._ask(query, since(), 0)
        if status in (200, 204):
            self._task = asyncio.create_task(self._poll(query, since))
            return 201
        return status

    async def _poll(self, query: Query, since: Since) -> None:
        with suppress(Lost):
            status = 200
            while status in (200, 204):
                await self._reads.wait()
                status = await self._ask(query, since(), POLL)
        self._ended(None)

    async def _ask(self, query: Query, since: str, timeout: float) -> int:
        asked = _encoded({**query, "timeout": f"{timeout:g}"}, since)
        target = self._system.path(f"poll?{asked}")
        got = await self._place.request("GET", target, self._fields)
        if got.status == 200:
            self._hear(got.body.decode())
        return got.status


class AnswerLine(EventsLine):
    """Any answer that goes on; each of its lines is heard."""

    async def ask(self, rest: str, fields: Fields) -> None:
        """Ask for it, and do not wait for its beginning."""
        self._task = asyncio.create_task(self._read(self._system.path(rest), fields))

    async def close(self) -> None:
        """Hang up, and do not wait for what comes of that."""
        self._closing = asyncio.create_task(self.abort())

    async def _read(self, target: str, fields: Fields) -> None:
        rest = b""
        async with self._place.stream(target, fields, narrow=self._narrow) as stream:
            async for piece in stream:
                await self._reads.wait()
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    self._hear(line.decode())
            self._ended(WHOLE if stream.whole else BROKEN_OFF)


def _encoded(query: Query, since: str = "") -> str:
    return urlencode({**query, "since": since} if since else query)


async def _events(
    stream: Stream, reads: asyncio.Event
) -> AsyncIterator[dict[str, Any]]:
    """Yield the events of a stream, while somebody reads it."""
    rest = b""
    async for piece in stream:
        await reads.wait()
        *events, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in events:
            yield _parsed(event)


def _parsed(event: bytes) -> dict[str, Any]:
    lines = (line.partition(": ") for line in event.decode().split("\n"))
    return {name: value for name, _, value in lines if name}


MakeLine = Callable[[Place, System, Hear, Ended, bool], Line]
LINES: Mapping[Transport, MakeLine] = {
    "websocket": WebSocketLine,
    "stream": StreamLine,
    "poll": RequestLine,
}
WITHOUT_CONNECTION: Mapping[Transport, MakeLine] = {
    "websocket": WebSocketLine,
    "stream": EventsLine,
    "poll": PollLine,
}
