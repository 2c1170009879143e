"""The nouns of load: what is asked for, and what came of it.

All of them survive JSON: `asdict` and `json.dumps` one way, `load_of` and `result_of`
the other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

HOST = "127.0.0.1"
Arrivals = Literal["constant", "poisson"]
Protocol = Literal["sse", "websocket"]

FINEST = 1e-6
"""Seconds: what the buckets of a histogram start from."""
GROWTH = math.log(1.01)
"""Each bucket ends 1 % above where it begins, so its middle is at most 0.5 % off."""


@dataclass(frozen=True, slots=True)
class HttpLoad:
    """Load by HTTP/1.1 requests that are all alike."""

    port: int
    target: str = "/"
    seconds: float = 1.0
    connections: int = 8
    """The most that are open at the same time."""
    rate: float = 0.0
    """Requests a second that are due; 0 is a closed loop."""
    arrivals: Arrivals = "constant"
    seed: int = 1
    """For Poisson arrivals: the same seed, the same schedule."""
    keep_alive: bool = True
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    patience: float = 5.0
    """Seconds that answers may still take after the end."""

    def request(self) -> bytes:
        """Return the request as it crosses the wire."""
        body = self.body.encode()
        lines = [f"{self.method} {self.target} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        if not self.keep_alive:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass(frozen=True, slots=True)
class StreamLoad:
    """Many connections that stay open and bring numbered messages.

    A message is a number, or a number, a blank, and the `time.monotonic()` at which it
    was sent; what follows is ignored. In SSE that is the data of an event.
    """

    port: int
    target: str
    protocol: Protocol = "sse"
    connections: int = 10
    seconds: float = 1.0
    """How long to listen, once all connections are open or refused."""
    opens_a_second: float = 1000.0
    slow: int = 0
    """So many of them stop reading as soon as they are open."""
    send_every: float = 0.0
    """WebSocket: seconds between numbered messages that each connection sends; an
    echo of them is timed. 0 only listens."""
    first: str = ""
    """WebSocket: what each connection says first; it is open once it is answered."""
    says: str = "%s"
    """WebSocket: the text that is sent, with `%s` for the message."""
    after: str = ""
    """The message is what comes after this; a text without it is passed over."""
    rounds: int = 0
    """WebSocket: so many messages are said by the first connection, each when all have
    heard the one before; then `seconds` have no meaning."""
    headers: tuple[tuple[str, str], ...] = ()
    patience: float = 5.0
    """Seconds that a connection may take to open."""


Load = HttpLoad | StreamLoad


@dataclass(frozen=True, slots=True)
class Latencies:
    """Many latencies in seconds, as a histogram whose buckets are 1 % wide."""

    buckets: tuple[tuple[int, int], ...] = ()
    """Number of the bucket and how many fell into it, in ascending order."""

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Latencies:
        """Count latencies."""
        found = Counter(bucket_of(each) for each in seconds)
        return cls(tuple(sorted(found.items())))

    @property
    def count(self) -> int:
        """Return how many there are."""
        return sum(count for _, count in self.buckets)

    def quantile(self, share: float) -> float:
        """Return the latency that this share of them does not exceed; 0 if none."""
        rank = max(math.ceil(share * self.count), 1)
        for bucket, count in self.buckets:
            rank -= count
            if rank <= 0:
                return middle_of(bucket)
        return 0.0

    def share_above(self, seconds: float) -> float:
        """Return the share of them that is longer."""
        above = sum(n for bucket, n in self.buckets if middle_of(bucket) > seconds)
        return above / self.count if self.buckets else 0.0

    def __add__(self, other: Latencies) -> Latencies:
        merged = Counter(dict(self.buckets)) + Counter(dict(other.buckets))
        return Latencies(tuple(sorted(merged.items())))


def bucket_of(seconds: float) -> int:
    """Return the number of the bucket that a latency falls into."""
    return max(math.floor(math.log(max(seconds, FINEST) / FINEST) / GROWTH), 0)


def middle_of(bucket: int) -> float:
    """Return the latency in the middle of a bucket."""
    return FINEST * math.exp((bucket + 0.5) * GROWTH)


@dataclass(frozen=True, slots=True)
class HttpResult:
    """What came of an `HttpLoad`."""

    requests: int
    """Answers that came whole."""
    seconds: float
    latencies: Latencies = Latencies()
    """From the time a request was due; in a closed loop, from its sending. Those
    that were never answered are in it with the time for which they were waited for."""
    statuses: Mapping[int, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    """By kind: refused, closed (in mid-answer), malformed, unanswered."""
    client_cpu: float = 0.0
    """Seconds of processor time that the client took for itself."""
    late: float = 0.0
    """Open loop: the 99th percentile of the seconds by which the client itself sent too
    late on a connection that was free."""

    @property
    def rate(self) -> float:
        """Return the answers a second."""
        return self.requests / self.seconds

    @property
    def client_share(self) -> float:
        """Return the share of one core that the client took."""
        return self.client_cpu / self.seconds


@dataclass(frozen=True, slots=True)
class StreamResult:
    """What came of a `StreamLoad`."""

    opened: int
    seconds: float
    """From the first attempt to the end."""
    opening: Latencies = Latencies()
    """From the start of a connection to the head of its response."""
    messages: int = 0
    missing: int = 0
    """Numbers that were jumped over, on all connections together."""
    repeated: int = 0
    """Messages with a number that the connection had seen, or passed, before."""
    delivery: Latencies = Latencies()
    """From sending to arrival, of messages that carry a time or are an echo."""
    until_last: tuple[float, ...] = ()
    """Of each round: the seconds until the last connection had heard it."""
    fewest: int = 0
    """Messages on the reading connection that got the fewest."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """By kind: refused, closed (before the end), malformed, timeout, `status 503`."""
    client_cpu: float = 0.0


Result = HttpResult | StreamResult


def load_of(data: Mapping[str, Any]) -> Load:
    """Return the load that a JSON object describes."""
    values = dict(data)
    values["headers"] = tuple(tuple(pair) for pair in values.get("headers", ()))
    return StreamLoad(**values) if "protocol" in values else HttpLoad(**values)


def result_of(data: Mapping[str, Any]) -> Result:
    """Return the result that a JSON object describes."""
    values = dict(data)
    for name in ("latencies", "opening", "delivery"):
        if name in values:
            pairs = values[name]["buckets"]
            values[name] = Latencies(tuple((b, n) for b, n in pairs))
    if "opened" in values:
        values["until_last"] = tuple(values.get("until_last", ()))
        return StreamResult(**values)
    values["statuses"] = {int(k): n for k, n in values["statuses"].items()}
    return HttpResult(**values)
