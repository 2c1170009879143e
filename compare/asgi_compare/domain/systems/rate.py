"""A rate limit: the token bucket.

A bucket holds at most `burst` tokens, and `rate` new ones drip in each second. What
is done costs a token; who has none must wait. In any span of t seconds at most
`burst + rate * t` tokens are spent, and that is the whole promise.

The time is an argument, in seconds, so a test needs no clock. Nothing here locks:
threads that share a bucket must hold a lock of their own around each call.
"""

from dataclasses import dataclass

ROUNDING = 1e-9
"""So that who waits exactly as long as `wait` said is not sent away again."""


@dataclass(frozen=True)
class Rate:
    """So many a second in the long run, so many at once."""

    per_second: float
    burst: float


class TokenBucket:
    """The tokens of one user, or of one upstream."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst
        self._filled_at = now

    def take(self, now: float, tokens: float = 1) -> bool:
        """Take `tokens` out, or leave them all in and return False."""
        self._fill(now)
        if self._tokens + ROUNDING < tokens:
            return False
        self._tokens = max(0.0, self._tokens - tokens)
        return True

    def wait(self, now: float, tokens: float = 1) -> float:
        """Return the seconds after which `take` will succeed, as in Retry-After.

        It is infinite when more is asked for than the bucket can hold.
        """
        self._fill(now)
        if tokens > self._rate.burst:
            return float("inf")
        return max(0.0, tokens - self._tokens) / self._rate.per_second

    def full(self, now: float) -> bool:
        """Return whether the bucket is full: then it is as good as a new one."""
        self._fill(now)
        return self._tokens >= self._rate.burst

    def _fill(self, now: float) -> None:
        # Two threads may come with their times in the wrong order.
        seconds = max(0.0, now - self._filled_at)
        self._tokens = min(
            self._rate.burst, self._tokens + seconds * self._rate.per_second
        )
        self._filled_at = max(now, self._filled_at)


class TokenBuckets:
    """A bucket for each key, for instance for each user.

    Full buckets are forgotten now and then, which nobody can notice. So memory is
    bounded by the keys that were busy of late, and not by all that ever came.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[str, TokenBucket] = {}
        self._sweep_at = 64

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: float, tokens: float = 1) -> bool:
        """Take `tokens` from the bucket of `key`, or return False."""
        return self._bucket(key, now).take(now, tokens)

    def wait(self, key: str, now: float, tokens: float = 1) -> float:
        """Return the seconds after which `take` will succeed for `key`."""
        return self._bucket(key, now).wait(now, tokens)

    def _bucket(self, key: str, now: float) -> TokenBucket:
        if key not in self._buckets:
            if len(self._buckets) >= self._sweep_at:
                self._forget_full(now)
            self._buckets[key] = TokenBucket(self._rate, now)
        return self._buckets[key]

    def _forget_full(self, now: float) -> None:
        self._buckets = {
            key: bucket for key, bucket in self._buckets.items() if not bucket.full(now)
        }
        # Sweep again once the number has doubled: a step costs the same on average.
        self._sweep_at = max(64, 2 * len(self._buckets))
