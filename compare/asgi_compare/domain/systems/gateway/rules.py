"""What a gateway decides: whom to ask, for how long, how often, and what to pass on.

    Deadline        how much time is left, for all attempts together
    Breaker         do not ask an upstream that fails all the time
    RetryBudget     do not double the load on an upstream that is overloaded
    may_retry       do not do twice what may be done once only
    end_to_end      which header fields go through a gateway
    merge           one answer from several, of which some may be missing

The rate limit of a gateway is that of the chat: `domain/systems/rate.py`. The time is
an argument, in seconds of a monotonic clock. Not locked: threads that share a breaker
or a budget must hold a lock of their own around each call, as `gate.py` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import AnyStr, Literal

from asgi_compare.domain.systems.rate import ROUNDING


@dataclass(frozen=True)
class Deadline:
    """When the answer must be there, whatever happens in between.

    A timeout for each attempt is not enough: three attempts of 2 s make 6 s. Each
    attempt is given what is left instead.
    """

    at: float

    def left(self, now: float, reserve: float = 0) -> float:
        """Return the seconds left, less what the gateway itself needs at the end."""
        return max(0.0, self.at - reserve - now)

    def allows(self, now: float, wait: float, attempt: float) -> bool:
        """Return whether to wait and then try once more: an attempt takes some time."""
        return self.left(now) >= wait + attempt


BreakerState = Literal["closed", "open", "half-open"]


@dataclass(frozen=True)
class Permit:
    """Leave to ask once; tell the breaker how it went."""

    period: int


class Breaker:
    """Keeps us from asking an upstream that fails all the time.

        closed ── `failures` in a row ──> open
        open ── `pause` seconds later ──> half-open: one request may try
        half-open ── it succeeds ──> closed;  ── it fails ──> open

    Asking costs the client the whole deadline, and costs the upstream the chance to
    recover. Each change of state begins a period, and what was asked in an earlier one
    no longer counts: a request that hung for a minute says nothing about now.
    """

    def __init__(self, failures: int = 5, pause: float = 10) -> None:
        self._most = failures
        self._pause = pause
        self._failures = 0
        self._state: BreakerState = "closed"
        self._next_try = 0.0
        self._period = 0

    def state(self, now: float) -> BreakerState:
        """Return the state, for a dashboard; it changes nothing."""
        if self._state == "open" and now >= self._next_try:
            return "half-open"
        return self._state

    def permit(self, now: float) -> Permit | None:
        """Return leave to ask, or None: answer at once that the upstream is away.

        In half-open the one that tries may never report (its task was killed), so
        after another pause the next one may.
        """
        if self._state != "closed":
            if now < self._next_try:
                return None
            self._change("half-open", now)
        return Permit(self._period)

    def succeeded(self, permit: Permit, now: float) -> None:
        """Note that the upstream has answered."""
        if permit.period != self._period:
            return
        self._failures = 0
        if self._state == "half-open":
            self._change("closed", now)

    def failed(self, permit: Permit, now: float) -> None:
        """Note that the upstream did not answer, or with an error of its own."""
        if permit.period != self._period:
            return
        self._failures += 1
        if self._state == "half-open" or self._failures >= self._most:
            self._change("open", now)

    def abandoned(self, permit: Permit, now: float) -> None:
        """Note that nobody waited for the answer: the client has left.

        It says nothing about the upstream, but another one may try now.
        """
        if permit.period == self._period and self._state == "half-open":
            self._next_try = now

    def _change(self, state: BreakerState, now: float) -> None:
        self._state = state
        self._next_try = now + self._pause
        self._failures = 0
        self._period += 1


class RetryBudget:
    """Lets only a part of all requests be retries.

    When an upstream is overloaded, everybody fails and everybody retries, and three
    attempts each make three times the load. With a budget of a tenth it is 1.1 times.
    """

    def __init__(self, ratio: float = 0.1, most: float = 10) -> None:
        self._ratio = ratio
        self._most = most
        self._retries = most

    def request(self) -> None:
        """Count a first attempt, which earns a part of a retry."""
        self._retries = min(self._most, self._retries + self._ratio)

    def retry(self) -> bool:
        """Spend a retry, or return False: pass the failure on."""
        if self._retries + ROUNDING < 1:
            return False
        self._retries = max(0.0, self._retries - 1)
        return True


IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Doing it twice is as good as once: RFC 9110, section 9.2.2."""

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that may be gone at the next attempt."""


def may_retry(method: str, status: int | None) -> bool:
    """Return whether to ask again after `status`; None stands for no answer at all.

    After no answer nobody knows whether the upstream has acted, so only what is
    idempotent may be sent again. The same goes for a status of a proxy in between.
    """
    return method.upper() in IDEMPOTENT and (status is None or status in PASSING)


HOP_BY_HOP = frozenset(
    {
        # RFC 9110, section 7.6.1.
        "connection",
        "proxy-connection",
        "keep-alive",
        "te",
        "transfer-encoding",
        "upgrade",
        # Between a client and its proxy: RFC 9110, section 11.7.
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-authentication-info",
        # We pass on no trailers.
        "trailer",
    }
)


def end_to_end(
    headers: Iterable[tuple[AnyStr, AnyStr]],
) -> list[tuple[AnyStr, AnyStr]]:
    """Return the fields that a gateway passes on, in order, each as it came.

    The others are about one connection: those that are known, and those that
    `Connection` names (RFC 9110, section 7.6.1). Fields are not joined, because two
    Set-Cookie fields cannot be.
    """
    fields = list(headers)
    named = {
        option.strip().lower()
        for name, value in fields
        if _text(name).lower() == "connection"
        for option in _text(value).split(",")
    }
    dropped = HOP_BY_HOP | named
    return [field for field in fields if _text(field[0]).lower() not in dropped]


OURS = frozenset({b"host", b"content-length", b"expect"})
"""Fields that the gateway makes itself, for the body that it has read."""
VIA = (b"via", b"1.1 gateway")
"""What a gateway must add: RFC 9110, section 7.6.3."""


def to_upstream(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the fields of a request as they are sent on."""
    fields = end_to_end(headers)
    return [*((k, v) for k, v in fields if k.lower() not in OURS), VIA]


def to_client(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the fields of an answer as they are sent on, with names in lower case."""
    return [*((k.lower(), v) for k, v in end_to_end(headers)), VIA]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


@dataclass(frozen=True)
class Answered:
    """What one upstream said; `value` is what its JSON meant."""

    value: object


@dataclass(frozen=True)
class Missing:
    """Why there is nothing from one upstream."""

    why: Literal["deadline", "failed", "open"]


@dataclass(frozen=True)
class Merged:
    """One answer from several."""

    status: int
    complete: bool
    document: Mapping[str, object]


def merge(
    parts: Mapping[str, Answered | Missing], required: Iterable[str] = ()
) -> Merged:
    """Return one answer; what is missing is said, with the reason.

    Part of an answer is better than none, and is a success, unless a required part is
    missing or all are: then 504 if only time was short, otherwise 502.
    """
    answers = {
        name: part.value
        for name, part in sorted(parts.items())
        if isinstance(part, Answered)
    }
    missing = {
        name: part.why
        for name, part in sorted(parts.items())
        if isinstance(part, Missing)
    }
    fatal = missing.keys() & set(required) if answers else missing.keys()
    status = 200
    if fatal:
        late = all(missing[name] == "deadline" for name in fatal)
        status = 504 if late else 502
    return Merged(status, not missing, {"answers": answers, "missing": missing})
