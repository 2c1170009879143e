"""Play one case with a server that is up, and give what was observed.

The steps are played one after the other; the table `DOES` has a function for each kind.
Afterwards the application is asked what it saw, until each of its calls has ended or a
second has passed: what it does after the client has left counts as well.

This module does not judge, and starts no server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from asgi_compare.drive.servers.transports import TCP, TransportConfig
from asgi_compare.judge.server.case import (
    Await,
    Case,
    Connect,
    Drip,
    HalfClose,
    Hear,
    HearBytes,
    HearEnd,
    HearFrames,
    Leave,
    Pause,
    ReadOn,
    Say,
    StopReading,
)
from asgi_compare.judge.server.client.answers import Reader
from asgi_compare.judge.server.client.http2 import speak
from asgi_compare.judge.server.client.line import Line
from asgi_compare.judge.server.client.pipes import Secure, secure
from asgi_compare.judge.server.instrument.records import BUSY, BUSY_FOR, SEEN
from asgi_compare.judge.server.observed import Call, Connection, Observed
from asgi_compare.model.serialization.values import value_from_json
from asgi_compare.model.transcript import Interface

LOOK_EVERY = 0.03
SETTLE = 1.0
"""Seconds that calls may go on after the client is done."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that is up, with the instrumented application."""

    name: str
    host: str
    port: int
    interface: Interface
    one_at_a_time: bool = False
    """It serves one connection at a time: nothing can be asked in between."""
    way: TransportConfig = TCP

    @property
    def authority(self) -> str:
        """The host and port as a Host field has them (RFC 3986, 3.2.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(slots=True)
class Play:
    """One attempt at one case."""

    case: Case
    endpoint: Endpoint
    patience: float = 1.0
    """All limits are multiplied by this."""
    mark: str = ""
    done: list[Connection] = field(default_factory=list)
    line: Line | None = None

    def fill(self, data: bytes) -> bytes:
        """Put the name of the case and the address into the bytes of a step."""
        host = self.endpoint.authority.encode()
        mark = f"wire/{self.mark}".encode()
        data = data.replace(b"<case>", mark).replace(b"<host>", host)
        # Where a body holds a request of its own, its length is known only now.
        head, begin, rest = data.partition(b"<body>")
        if not begin:
            return data
        body, _, tail = rest.partition(b"</body>")
        head = head.replace(b"<length>", b"%d" % len(body))
        return head.replace(b"<hex>", b"%x" % len(body)) + body + tail

    async def connect(self) -> None:
        """Open a connection, in place of the one there was."""
        await self.hang_up()
        case, endpoint = self.case, self.endpoint
        self.line = await Line.open(
            endpoint.host,
            endpoint.port,
            case.methods,
            upgrade=case.needs == "websocket",
            small=any(isinstance(step, StopReading) for step in case.steps),
            path=endpoint.way.path,
            secure=self.secure(),
        )

    def secure(self) -> Secure | None:
        """Return what the client needs for TLS; None if it does not speak it."""
        certificates, tls = self.endpoint.way.certificates, self.case.tls
        return secure(certificates, tls) if certificates and not tls.plain else None

    async def hang_up(self, *, reset: bool = False, notify: bool = True) -> None:
        """Leave the connection, if there is one."""
        if self.line is not None:
            self.done.append(await self.line.leave(reset=reset, notify=notify))
            self.line = None


async def play(case: Case, endpoint: Endpoint, patience: float = 1.0) -> Observed:
    """Play the case; raises `OSError` if nobody listens."""
    mark = f"{case.name}~{secrets.token_hex(4)}"
    if case.streams:
        return await _on_http2(case, endpoint, mark, patience)
    playing = Play(case, endpoint, patience, mark)
    try:
        await playing.connect()
        for step in case.steps:
            assert playing.line is not None or isinstance(step, Connect | Await), step
            await DOES[type(step)](playing, step)
    finally:
        await playing.hang_up()
    return await _observed(playing)


async def _on_http2(
    case: Case, endpoint: Endpoint, mark: str, patience: float
) -> Observed:
    playing = Play(case, endpoint, patience, mark)
    host, port, tls = endpoint.host, endpoint.port, playing.secure()
    playing.done.append(
        await speak(host, port, case.streams, playing.fill, patience, tls)
    )
    return await _observed(playing)


async def _observed(playing: Play) -> Observed:
    calls = await settled(playing.endpoint, playing.mark, SETTLE * playing.patience)
    return Observed(
        playing.endpoint.interface,
        tuple(playing.done),
        calls or (),
        asked=calls is not None,
    )


async def settled(
    endpoint: Endpoint, mark: str, limit: float
) -> tuple[Call, ...] | None:
    """Ask what the application saw, until its calls have ended or time is up."""
    end = time.monotonic() + limit
    while True:
        calls = await ask(endpoint, mark, 4.0)
        if calls is not None and all(call.ended for call in calls):
            return calls
        if time.monotonic() > end:
            return calls
        await asyncio.sleep(LOOK_EVERY)


async def ask(endpoint: Endpoint, mark: str, limit: float) -> tuple[Call, ...] | None:
    """Ask once; None if there was no whole answer."""
    with contextlib.suppress(OSError, TimeoutError, ValueError, LookupError, TypeError):
        async with asyncio.timeout(limit):
            found = json.loads(await _get(endpoint, SEEN + mark))
            return tuple(_call(each) for each in found["calls"])
    return None


async def processes(endpoint: Endpoint, times: int = 8) -> set[int]:
    """Return the numbers of the processes that answer when many ask at once.

    One that is idle may take all that come at once, so it is given something to do.
    """

    async def one(mark: str, after: float) -> int:
        await asyncio.sleep(after)
        with contextlib.suppress(OSError, TimeoutError, ValueError, LookupError):
            async with asyncio.timeout(3.0):
                pid = json.loads(await _get(endpoint, SEEN + mark))["pid"]
                return pid if isinstance(pid, int) else 0
        return 0

    asked = [one("none~0", BUSY_FOR / 2) for _ in range(times - 1)]
    return set(await asyncio.gather(one(BUSY, 0), *asked)) - {0}


async def _get(endpoint: Endpoint, path: str) -> bytes:
    reader, writer = await endpoint.way.open(endpoint.host, endpoint.port)
    answer = Reader()
    try:
        fields = f"Host: {endpoint.authority}\r\nConnection: close\r\n"
        head = f"GET {path} HTTP/1.1\r\n{fields}\r\n"
        writer.write(head.encode())
        while not answer.complete:
            data = await reader.read(1 << 16)
            answer.feed(data)
            if not data:
                break
    finally:
        # Not `close`, which over TLS waits for what a server may never say.
        writer.transport.abort()
    if not answer.complete or answer.answers[0].status != 200:
        raise ValueError("no whole answer")
    return answer.answers[0].body


def _call(found: Any) -> Call:
    events = tuple((e[0], value_from_json(e[1]), e[2], e[3]) for e in found["events"])
    scope = {key: value_from_json(value) for key, value in found["scope"].items()}
    return Call(scope, events, found["ended"], found["wsgi"], found["pid"])


# What each step does.


def _line(playing: Play) -> Line:
    assert playing.line is not None
    return playing.line


async def _say(playing: Play, step: Say) -> None:
    await _line(playing).say(playing.fill(step.data))


async def _drip(playing: Play, step: Drip) -> None:
    for byte in playing.fill(step.data):
        await _line(playing).say(bytes([byte]))
        await asyncio.sleep(step.pause)


async def _hear(playing: Play, step: Hear) -> None:
    line = _line(playing)
    limit = step.limit * playing.patience
    await line.wait(lambda: line.reader.complete >= step.answers, limit)


async def _hear_bytes(playing: Play, step: HearBytes) -> None:
    line = _line(playing)

    def came() -> bool:
        return any(
            step.data in data for _, did, data in line.seen.log if did == "received"
        )

    await line.wait(came, step.limit * playing.patience)


async def _hear_frames(playing: Play, step: HearFrames) -> None:
    line = _line(playing)
    limit = step.limit * playing.patience
    await line.wait(lambda: len(line.frames()) >= step.frames, limit)


async def _hear_end(playing: Play, step: HearEnd) -> None:
    await _line(playing).wait(lambda: False, step.limit * playing.patience)


async def _await(playing: Play, step: Await) -> None:
    end = time.monotonic() + step.limit * playing.patience
    while time.monotonic() < end:
        calls = await ask(playing.endpoint, playing.mark, 2.0)
        if calls and any(step.milestone in call.milestones for call in calls):
            return
        await asyncio.sleep(LOOK_EVERY)


async def _pause(playing: Play, step: Pause) -> None:
    await asyncio.sleep(step.seconds)


async def _stop_reading(playing: Play, step: StopReading) -> None:
    _line(playing).stop_reading()


async def _read_on(playing: Play, step: ReadOn) -> None:
    _line(playing).read_on()


async def _half_close(playing: Play, step: HalfClose) -> None:
    _line(playing).half_close()


async def _leave(playing: Play, step: Leave) -> None:
    await playing.hang_up(reset=step.reset, notify=step.notify)


async def _connect(playing: Play, step: Connect) -> None:
    await playing.connect()


DOES: dict[type, Callable[[Play, Any], Awaitable[None]]] = {
    Say: _say,
    Drip: _drip,
    Hear: _hear,
    HearBytes: _hear_bytes,
    HearFrames: _hear_frames,
    HearEnd: _hear_end,
    Await: _await,
    Pause: _pause,
    StopReading: _stop_reading,
    ReadOn: _read_on,
    HalfClose: _half_close,
    Leave: _leave,
    Connect: _connect,
}
