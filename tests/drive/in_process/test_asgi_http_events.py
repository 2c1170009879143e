"""What an application may send, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import repeat
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import (
    LENGTH,
    SERVER_ERROR,
    body,
    start,
)

NONSENSE: dict[str, tuple[list[Any], str]] = {
    "not a dict": ([None], "TypeError: Expected an event as a dict, but got None."),
    "a list": ([["type"]], "TypeError: Expected an event as a dict, but got ['type']."),
    "no type": (
        [{"status": 200}],
        "RuntimeError: Expected 'http.response.start', but got None.",
    ),
    "unhashable type": (
        [{"type": []}],
        "RuntimeError: Expected 'http.response.start', but got [].",
    ),
    "unknown type": (
        [{"type": "http.response.flush"}],
        "RuntimeError: Expected 'http.response.start', but got 'http.response.flush'.",
    ),
    "body first": (
        [body(b"x")],
        "RuntimeError: Expected 'http.response.start', but got 'http.response.body'.",
    ),
    "no status": ([{"type": "http.response.start"}], "KeyError: 'status'"),
    "status as text": (
        [{"type": "http.response.start", "status": "200"}],
        "TypeError: Expected a status, but got '200'.",
    ),
    "header as text": (
        [{"type": "http.response.start", "status": 200, "headers": [("a", "b")]}],
        "TypeError: Expected a pair of byte strings, but got ('a', 'b').",
    ),
    "headers are no list": (
        [{"type": "http.response.start", "status": 200, "headers": 1}],
        "TypeError: 'int' object is not iterable",
    ),
}


@pytest.mark.parametrize("case", NONSENSE)
async def test_send_raises_on_what_is_no_start_and_records_it(case: str) -> None:
    events, error = NONSENSE[case]

    async def sends(scope: Any, receive: Any, send: Any) -> None:
        for event in events:
            await send(event)

    transcript = await exchange(sends, Request())

    assert transcript.ending.error == error
    assert transcript.sent() == events
    assert transcript.answer == SERVER_ERROR


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (start(), "Expected 'http.response.body', but got 'http.response.start'."),
        (
            {"type": "http.response.body", "body": "text"},
            "Expected a byte string as the body, but got 'text'.",
        ),
        (
            {"type": "http.response.trailers"},
            "Expected 'http.response.body', but got 'http.response.trailers'.",
        ),
    ],
    ids=["second start", "body as text", "trailers not offered"],
)
async def test_send_raises_in_the_middle_and_the_answer_goes_on(
    event: Any, error: str
) -> None:
    raised: list[str] = []

    async def recovers(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, LENGTH))
        try:
            await send(event)
        except (TypeError, RuntimeError) as problem:
            raised.append(str(problem))
        await send(body(b"hello"))

    transcript = await exchange(recovers, Request())

    assert raised == [error]
    assert transcript.sent() == [start(200, LENGTH), event, body(b"hello")]
    assert transcript.answer == Response(200, "OK", (LENGTH,), b"hello", (5,))


async def test_messages_after_the_final_body_are_recorded_and_ignored() -> None:
    async def talks_on(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"a"))
        await send(body(b"b"))
        await send({"type": "nonsense"})

    transcript = await exchange(talks_on, Request())

    assert transcript.sent() == [start(), body(b"a"), body(b"b"), {"type": "nonsense"}]
    assert transcript.answer == Response(200, "OK", (), b"a", (1,))
    assert transcript.ending.kind == "returned"


async def test_headers_may_be_any_iterable_and_status_any_int() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": HTTPStatus.CREATED,
                "headers": (pair for pair in ((b"a", b"1"), [b"a", b"2"])),
            }
        )
        await send({"type": "http.response.body"})

    answer = (await exchange(answers, Request())).response

    assert answer == Response(201, "Created", ((b"a", b"1"), (b"a", b"2")))


class Pair:
    """A header that is neither a tuple nor a list."""

    def __init__(self, *both: bytes) -> None:
        self.both = both

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.both)


@pytest.mark.parametrize("kind", [list, tuple, iter])
@pytest.mark.parametrize(
    "pair",
    [
        lambda: iter((b"X-B", b"2")),
        lambda: Pair(b"X-B", b"2"),
        lambda: {b"X-B": 0, b"2": 0}.keys(),
    ],
    ids=["iterator", "object", "keys"],
)
async def test_header_may_be_any_iterable_of_two(kind: Any, pair: Any) -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        headers = kind([(b"a", b"1"), pair(), [b"c", b"3"]])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(body(b""))

    transcript = await exchange(answers, Request())

    written = [(b"a", b"1"), [b"X-B", b"2"], [b"c", b"3"]]
    assert transcript.sent() == [start(200) | {"headers": written}, body(b"")]
    assert transcript.response == Response(
        200, "OK", ((b"a", b"1"), (b"x-b", b"2"), (b"c", b"3"))
    )


@pytest.mark.parametrize(
    ("pair", "written", "error"),
    [
        (
            iter(("a", b"b")),
            ["a", b"b"],
            "TypeError: Expected a pair of byte strings, but got ('a', b'b').",
        ),
        (
            repeat(b"a"),
            [b"a"] * 10,
            "ValueError: too many values to unpack (expected 2)",
        ),
        ("ab", "ab", "TypeError: Expected a pair of byte strings, but got ('a', 'b')."),
    ],
    ids=["text", "without end", "a text of two"],
)
async def test_header_that_is_no_pair_is_refused_and_written_down(
    pair: Any, written: Any, error: str
) -> None:
    event = {"type": "http.response.start", "status": 200, "headers": [pair]}

    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send(event)

    transcript = await exchange(answers, Request())

    assert transcript.ending.error == error
    assert transcript.sent() == [event | {"headers": [written]}]
    assert transcript.answer == SERVER_ERROR


@pytest.mark.timeout(20)
async def test_headers_without_end_are_refused() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        headers = repeat((b"a", b"b"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    transcript = await exchange(answers, Request())

    assert transcript.ending.error == (
        "ValueError: Expected at most 10,000 header fields, but got more."
    )
    assert transcript.answer == SERVER_ERROR


async def test_headers_as_a_tuple_stay_a_tuple() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": (LENGTH,)})
        await send(body(b"hello"))

    transcript = await exchange(answers, Request())

    assert transcript.sent()[0]["headers"] == (LENGTH,)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
async def test_body_may_be_of_another_type_of_bytes(kind: Any) -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        content = bytearray(b"hello")
        await send(start())
        await send({"type": "http.response.body", "body": kind(content)})
        content[:] = b"later"

    transcript = await exchange(answers, Request())

    assert transcript.answer == Response(200, "OK", (), b"hello", (5,))
    assert type(transcript.sent()[1]["body"]) is kind
    assert transcript.sent()[1]["body"] == b"hello"
