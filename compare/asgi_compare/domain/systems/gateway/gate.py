"""What one process of a gateway knows: whom it may ask, and who asks too much.

    refusal = gate.admit(client, now)               # 429, if that client is too fast
    url = gate.address(name, rest, query)           # or a refusal
    ask = gate.ask(name, now)                       # None: its breaker is open
    ask.heard(status, now)                          # or ask.failed(now)
    ask.close(now)                                  # in any case, when all is over

Each call is short and locked, so that threads and loops may share one gate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from urllib.parse import quote, urlsplit

from asgi_compare.domain.systems.gateway.rules import (
    Breaker,
    Deadline,
    Permit,
    RetryBudget,
    may_retry,
)
from asgi_compare.domain.systems.rate import Rate, TokenBuckets
from asgi_compare.domain.systems.untrusted import excerpt

PATH = "/:@!$&'()*+,;=-._~"
"""What stands in a path as it is: RFC 3986, section 3.3."""


@dataclass(frozen=True)
class Settings:
    """What whoever runs a gateway decides."""

    upstreams: Mapping[str, str] = field(default_factory=dict)
    """By name, the address below which it answers."""
    deadline: float = 2.0
    """Seconds until an answer must begin, all attempts together."""
    silence: float = 10.0
    """Seconds for which an answer that has begun may pause."""
    attempts: int = 3
    failures: int = 5
    """In a row, after which an upstream is left alone."""
    pause: float = 10.0
    """Seconds for which it is."""
    rate: Rate = field(default_factory=lambda: Rate(5, 20))
    """Requests of one client."""
    longest_body: int = 1 << 20
    """Bytes of a request that are kept, so that it can be sent once more."""
    longest_part: int = 1 << 20
    """Bytes of an answer that is merged with others."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings of the environment; raise `ValueError` if one is unusable.

    GATEWAY_UPSTREAMS   catalog=http://127.0.0.1:8001 prices=http://127.0.0.1:8002/v1
    GATEWAY_DEADLINE    seconds
    GATEWAY_PAUSE       seconds
    """
    upstreams = {}
    for row in environ.get("GATEWAY_UPSTREAMS", "").split():
        name, _, url = row.partition("=")
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(
                f"Expected NAME=URL in GATEWAY_UPSTREAMS, but got {row!r}; "
                "write it like catalog=http://127.0.0.1:8001."
            )
        upstreams[name] = url.rstrip("/")
    return Settings(
        upstreams,
        deadline=float(environ.get("GATEWAY_DEADLINE", Settings.deadline)),
        pause=float(environ.get("GATEWAY_PAUSE", Settings.pause)),
    )


@dataclass(frozen=True)
class Refusal:
    """An answer of the gateway's own, instead of an upstream's."""

    status: int
    sentence: str
    retry_after: int = 0
    """Seconds, for the field of that name."""

    @property
    def fields(self) -> dict[str, str]:
        """The header fields that go with it."""
        return {"retry-after": str(self.retry_after)} if self.retry_after else {}


UNREACHABLE = Refusal(502, "The upstream gives no answer that can be used.")
LATE = Refusal(504, "The upstream has not answered in time.")
TOO_LONG = Refusal(413, "The body is longer than what the gateway keeps.")


class Gate:
    """All that one process of a gateway remembers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._breakers = {
            name: Breaker(settings.failures, settings.pause)
            for name in settings.upstreams
        }
        self._in_use = dict.fromkeys(settings.upstreams, 0)
        self._budget = RetryBudget()
        self._buckets = TokenBuckets(settings.rate)

    def admit(self, client: str, now: float) -> Refusal | None:
        """Count a request of a client; return a refusal if there were too many."""
        with self._lock:
            if self._buckets.take(client, now):
                self._budget.request()
                return None
            wait = ceil(self._buckets.wait(client, now))
        return Refusal(429, f"Too many requests; wait {wait} s.", wait)

    def address(self, name: str, rest: str, query: str = "") -> str | Refusal:
        """Return where an upstream is asked for something.

        `rest` is a path that was decoded, and is encoded again: what was "%2F" becomes
        "/". Dots would lead out of what the upstream has below its address.
        """
        if name not in self.settings.upstreams:
            return Refusal(404, f"There is no upstream {excerpt(name)}.")
        if {".", ".."} & set(rest.split("/")):
            return Refusal(400, "Expected a path without dot segments.")
        found = f"{self.settings.upstreams[name]}/{quote(rest, safe=PATH)}"
        return f"{found}?{query}" if query else found

    def ask(self, name: str, now: float) -> "Ask | None":
        """Return leave to ask an upstream once; None if it is left alone now."""
        with self._lock:
            permit = self._breakers[name].permit(now)
            if permit is None:
                return None
            self._in_use[name] += 1
            return Ask(self, name, permit)

    def left_alone(self, name: str) -> Refusal:
        """Return the refusal for an upstream that is not asked."""
        wait = ceil(self.settings.pause)
        return Refusal(503, f"{name} fails all the time; wait {wait} s.", wait)

    def state(self, now: float) -> dict[str, dict[str, object]]:
        """Return how each upstream fares, and how many requests of it are open."""
        with self._lock:
            return {
                name: {"breaker": breaker.state(now), "in_use": self._in_use[name]}
                for name, breaker in self._breakers.items()
            }

    def retry(self) -> bool:
        """Spend a retry, if there is one left."""
        with self._lock:
            return self._budget.retry()


@dataclass
class Ask:
    """One request of one upstream."""

    gate: Gate
    name: str
    permit: Permit
    _told: bool = False
    _closed: bool = False

    def heard(self, status: int, now: float) -> None:
        """Note that it has answered; from 500 on that is a failure of its own."""
        if status >= 500:
            return self.failed(now)
        with self.gate._lock:
            self._told = True
            self.gate._breakers[self.name].succeeded(self.permit, now)

    def failed(self, now: float) -> None:
        """Note that it has not answered."""
        with self.gate._lock:
            self._told = True
            self.gate._breakers[self.name].failed(self.permit, now)

    def close(self, now: float) -> None:
        """Note that it is over; without news before, the client has left."""
        with self.gate._lock:
            if not self._told:
                self._told = True
                self.gate._breakers[self.name].abandoned(self.permit, now)
            if not self._closed:
                self._closed = True
                self.gate._in_use[self.name] -= 1


class Passing(Exception):
    """The upstream has answered, with a status that may be gone next time."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LeftAlone(Exception):
    """The upstream is not asked, because it fails all the time."""


class Again:
    """Says after each failure of one request whether to try once more."""

    LONGEST_WAIT = 0.2
    """Seconds between two attempts, at most."""

    def __init__(self, gate: Gate, method: str, deadline: Deadline) -> None:
        self._gate, self._method, self._deadline = gate, method, deadline
        self._failed = 0

    def worth(self, error: Exception, now: float) -> bool:
        """Return whether to try again after this error."""
        status = error.status if isinstance(error, Passing) else None
        self._failed += 1
        return (
            isinstance(error, Passing | ConnectionError)
            and self._failed < self._gate.settings.attempts
            and may_retry(self._method, status)
            and self._deadline.allows(now, self.LONGEST_WAIT, 0)
            and self._gate.retry()
        )
