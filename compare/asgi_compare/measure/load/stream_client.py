"""Many long connections, over SSE or WebSocket, that bring numbered messages.

What is numbered can be counted: a number that is jumped over was lost, one that comes
again was sent twice. A message that carries the time at which it was sent says how long
it took, as long as sender and client share a clock, which they do on one machine.

A slow reader is a connection that is opened like the others and then stops reading: the
kernel's buffers fill, and then it is the server that has to hold what it sends.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from typing import cast

from asgi_compare.measure.load.frames import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    FrameReader,
    frame,
    handshake,
)
from asgi_compare.measure.load.records import HOST, Latencies, StreamLoad, StreamResult
from asgi_compare.measure.load.response import Malformed, ResponseReader

clock = time.monotonic
LENGTH = 100
"""Bytes of a message that is said in a round."""
PAUSE = 0.2
"""Seconds between two rounds."""


async def listen(load: StreamLoad) -> StreamResult:
    """Open the connections, listen, and return what came."""
    run = Listening(load)
    cpu, began = time.process_time(), clock()
    await run.open_all()
    senders = [
        asyncio.ensure_future(each.keep_sending(load.send_every))
        for each in run.connections
        if load.send_every
    ]
    if load.rounds:
        await run.speak()
    else:
        await asyncio.sleep(load.seconds)
    for sender in senders:
        sender.cancel()
    seconds, cpu = clock() - began, time.process_time() - cpu
    run.over = True
    for connection in run.connections:
        connection.close()
    return run.result(seconds, cpu)


class Listening:
    """A `StreamLoad` under way."""

    def __init__(self, load: StreamLoad) -> None:
        self.load = load
        self.connections: list[Stream] = []
        self.opening = array("d")
        self.delivery = array("d")
        self.until_last: list[float] = []
        self.errors: Counter[str] = Counter()
        self.over = False
        self._to_hear = 0
        self._all_heard = asyncio.Event()

    async def open_all(self) -> None:
        """Open the connections at their rate, and wait until each is open or not."""
        began = clock()
        kind = {"sse": SseStream, "websocket": WebSocketStream}[self.load.protocol]
        opened = []
        for number in range(self.load.connections):
            due = began + number / self.load.opens_a_second
            await asyncio.sleep(max(due - clock(), 0))
            stream = kind(self, slow=number < self.load.slow)
            opened.append(asyncio.ensure_future(self._open(stream)))
        await asyncio.gather(*opened)

    async def _open(self, stream: Stream) -> None:
        began, loop = clock(), asyncio.get_running_loop()
        self.connections.append(stream)
        try:
            async with asyncio.timeout(self.load.patience):
                await loop.create_connection(lambda: stream, HOST, self.load.port)
                await stream.opened
                if self.load.first and stream.is_open:
                    await stream.answered
        except TimeoutError:
            self.errors["timeout"] += 1
            stream.close()
        except OSError:
            self.errors["refused"] += 1
        else:
            if stream.is_open:
                self.opening.append(clock() - began)

    async def speak(self) -> None:
        """Have the first connection speak, each time when all have heard it."""
        reading = [each for each in self.connections if each.is_open and not each.slow]
        for number in range(self.load.rounds if reading else 0):
            self._to_hear = len(reading)
            self._all_heard.clear()
            began = clock()
            reading[0].send(f"{number} {began:.6f} ".ljust(LENGTH, ".").encode())
            try:
                await asyncio.wait_for(self._all_heard.wait(), self.load.patience)
            except TimeoutError:
                self.errors["unheard"] += self._to_hear
                return
            self.until_last.append(clock() - began)
            await asyncio.sleep(PAUSE)

    def heard(self) -> None:
        """Note that one more has heard what was said in this round."""
        self._to_hear -= 1
        if not self._to_hear:
            self._all_heard.set()

    def result(self, seconds: float, cpu: float) -> StreamResult:
        """Sum up."""
        opened = [each for each in self.connections if each.was_open]
        reading = [each.messages for each in opened if not each.slow]
        return StreamResult(
            opened=len(opened),
            seconds=seconds,
            opening=Latencies.of(self.opening),
            messages=sum(each.messages for each in opened),
            missing=sum(each.missing for each in opened),
            repeated=sum(each.repeated for each in opened),
            delivery=Latencies.of(self.delivery),
            until_last=tuple(self.until_last),
            fewest=min(reading, default=0),
            errors=dict(self.errors),
            client_cpu=cpu,
        )


class Stream(asyncio.Protocol):
    """One long connection."""

    good_status = 200

    def __init__(self, run: Listening, *, slow: bool) -> None:
        self.run, self.slow = run, slow
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answered: asyncio.Future[None] = self.opened.get_loop().create_future()
        self.was_open = False
        self._after = run.load.after.encode()
        self.messages = self.missing = self.repeated = 0
        self._last: int | None = None
        self._sent: dict[int, float] = {}
        self._transport: asyncio.Transport | None = None
        self._head = ResponseReader(self._on_body)

    @property
    def is_open(self) -> bool:
        """Return whether the server has accepted, and not closed."""
        return self.was_open and self._transport is not None

    def request(self) -> bytes:
        """Return the request that opens the stream."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self.request())

    def data_received(self, data: bytes) -> None:
        """Take a piece."""
        try:
            rest = data if self._is_past_head() else self._head.feed(data)
            if not self.opened.done() and self._head.head:
                self._open_or_refuse()
            if self.was_open and rest and self._is_past_head():
                self.take(rest)
        except (Malformed, ValueError):
            self._fail("malformed")

    def _is_past_head(self) -> bool:
        """Return whether what comes is no HTTP any more: never, for SSE."""
        return False

    def _open_or_refuse(self) -> None:
        if self._head.status != self.good_status:
            self._fail(f"status {self._head.status}")
            return
        self.was_open = True
        self.opened.set_result(None)
        if self.run.load.first:
            self.say(self.run.load.first.encode())
        if self.slow and self._transport is not None:
            self._transport.pause_reading()

    def _fail(self, kind: str) -> None:
        self.run.errors[kind] += 1
        self.close()

    def take(self, data: bytes) -> None:
        """Read messages out of the stream."""
        raise NotImplementedError

    def _on_body(self, piece: bytes) -> None:
        self.take(piece)

    def count(self, message: bytes) -> None:
        """Count one message by its number."""
        now = clock()
        if not self.answered.done():
            self.answered.set_result(None)
        if self._after:
            message = message.partition(self._after)[2]
            if not message:
                return
        parts = message.split(None, 2)
        number = int(parts[0])
        self.messages += 1
        if self._last is None or number > self._last:
            self.missing += 0 if self._last is None else number - self._last - 1
            self._last = number
        else:
            self.repeated += 1
        if (sent := self._sent.pop(number, None)) is not None:
            self.run.delivery.append(now - sent)
        elif len(parts) > 1:
            self.run.delivery.append(now - float(parts[1]))
            self.run.heard()

    def say(self, text: bytes) -> None:
        """Send a text as it is, where the protocol can."""
        raise NotImplementedError

    async def keep_sending(self, every: float) -> None:
        """Send numbered messages until cancelled."""
        number, due = 0, clock()
        while self.is_open:
            self._sent[number] = due
            self.send(str(number).encode())
            number, due = number + 1, due + every
            await asyncio.sleep(max(due - clock(), 0))

    def send(self, message: bytes) -> None:
        """Send a message, in the words of the load."""
        self.say(self.run.load.says.encode().replace(b"%s", message))

    def connection_lost(self, exc: Exception | None) -> None:
        """Note an end that we did not ask for."""
        if self._transport is not None and self.was_open and not self.run.over:
            self.run.errors["closed"] += 1
        self._transport = None
        for each in (self.opened, self.answered):
            if not each.done():
                each.set_result(None)

    def close(self) -> None:
        """Close without a word, as a client does that has lost its network."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()


class SseStream(Stream):
    """Server-sent events: the `data` of each event is the message."""

    def __init__(self, run: Listening, *, slow: bool) -> None:
        super().__init__(run, slow=slow)
        self._buffer = b""

    def request(self) -> bytes:
        """Return a plain GET."""
        load = self.run.load
        lines = [f"GET {load.target} HTTP/1.1", f"Host: {HOST}:{load.port}"]
        lines += ["Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in load.headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def take(self, data: bytes) -> None:
        """Read events, and skip comments and fields other than `data`."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b":")
            if name == b"data" and self._head.status == self.good_status:
                self.count(value)


class WebSocketStream(Stream):
    """A WebSocket: each text message is a message."""

    good_status = 101

    def __init__(self, run: Listening, *, slow: bool) -> None:
        super().__init__(run, slow=slow)
        self._frames = FrameReader()

    def request(self) -> bytes:
        """Return the handshake."""
        load = self.run.load
        return handshake(f"{HOST}:{load.port}", load.target, load.headers)

    def _is_past_head(self) -> bool:
        return self._head.complete and self._head.status == self.good_status

    def take(self, data: bytes) -> None:
        """Read frames, and answer pings."""
        for each in self._frames.feed(data):
            if each.opcode == TEXT:
                self.count(each.payload)
            elif each.opcode == PING and self._transport is not None:
                self._transport.write(frame(PONG, each.payload))
            elif each.opcode == CLOSE and self._transport is not None:
                self._transport.write(frame(CLOSE, each.payload))

    def say(self, text: bytes) -> None:
        """Send a text message."""
        if self._transport is not None:
            self._transport.write(frame(TEXT, text))
