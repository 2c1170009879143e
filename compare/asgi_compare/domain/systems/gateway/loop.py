"""Ask the upstreams on an event loop.

    answer = await open_answer(gate, client, name, url, request)    # or a Refusal
    async for piece in answer.pieces(): ...
    await answer.close()                            # in any case, or it stays in use

    merged = await fan_out(gate, client, urls, fields)

Whoever calls this is cancelled when the client leaves, and that alone closes what is
open upstream: an attempt that is cancelled gives its connection back.
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
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
from asgi_compare.domain.systems.gateway.rules import (
    PASSING,
    Answered,
    Deadline,
    Merged,
    Missing,
    merge,
)

Fields = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Asked:
    """What is sent to an upstream; the fields are end-to-end ones."""

    method: str
    url: str
    fields: Fields = ()
    body: bytes = b""


class Response(Protocol):
    """The answer of an upstream, whose body is still to be read."""

    status: int
    fields: Fields

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, with its content coding."""
        ...

    async def close(self) -> None:
        """Give the connection back, or hang up if the body was not read."""
        ...


class Client(Protocol):
    """What speaks HTTP. Its errors are `ConnectionError`, whatever they were."""

    async def open(self, asked: Asked) -> Response:
        """Ask, and return when the answer has begun; the caller limits the time."""
        ...

    def attempts(
        self, worth: Callable[[Exception], bool]
    ) -> AsyncIterable[AbstractContextManager[object]]:
        """Yield contexts; after an error in one that is `worth` it, another one."""
        ...


class Answer:
    """The answer of an upstream, and its place in the gate."""

    def __init__(self, response: Response, ask: Ask) -> None:
        self.status, self.fields = response.status, response.fields
        self._response, self._ask = response, ask

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body; raise `TimeoutError` if it pauses for too long."""
        pieces = self._response.pieces()
        while True:
            async with asyncio.timeout(self._ask.gate.settings.silence):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece

    async def close(self) -> None:
        """Give the connection back, and the place."""
        try:
            # Whoever is cancelled while it closes would leave it open.
            await asyncio.shield(self._response.close())
        finally:
            self._ask.close(monotonic())


async def open_answer(
    gate: Gate, client: Client, name: str, asked: Asked, deadline: Deadline
) -> Answer | Refusal:
    """Ask an upstream, more than once if that may help; close what is returned."""
    again = Again(gate, asked.method, deadline)
    answer: Answer | None = None
    try:
        async for attempt in client.attempts(lambda e: again.worth(e, monotonic())):
            with attempt:
                if answer:
                    await answer.close()
                answer = await _once(gate, client, name, asked, deadline)
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
    except BaseException:
        if answer:
            await answer.close()
        raise
    assert answer
    return answer


async def _once(
    gate: Gate, client: Client, name: str, asked: Asked, deadline: Deadline
) -> Answer:
    ask = gate.ask(name, monotonic())
    if ask is None:
        raise LeftAlone
    try:
        async with asyncio.timeout(deadline.left(monotonic())):
            response = await client.open(asked)
    except (ConnectionError, TimeoutError):
        ask.failed(monotonic())
        ask.close(monotonic())
        raise
    except BaseException:
        ask.close(monotonic())
        raise
    ask.heard(response.status, monotonic())
    return Answer(response, ask)


async def fan_out(
    gate: Gate, client: Client, urls: Mapping[str, str], required: Sequence[str] = ()
) -> Merged:
    """Ask several upstreams at once; what is not there in time is missing."""
    deadline = Deadline(monotonic() + gate.settings.deadline)
    async with asyncio.TaskGroup() as group:
        tasks = {
            name: group.create_task(_part(gate, client, name, url, deadline))
            for name, url in urls.items()
        }
    return merge({name: task.result() for name, task in tasks.items()}, required)


async def _part(
    gate: Gate, client: Client, name: str, url: str, deadline: Deadline
) -> Answered | Missing:
    answer = await open_answer(gate, client, name, Asked("GET", url), deadline)
    if isinstance(answer, Refusal):
        return missing(answer)
    try:
        body = b""
        async with asyncio.timeout(deadline.left(monotonic())):
            async for piece in answer.pieces():
                body += piece
                if len(body) > gate.settings.longest_part:
                    return Missing("failed")
        return part_of(answer.status, body)
    except TimeoutError:
        return Missing("deadline")
    except ConnectionError:
        return Missing("failed")
    finally:
        await answer.close()


def missing(refusal: Refusal) -> Missing:
    """Return a refusal as the part of an answer that is missing."""
    return Missing({503: "open", 504: "deadline"}.get(refusal.status, "failed"))  # type: ignore[arg-type]


def part_of(status: int, body: bytes) -> Answered | Missing:
    """Return what one upstream said; it must have said it in JSON."""
    try:
        return Answered(json.loads(body)) if status < 400 else Missing("failed")
    except ValueError:
        return Missing("failed")
