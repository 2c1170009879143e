"""A client that puts load on a server: closed loop, connections kept alive.

So many connections are opened. Each sends a request, waits for the whole answer, and
sends the next; nothing is sent that was not waited for. That finds out how much a
server can do, and how long a request takes when it does. It does not find out what
happens to those who come while it is blocked: a closed loop does not come meanwhile.
The percentiles are those of this loop, and no promise to a user.

It is a process of its own, so that it can have a core of its own:

    python -m asgi_compare.measure.timing.load_client

reads jobs, one JSON object a line, and answers each alike

    {"port": 8000, "target": "/", "headers": [["cookie", "a=1"]],
     "connections": 8, "seconds": 0.5}

An answer is read as RFC 9112 has it, as far as servers go: a Content-Length, or chunks.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

HOST = "127.0.0.1"
MANY_BYTES = 1 << 20
LATE = 5.0
"""Seconds that answers which are under way may take after the end."""


@dataclass(slots=True)
class Job:
    """One burst of load."""

    port: int
    target: str
    seconds: float
    connections: int = 8
    method: str = "GET"
    headers: Sequence[tuple[str, str]] = ()

    def request(self) -> bytes:
        """Write the request, as it goes over the wire each time."""
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(slots=True)
class Burst:
    """What came of a job."""

    end: float
    request: bytes
    taken: list[float] = field(default_factory=list)
    """Seconds that each answer took."""
    statuses: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    """Connections that ended in the middle of an answer, or never came about."""

    def figures(self, elapsed: float) -> dict[str, Any]:
        """Sum up."""
        taken = sorted(self.taken)
        return {
            "requests": len(taken),
            "seconds": elapsed,
            "rps": len(taken) / elapsed,
            "p50_us": percentile(taken, 0.50) * 1e6,
            "p99_us": percentile(taken, 0.99) * 1e6,
            "statuses": {str(key): value for key, value in self.statuses.items()},
            "broken": self.broken,
        }


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, and the next request."""

    def __init__(self, burst: Burst) -> None:
        self._burst = burst
        self._buffer = b""
        self._missing = -1
        """Bytes of the body still to come; -1 in the head, -2 in chunks."""
        self._status = 0
        self._closes = False
        self._began = 0.0
        self._transport: asyncio.Transport | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer and self._advance():
            pass

    def connection_lost(self, exc: Exception | None) -> None:
        """Note whether the answer had been complete."""
        self._transport = None
        if self._began:
            self._burst.broken += 1
        if not self.over.done():
            self.over.set_result(None)

    def _ask(self) -> None:
        assert self._transport is not None
        self._began = time.perf_counter()
        self._transport.write(self._burst.request)

    def _advance(self) -> bool:
        """Read one part more; False if there is not enough of it yet."""
        if self._missing == -1:
            return self._read_head()
        if self._missing == -2:
            end = chunks_end(self._buffer)
            if end < 0:
                return False
        else:
            end = self._missing
            if len(self._buffer) < end:
                return False
        self._buffer = self._buffer[end:]
        self._complete()
        return True

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head, self._buffer = self._buffer[:end].lower(), self._buffer[end + 4 :]
        self._status = int(head[9:12])
        self._closes = b"\r\nconnection: close" in head
        at = head.find(b"\r\ncontent-length:")
        if at >= 0:
            line = head[at + 17 :].partition(b"\r\n")[0]
            self._missing = int(line)
        elif b"\r\ntransfer-encoding: chunked" in head:
            self._missing = -2
        else:  # RFC 9112, 6.3: no body, for what is put here
            self._missing = 0
        if self._missing == 0:
            self._complete()
        return True

    def _complete(self) -> None:
        burst, now = self._burst, time.perf_counter()
        burst.taken.append(now - self._began)
        burst.statuses[self._status] = burst.statuses.get(self._status, 0) + 1
        self._missing, self._began = -1, 0.0
        if now < burst.end and not self._closes:
            self._ask()
        elif self._transport is not None:
            self._transport.close()


def chunks_end(data: bytes) -> int:
    """Find where a chunked body ends (RFC 9112, 7.1); -1 if it is not all there."""
    position = 0
    while (line := data.find(b"\r\n", position)) >= 0:
        size = int(data[position:line].partition(b";")[0], 16)
        position = line + 2 + size + 2
        if position > len(data):
            return -1
        if size == 0:
            return position
    return -1


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the sorted values does not exceed."""
    if not values:
        return 0.0
    return values[max(math.ceil(share * len(values)) - 1, 0)]


async def run(job: Job) -> dict[str, Any]:
    """Do a job."""
    began = time.perf_counter()
    burst = Burst(began + job.seconds, job.request())
    await asyncio.gather(*(_keep_asking(job, burst) for _ in range(job.connections)))
    return burst.figures(time.perf_counter() - began)


async def _keep_asking(job: Job, burst: Burst) -> None:
    """Hold one connection, and open another one when the server closes it."""
    loop = asyncio.get_running_loop()
    while time.perf_counter() < burst.end:
        try:
            transport, connection = await loop.create_connection(
                lambda: Connection(burst), HOST, job.port
            )
        except OSError:
            burst.broken += 1
            return
        try:
            left = burst.end - time.perf_counter()
            await asyncio.wait_for(connection.over, max(left, 0.0) + LATE)
        except TimeoutError:
            transport.abort()
            return


def new_loop() -> asyncio.AbstractEventLoop:
    """Make the quickest event loop there is."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return cast(asyncio.AbstractEventLoop, uvloop.new_event_loop())


def main() -> None:
    """Do jobs until the input ends."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        for line in sys.stdin:
            print(json.dumps(runner.run(run(Job(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    main()
