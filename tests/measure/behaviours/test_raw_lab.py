"""The worked examples by hand: what the behaviours do not ask of them."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from asgi_compare.contract.scenario import Client, Conversation
from asgi_compare.drive.in_process import asgi_websocket
from asgi_compare.laboratory.raw_lab import fields, guards, leaving, limits, validators
from asgi_raw.events import Receive, Scope, Send
from tests.measure.behaviours.raw import answering, asked, body, page, start, status_of

LONG = b"Jack " * 100


async def test_field_that_is_there_is_left_alone() -> None:
    app = fields.careful_fields(
        answering(start((b"X-Frame-Options", b"SAMEORIGIN")), body(b""))
    )
    response = (await asked(app)).response
    assert response is not None
    assert response.header(b"x-frame-options") == [b"SAMEORIGIN"]
    assert response.header(b"strict-transport-security") == []


async def test_hsts_is_sent_over_https() -> None:
    app = guards.forwarded_scheme(fields.careful_fields(page))
    response = (await asked(app, x_forwarded_proto="https")).response
    assert response is not None
    assert response.header(b"strict-transport-security") == [b"max-age=3600"]


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_body_is_limited(chunked: bool) -> None:
    app = limits.body_limit(page, 10)
    more: dict[str, Any] = {"method": "POST", "chunked": chunked}
    assert await status_of(app, body=(b"01234", b"56789"), **more) == 200
    assert await status_of(app, body=(b"01234", b"56789", b"0"), **more) == 413


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def test_answer_that_does_not_begin_is_given_up() -> None:
    assert await status_of(limits.time_limit(slow, 0.01)) == 503


async def test_answer_that_has_begun_may_take_its_time() -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await asyncio.sleep(0.02)
        await send(body(b"late"))

    assert await status_of(limits.time_limit(late, 0.01)) == 200


async def test_timeout_of_the_application_is_its_own() -> None:
    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        raise TimeoutError("mine")

    transcript = await asked(limits.time_limit(impatient))
    assert transcript.ending.error == "TimeoutError: mine"


async def test_known_bytes_are_not_sent_again() -> None:
    app = validators.conditional(answering(start((b"x", b"y")), body(LONG)))
    first = (await asked(app)).response
    assert first is not None
    etag = first.header(b"etag")[0].decode()
    again = (await asked(app, if_none_match=f'"other", W/{etag}')).response
    assert again is not None
    assert (again.status, again.body) == (304, b"")
    assert again.header(b"x") == [b"y"]


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 200), ("GET", 404)], ids=["POST", "404"]
)
async def test_only_good_answers_to_get_are_named(method: str, status: int) -> None:
    app = validators.conditional(answering(start(status=status), body(LONG)))
    response = (await asked(app, method=method)).response
    assert response is not None
    assert response.header(b"etag") == []


async def test_stream_passes_as_it_comes() -> None:
    app = validators.compressed(
        validators.conditional(
            answering(start(), body(LONG, True), body(LONG, True), body(b""))
        )
    )
    response = (await asked(app, accept_encoding="gzip")).response
    assert response is not None
    assert response.pieces == (len(LONG), len(LONG))
    assert response.header(b"etag") == response.header(b"content-encoding") == []


@pytest.mark.parametrize(
    ("content", "accepts", "packed"),
    [
        (LONG, "gzip", True),
        (LONG, "br, gzip;q=0.5", True),
        (LONG, "br", False),
        (LONG, "GZIP", True),
        (LONG, "gzip;q=0", False),
        (LONG, "gzip; q=0.0", False),
        (b"short", "gzip", False),
    ],
    ids=[
        "accepted",
        "among others",
        "not accepted",
        "in capitals",
        "not wanted",
        "not wanted at all",
        "too short",
    ],
)
async def test_body_is_packed_where_that_helps(
    content: bytes, accepts: str, packed: bool
) -> None:
    app = validators.compressed(answering(start(), body(content)))
    response = (await asked(app, accept_encoding=accepts)).response
    assert response is not None
    assert isinstance(response.body, bytes)
    assert (response.header(b"content-encoding") == [b"gzip"]) is packed
    assert (gzip.decompress(response.body) if packed else response.body) == content


async def test_application_stops_when_the_client_leaves() -> None:
    transcript = await asked(
        leaving.stops_with_the_client(slow), client=Client(leaves_after=0.01)
    )
    assert transcript.ending.kind == "returned"


async def test_application_gets_what_it_waits_for() -> None:
    app = leaving.stops_with_the_client(page)
    assert await status_of(app, method="POST", body=(b"a", b"b")) == 200


async def test_exception_is_raised_when_nobody_has_left() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("mine")

    transcript = await asked(leaving.stops_with_the_client(failing))
    assert transcript.ending.error == "KeyError: 'mine'"


@pytest.mark.parametrize("value", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\0b"])
async def test_field_with_a_break_in_it_does_not_get_out(value: bytes) -> None:
    app = fields.unbroken_fields(answering(start((b"x", value)), body(b"")))
    transcript = await asked(app)
    assert transcript.ending.error == "ValueError: Expected one line in b'x'."
    assert transcript.sent() == []


async def test_field_of_a_handshake_with_a_break_in_it_does_not_get_out() -> None:
    accept = {"type": "websocket.accept", "headers": [(b"x", b"a\nb")]}
    app = fields.unbroken_fields(answering(accept))
    transcript = await asgi_websocket.exchange(app, Conversation())
    assert transcript.ending.error == "ValueError: Expected one line in b'x'."
    assert transcript.sent() == []


async def test_field_of_one_line_gets_out() -> None:
    app = fields.unbroken_fields(answering(start((b"x", b"a\tb")), body(b"")))
    response = (await asked(app)).response
    assert response is not None
    assert response.header(b"x") == [b"a\tb"]


async def test_body_that_is_found_too_long_late_breaks_the_answer_off() -> None:
    async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start())
        await page(scope, receive, send)

    app = limits.body_limit(hasty, 3)
    transcript = await asked(app, method="POST", body=b"0123", chunked=True)
    assert transcript.ending.error.startswith("TooLarge")
    assert transcript.response is not None
    assert not transcript.response.complete


async def test_length_that_is_no_number_is_not_believed() -> None:
    app = limits.body_limit(page, 3)
    assert await status_of(app, method="POST", content_length="-1") == 200


@pytest.mark.parametrize("known", ["*", "W/{etag}", '"other" , {etag}'])
async def test_name_is_known_in_each_way_of_writing(known: str) -> None:
    app = validators.conditional(answering(start((b"vary", b"Cookie")), body(LONG)))
    first = (await asked(app)).response
    assert first is not None
    etag = first.header(b"etag")[0].decode()
    again = (await asked(app, if_none_match=known.format(etag=etag))).response
    assert again is not None
    assert (again.status, again.body) == (304, b"")
    assert again.header(b"vary") == [b"Cookie"]


async def test_name_that_is_there_is_left_alone() -> None:
    app = validators.conditional(answering(start((b"ETag", b'"mine"')), body(LONG)))
    response = (await asked(app, if_none_match='"mine"')).response
    assert response is not None
    assert response.status == 200
    assert response.header(b"etag") == [b'"mine"']


@pytest.mark.parametrize(
    ("status", "headers"),
    [(206, ()), (200, ((b"Content-Encoding", b"br"),))],
    ids=["a part", "packed already"],
)
async def test_what_must_not_be_packed_is_left_alone(
    status: int, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    app = validators.compressed(answering(start(*headers, status=status), body(LONG)))
    response = (await asked(app, accept_encoding="gzip")).response
    assert response is not None
    assert response.body == LONG
    assert response.header(b"vary") == []


async def test_packed_answer_has_a_weak_name_and_the_same_vary() -> None:
    app = validators.compressed(validators.conditional(answering(start(), body(LONG))))
    whole = (await asked(app)).response
    packed = (await asked(app, accept_encoding="gzip")).response
    assert whole is not None
    assert packed is not None
    assert packed.header(b"etag") == [b"W/" + whole.header(b"etag")[0]]
    assert whole.header(b"vary") == packed.header(b"vary") == [b"Accept-Encoding"]


async def test_name_that_is_weak_already_stays_so() -> None:
    app = validators.compressed(answering(start((b"etag", b'W/"a"')), body(LONG)))
    response = (await asked(app, accept_encoding="gzip")).response
    assert response is not None
    assert response.header(b"etag") == [b'W/"a"']


async def test_event_of_an_extension_passes_after_its_start() -> None:
    """What is sent by another way than a body is neither kept nor lost."""
    sent: list[str] = []
    path = {"type": "http.response.pathsend", "path": "/a"}
    app = validators.conditional(answering(start(), path))

    async def receive() -> dict[str, object]:
        raise AssertionError("nobody asks")

    async def send(event: dict[str, object]) -> None:
        sent.append(str(event["type"]))

    await app({"type": "http", "method": "GET", "headers": []}, receive, send)
    assert sent == ["http.response.start", "http.response.pathsend"]
