"""What is asked for, the states of a job, and how long to wait before a retry.

A job has a history, one numbered line for each thing that happened. Its state is that
of the last line. Progress is a stream of these lines, so who comes back with the last
number it has seen misses nothing.

A client names its job by an Idempotency-Key. It may send the same request again when it
has had no answer, and there is still one job. The same key with another request is a
mistake of the client. (draft-ietf-httpapi-idempotency-key-header says so; an
application with users would add to the key whose it is.)
"""

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Literal

from asgi_compare.domain.systems.sse import format_comment, format_event

State = Literal["waiting", "running", "retrying", "done", "failed", "cancelled"]

MOVES: Mapping[State, frozenset[State]] = {
    "waiting": frozenset({"running", "cancelled"}),
    # To itself as well: by a step, or by another worker when the first one has died.
    "running": frozenset({"running", "retrying", "done", "failed", "cancelled"}),
    "retrying": frozenset({"running", "cancelled"}),
    "done": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""Where a job may go from each state."""
OVER = frozenset(state for state, moves in MOVES.items() if not moves)

STEPS = 4
"""In how many steps the work is done; between two of them it can be cancelled."""
TRIES = 3
"""How often it is tried at most."""
FIRST_WAIT, LONGEST_WAIT = 0.02, 2.0
"""Seconds before the second try, and before any."""
LOOK_EVERY = 0.01
"""Seconds between two looks of one who watches a job."""
BEAT_EVERY = 0.5
"""Seconds of silence after which who watches gets a comment. It keeps what is between
from hanging up; and where only sending tells that a client has left, it is sent to."""
LARGEST = 65_536
"""Bytes of an upload."""

KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
NUMBER = re.compile(r"[0-9]{1,6}")
SECONDS = re.compile(r"[0-9](\.[0-9]{1,6})?")


class Refusal(Exception):
    """The answer is no: a status, and the sentence that says why."""

    def __init__(self, status: int, sentence: str, again: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.again = again
        """Whether it may be another answer a second later."""


@dataclass(frozen=True, slots=True)
class Order:
    """A job that is asked for."""

    key: str
    content: str
    """The upload, byte for character."""
    pause: float = 0.005
    """Seconds that each step takes."""
    fails: int = 0
    """How many of the first attempts fail, for whoever wants to see a retry."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened to a job."""

    state: State
    attempt: int = 0
    done: int = 0
    """Steps of this attempt."""


@dataclass(frozen=True, slots=True)
class Job:
    """An order, and what has happened since."""

    order: Order
    history: tuple[Line, ...] = (Line("waiting"),)

    @property
    def now(self) -> Line:
        """Return what happened last."""
        return self.history[-1]

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.now.state in OVER

    def moved(self, state: State, **changes: int) -> "Job":
        """Return it with one more line; raise ValueError if it cannot go there."""
        if state not in MOVES[self.now.state]:
            allowed = ", ".join(sorted(MOVES[self.now.state])) or "nothing"
            raise ValueError(
                f"Expected {allowed} after {self.now.state!r}, but got {state!r}."
            )
        line = replace(self.now, state=state, **changes)
        return replace(self, history=(*self.history, line))

    def to_json(self) -> str:
        """Return it as a text that `from_json` reads."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Job":
        """Return the job that `to_json` has written."""
        raw = json.loads(text)
        return Job(
            Order(**raw["order"]), tuple(Line(**each) for each in raw["history"])
        )


def read_order(key: str | None, query: Mapping[str, str], body: bytes) -> Order:
    """Return what a request asks for; raise `Refusal` if it cannot be done."""
    if key is None or not KEY.fullmatch(key.strip('"')):
        raise Refusal(
            400,
            "Expected an Idempotency-Key of letters, digits, - and _, "
            f"but got {key!r}; make one up for each job.",
        )
    if len(body) > LARGEST:
        raise Refusal(
            413, f"Expected at most {LARGEST} bytes, but got {len(body)}; send less."
        )
    pause, fails = query.get("pause", "0.005"), query.get("fails", "0")
    if not SECONDS.fullmatch(pause) or not NUMBER.fullmatch(fails):
        raise Refusal(
            400,
            "Expected seconds below 10 as pause and a whole number as fails, "
            f"but got {pause!r} and {fails!r}.",
        )
    content = body.decode("latin-1")
    return Order(key.strip('"'), content, float(pause), int(fails))


def backoff(attempt: int, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds to wait after a failed attempt, the first being 1.

    It doubles each time, up to a bound, and half of it is left to chance: those who
    failed together do not come back together.
    """
    full = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 32))
    return full * (0.5 + chance() / 2)


def as_status(job: Job) -> dict[str, object]:
    """Return what a client is told of a job; how far one was that ended is no news."""
    if job.now.state == "cancelled":
        return {"id": job.order.key, "state": "cancelled"}
    return {"id": job.order.key, **asdict(job.now), "steps": STEPS}


class Watch:
    """One who watches a job by server-sent events, and looks at it every now and then.

    The id of an event is the number of its line.
    """

    def __init__(self, last_event_id: str | None) -> None:
        # Not one of ours: from the start.
        known = last_event_id and NUMBER.fullmatch(last_event_id)
        self._seen = int(last_event_id or 0) if known else 0
        self._quiet = 0.0

    def news(self, job: Job) -> list[bytes]:
        """Return what is to be sent after a look."""
        lines = list(enumerate(job.history, 1))[self._seen :]
        self._seen = max(self._seen, len(job.history))
        self._quiet = 0.0 if lines else self._quiet + LOOK_EVERY
        if self._quiet >= BEAT_EVERY:
            self._quiet = 0.0
            return [format_comment().encode()]
        return [
            format_event(json.dumps(asdict(line)), id=str(number)).encode()
            for number, line in lines
        ]


def result_of(job: Job) -> dict[str, object]:
    """Return what came of a job; raise `Refusal` if nothing did, or nothing yet."""
    state = job.now.state
    if state not in OVER:
        raise Refusal(409, "The job is not over; ask again later.", again=True)
    if state != "done":
        raise Refusal(410, f"The job is {state}; there is no result.")
    content = job.order.content.encode("latin-1")
    digest = sha256(content).hexdigest()
    return {"bytes": len(content), "lines": content.count(b"\n"), "sha256": digest}
