"""Load by HTTP/1.1, in a closed loop or an open one.

Both loops hold connections that take one request at a time. They differ in the one
question that a connection asks when its answer is complete: *what is due?* In the
closed loop that is always another request, from now on. In the open loop it is the
oldest request of the schedule that nobody has sent yet, and it was due when it was due;
if there is none, the connection waits until the schedule has one.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter, deque
from typing import cast

from asgi_compare.measure.load.arrivals import schedule
from asgi_compare.measure.load.records import HOST, HttpLoad, HttpResult, Latencies
from asgi_compare.measure.load.response import Malformed, ResponseReader

clock = time.monotonic
NEAR = 0.002
"""Seconds before a request is due from which the client watches the clock: the timers
of an event loop are a millisecond off."""
RETRY = 0.05
"""Seconds until a refused connection is tried again."""


async def put(load: HttpLoad) -> HttpResult:
    """Put the load on its server, and return what came of it."""
    run = OpenLoop(load) if load.rate else ClosedLoop(load)
    return await run.result()


class ClosedLoop:
    """A load under way: what it asks, and what it has been answered."""

    def __init__(self, load: HttpLoad) -> None:
        self.load = load
        self.request = load.request()
        self.taken = array("d")
        self.statuses: Counter[int] = Counter()
        self.errors: Counter[str] = Counter()
        self.late = array("d")
        self.end = 0.0
        self.live: set[Connection] = set()
        self.opening: set[asyncio.Task[None]] = set()
        self.known = b""
        """The last answer that came in one piece: most answers are equal to it, and
        then need no parser."""

    async def result(self) -> HttpResult:
        """Run, wait for the answers under way, and sum up."""
        await self.prepare()
        cpu, began = time.process_time(), clock()
        self.end = began + self.load.seconds
        await self.drive(began)
        await self.settle(self.end + self.load.patience)
        seconds = clock() - began
        cpu = time.process_time() - cpu
        self.give_up()
        return HttpResult(
            requests=self.statuses.total(),
            seconds=seconds,
            latencies=Latencies.of(self.taken),
            statuses=dict(self.statuses),
            errors=dict(self.errors),
            client_cpu=cpu,
            late=Latencies.of(self.late).quantile(0.99),
        )

    async def prepare(self) -> None:
        """Do what does not count: nothing, in a closed loop."""

    async def drive(self, began: float) -> None:
        """Open all connections, which then keep themselves busy."""
        for _ in range(self.load.connections):
            self.open(clock())
        await asyncio.sleep(self.load.seconds)

    def due(self, now: float) -> float | None:
        """Return when the next request of a free connection was due; None for none."""
        return now if now < self.end else None

    def idle(self, connection: Connection) -> None:
        """Take a connection for which nothing is due: the loop is over."""
        connection.close()

    @property
    def unfinished(self) -> bool:
        """Return whether answers are still awaited."""
        return any(each.asked for each in self.live) or bool(self.opening)

    def open(self, planned: float | None) -> None:
        """Open a connection, for the request that was due at `planned` if there is one.

        So the time that the connection takes is part of the latency.
        """
        task = asyncio.ensure_future(self._open(planned))
        self.opening.add(task)
        task.add_done_callback(self.opening.discard)

    async def _open(self, planned: float | None) -> None:
        loop, port = asyncio.get_running_loop(), self.load.port
        while True:
            try:
                await loop.create_connection(
                    lambda: Connection(self, planned), HOST, port
                )
                return
            except OSError:
                self.errors["refused"] += 1
            if clock() + RETRY >= self.end:
                break
            await asyncio.sleep(RETRY)
        if planned is not None:
            self.unanswered(clock() - planned)

    def lost(self, connection: Connection) -> None:
        """Replace a connection that has ended."""
        self.live.discard(connection)
        if (now := clock()) < self.end:
            self.open(now)

    async def settle(self, limit: float) -> None:
        """Wait until nothing is awaited, or the limit is reached."""
        while self.unfinished and clock() < limit:
            await asyncio.sleep(0.005)

    def give_up(self) -> None:
        """Count what was never answered, and close everything."""
        now = clock()
        for task in self.opening:
            task.cancel()
        for connection in list(self.live):
            if connection.asked:
                self.unanswered(now - connection.asked)
            connection.close()

    def unanswered(self, waited: float) -> None:
        """Count a request that was never answered."""
        self.errors["unanswered"] += 1
        self.taken.append(waited)


class OpenLoop(ClosedLoop):
    """A load whose requests are due by a schedule."""

    def __init__(self, load: HttpLoad) -> None:
        super().__init__(load)
        self.waiting: deque[float] = deque()
        """When the requests were due for which no connection has been free."""
        self.free: deque[Connection] = deque()

    async def drive(self, began: float) -> None:
        """Send what is due, when it is due."""
        load = self.load
        for offset in schedule(load.arrivals, load.rate, load.seconds, load.seed):
            planned = began + offset
            while (left := planned - clock()) > 0:
                await asyncio.sleep(left - NEAR if left > NEAR else 0)
            self._send(planned)
        await asyncio.sleep(max(self.end - clock(), 0))

    async def prepare(self) -> None:
        """Open the connections beforehand, so that no request waits for that."""
        if not self.load.keep_alive:
            return
        limit = clock() + self.load.patience
        self.end = limit
        for _ in range(self.load.connections):
            self.open(None)
        while len(self.free) < self.load.connections and clock() < limit:
            await asyncio.sleep(0.001)

    def _send(self, planned: float) -> None:
        while self.free:
            connection = self.free.popleft()
            if connection.is_open:
                self.late.append(clock() - planned)
                connection.ask(planned)
                return
        if len(self.live) + len(self.opening) < self.load.connections:
            self.open(planned)
        else:
            self.waiting.append(planned)

    def due(self, now: float) -> float | None:
        """Return when the oldest request was due that has not been sent."""
        return self.waiting.popleft() if self.waiting else None

    def idle(self, connection: Connection) -> None:
        """Keep a connection for the next request."""
        self.free.append(connection)

    @property
    def unfinished(self) -> bool:
        """Return whether anything has not been sent, or not been answered."""
        return bool(self.waiting) or super().unfinished

    def lost(self, connection: Connection) -> None:
        """Replace a connection if something waits for one."""
        self.live.discard(connection)
        if self.waiting:
            self.open(self.waiting.popleft())

    def give_up(self) -> None:
        """Count what was never sent as well."""
        now = clock()
        for planned in self.waiting:
            self.unanswered(now - planned)
        super().give_up()


class Connection(asyncio.Protocol):
    """One connection: a request, its whole answer, and the next request."""

    __slots__ = ("_first", "_reader", "_run", "_transport", "asked")

    def __init__(self, run: ClosedLoop, first: float | None) -> None:
        self._run = run
        self._first = first
        """When the request was due that this connection is opened for."""
        self._reader: ResponseReader | None = None
        self._transport: asyncio.Transport | None = None
        self.asked = 0.0
        """When the request under way was due; 0 if there is none."""

    @property
    def is_open(self) -> bool:
        """Return whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, planned: float) -> None:
        """Send the request that was due at `planned`."""
        assert self._transport is not None
        self.asked = planned
        self._transport.write(self._run.request)

    def close(self) -> None:
        """Close the connection."""
        self.asked = 0.0
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request, if one is due."""
        self._transport = cast(asyncio.Transport, transport)
        self._run.live.add(self)
        if self._first is None:
            self._next()
        else:
            self.ask(self._first)

    def _next(self) -> None:
        planned = self._run.due(clock())
        if planned is None:
            self._run.idle(self)
        else:
            self.ask(planned)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer; the whole of it, nearly always."""
        run = self._run
        if data == run.known and self._reader is None and self.asked:
            now = clock()
            run.taken.append(now - self.asked)
            run.statuses[200] += 1
            planned = run.due(now)
            if planned is None:
                self.asked = 0.0
                run.idle(self)
            else:
                self.ask(planned)
            return
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        whole = self._reader is None
        reader = self._reader or ResponseReader(no_body=self._run.load.method == "HEAD")
        self._reader = reader
        try:
            rest = reader.feed(data)
        except Malformed:
            return self._fail("malformed")
        if not reader.complete:
            return None
        if rest or not self.asked:  # more than was asked for
            return self._fail("malformed")
        if whole and reader.status == 200 and self._stays(reader):
            self._run.known = data
        return self._complete(reader)

    def _stays(self, reader: ResponseReader) -> bool:
        return reader.keeps_alive and self._run.load.keep_alive

    def _complete(self, reader: ResponseReader) -> None:
        now = clock()
        self._reader = None
        self._run.taken.append(now - self.asked)
        self._run.statuses[reader.status] += 1
        self.asked = 0.0
        if self._stays(reader):
            self._next()
        elif self._transport is not None:
            self._transport.close()

    def _fail(self, kind: str) -> None:
        self._run.errors[kind] += 1
        self.asked = 0.0
        self._reader = None
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count an answer that was cut off, and let the loop replace the connection."""
        if self._reader is not None:
            self._reader.end()
            if self._reader.complete:
                self._complete(self._reader)
        if self.asked:
            self._run.errors["closed"] += 1
            self.asked = 0.0
        self._transport = None
        self._run.lost(self)
