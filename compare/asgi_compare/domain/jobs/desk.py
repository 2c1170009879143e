"""Jobs in a store: enter one, look at it, cancel it, and make one attempt at it.

The store may be shared by many processes, and needs four commands, which Redis has as
well. There is no lock: one worker at a time writes a job, and whoever wants to cancel
one writes a note of its own, which the worker finds at its next step.
"""

import threading
from collections.abc import Iterator
from typing import Protocol

from asgi_compare.domain.jobs.rules import (
    STEPS,
    TRIES,
    Job,
    Order,
    Refusal,
    backoff,
)

KEPT = 2000
"""Texts that are kept in memory."""


class Store(Protocol):
    """Texts by name."""

    def add(self, name: str, text: str) -> bool:
        """Keep a text, unless there is one of that name; return whether it is kept."""
        ...

    def get(self, name: str) -> str | None:
        """Return a text; None if there is none."""
        ...

    def put(self, name: str, text: str) -> None:
        """Keep a text in place of one that may be there."""
        ...

    def remove(self, name: str) -> None:
        """Keep a text no more."""
        ...


class Memory:
    """A store for one process; what came first is forgotten first."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}
        self._kept = kept

    def add(self, name: str, text: str) -> bool:
        """Keep a text, unless there is one of that name; return whether it is kept."""
        with self._lock:
            if name in self._texts:
                return False
            self._texts[name] = text
            while len(self._texts) > self._kept:
                del self._texts[next(iter(self._texts))]
            return True

    def get(self, name: str) -> str | None:
        """Return a text; None if there is none."""
        return self._texts.get(name)

    def put(self, name: str, text: str) -> None:
        """Keep a text in place of one that may be there."""
        with self._lock:
            self._texts[name] = text

    def remove(self, name: str) -> None:
        """Keep a text no more."""
        with self._lock:
            self._texts.pop(name, None)


class Desk:
    """What can be done with jobs. Every method may be called from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enter(self, order: Order) -> bool:
        """Enter a job; return whether it is new, so that somebody must do it.

        Raise `Refusal` if there is another one of this key.
        """
        if self._store.add(f"job {order.key}", Job(order).to_json()):
            return True
        if self.look(order.key).order != order:
            raise Refusal(
                422,
                f"Expected the same request for the key {order.key!r} as before, "
                "but got another one; make up a new key.",
            )
        return False

    def forget(self, key: str) -> None:
        """Take an entry back, since nobody could be told to do the job."""
        self._store.remove(f"job {key}")

    def look(self, key: str) -> Job:
        """Return a job; raise `Refusal` if there is none."""
        text = self._store.get(f"job {key}")
        if text is None:
            raise Refusal(404, f"There is no job {key!r}.")
        return Job.from_json(text)

    def cancel(self, key: str) -> Job:
        """Have a job cancelled at its next step; raise `Refusal` if it is over.

        To cancel twice is no mistake.
        """
        job = self.look(key)
        if job.is_over and job.now.state != "cancelled":
            raise Refusal(409, f"The job is over: it is {job.now.state}.")
        self._store.add(f"cancel {key}", "")
        return job

    def attempt(self, key: str) -> Iterator[float]:
        """Try to do a job once; yield the seconds to wait at each step.

        A queue may give the same job to two workers, one after the other. So a job that
        is over is left as it is.
        """
        job = self.look(key)
        if job.is_over:
            return
        if self._is_cancelled(key):
            self._write(job.moved("cancelled"))
            return
        attempt = job.now.attempt + 1
        if attempt > TRIES:  # its workers have died of it
            self._write(job.moved("failed"))
            return
        job = self._write(job.moved("running", attempt=attempt, done=0))
        for step in range(1, STEPS + 1):
            yield job.order.pause
            if self._is_cancelled(key):
                self._write(job.moved("cancelled"))
                return
            if attempt <= job.order.fails and step == STEPS // 2:
                self._write(job.moved("retrying" if attempt < TRIES else "failed"))
                return
            job = self._write(job.moved("running", done=step))
        self._write(job.moved("done"))

    def retry_after(self, key: str) -> float | None:
        """Return the seconds until the next attempt; None if there is none."""
        now = self.look(key).now
        return backoff(now.attempt) if now.state == "retrying" else None

    def work(self, key: str) -> Iterator[float]:
        """Try until a job is over; yield the seconds to wait each time."""
        yield from self.attempt(key)
        while (later := self.retry_after(key)) is not None:
            yield later
            yield from self.attempt(key)

    def _is_cancelled(self, key: str) -> bool:
        return self._store.get(f"cancel {key}") is not None

    def _write(self, job: Job) -> Job:
        self._store.put(f"job {job.order.key}", job.to_json())
        return job
