"""Ask the upstreams on threads: what `loop.py` is for an event loop.

A thread that waits for an upstream cannot be told that its client has left. So all
waiting has a limit, and a client that leaves costs no more than that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from time import monotonic
from typing import Protocol

from asgi_compare.domain.systems.gateway.gate import (
    LATE,
    UNREACHABLE,
    Again,
    Ask,
    Gate,
    LeftAlone,
    Passing,
    Refusal,
)
from asgi_compare.domain.systems.gateway.loop import Asked, Fields, missing, part_of
from asgi_compare.domain.systems.gateway.rules import (
    PASSING,
    Answered,
    Deadline,
    Merged,
    Missing,
    merge,
)


class Response(Protocol):
    """The answer of an upstream, whose body is still to be read."""

    status: int
    fields: Fields

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes, with its content coding."""
        ...

    def close(self) -> None:
        """Give the connection back, or hang up if the body was not read."""
        ...


class Client(Protocol):
    """What speaks HTTP. Its errors are `ConnectionError` and `TimeoutError`."""

    def open(self, asked: Asked, seconds: float, silence: float) -> Response:
        """Ask, and return when the answer has begun, within so many seconds.

        `silence` is how long the body may pause afterwards.
        """
        ...

    def attempts(
        self, worth: Callable[[Exception], bool]
    ) -> Iterable[AbstractContextManager[object]]:
        """Yield contexts; after an error in one that is `worth` it, another one."""
        ...


class Answer:
    """The answer of an upstream, and its place in the gate."""

    def __init__(self, response: Response, ask: Ask) -> None:
        self.status, self.fields = response.status, response.fields
        self._response, self._ask = response, ask

    def pieces(self) -> Iterator[bytes]:
        """Yield the body, and close at its end: not every server does it for us."""
        yield from self._response.pieces()
        self.close()

    def close(self) -> None:
        """Give the connection back, and the place."""
        try:
            self._response.close()
        finally:
            self._ask.close(monotonic())


def open_answer(
    gate: Gate, client: Client, name: str, asked: Asked, deadline: Deadline
) -> Answer | Refusal:
    """Ask an upstream, more than once if that may help; close what is returned."""
    again = Again(gate, asked.method, deadline)
    answer: Answer | None = None
    try:
        for attempt in client.attempts(lambda e: again.worth(e, monotonic())):
            with attempt:
                if answer:
                    answer.close()
                answer = _once(gate, client, name, asked, deadline)
                if answer.status in PASSING:
                    raise Passing(answer.status)
    except Passing:
        pass  # It is passed on as it is.
    except LeftAlone:
        return gate.left_alone(name)
    except TimeoutError:
        return LATE
    except ConnectionError:
        return UNREACHABLE
    assert answer
    return answer


def _once(
    gate: Gate, client: Client, name: str, asked: Asked, deadline: Deadline
) -> Answer:
    ask = gate.ask(name, monotonic())
    if ask is None:
        raise LeftAlone
    try:
        left = deadline.left(monotonic())
        if not left:  # to a socket, 0 means something else
            raise TimeoutError
        response = client.open(asked, left, gate.settings.silence)
    except BaseException:
        ask.failed(monotonic())
        ask.close(monotonic())
        raise
    ask.heard(response.status, monotonic())
    return Answer(response, ask)


def fan_out(
    gate: Gate,
    client: Client,
    pool: ThreadPoolExecutor,
    urls: Mapping[str, str],
    required: Sequence[str] = (),
) -> Merged:
    """Ask several upstreams at once; what is not there in time is missing.

    A thread that is late goes on until its own limit, and then closes what it has.
    """
    deadline = Deadline(monotonic() + gate.settings.deadline)
    parts: dict[str, Future[Answered | Missing]] = {
        name: pool.submit(_part, gate, client, name, url, deadline)
        for name, url in urls.items()
    }
    done, _ = wait(parts.values(), deadline.left(monotonic()))
    found = {
        name: part.result() if part in done else Missing("deadline")
        for name, part in parts.items()
    }
    return merge(found, required)


def _part(
    gate: Gate, client: Client, name: str, url: str, deadline: Deadline
) -> Answered | Missing:
    answer = open_answer(gate, client, name, Asked("GET", url), deadline)
    if isinstance(answer, Refusal):
        return missing(answer)
    try:
        body = b""
        for piece in answer.pieces():
            body += piece
            if len(body) > gate.settings.longest_part:
                return Missing("failed")
            if not deadline.left(monotonic()):
                return Missing("deadline")
        return part_of(answer.status, body)
    except ConnectionError:
        return Missing("failed")
    except TimeoutError:
        return Missing("deadline")
    finally:
        answer.close()
