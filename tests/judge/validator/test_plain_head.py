"""A head that passes at the first look breaks no rule at a closer one."""

from __future__ import annotations

import asyncio
import copy
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import asgi_compare
from asgi_compare.judge.rules import judge_for
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE
from asgi_compare.judge.rules.engine.rule import registered
from asgi_compare.judge.rules.http.fields import SINGLE
from asgi_compare.judge.validator import plain_head as heads
from asgi_compare.judge.validator.plain_head import FREE, STATUSES, plain_head
from tests.judge.validator.driving import BODY, drive, sends
from tests.tables import each_row

HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
NAMES = st.sampled_from(
    [
        *sorted(FREE | SINGLE),
        b"allow",
        b"set-cookie",
        b"transfer-encoding",
        b"www-authenticate",
        b"x-name",
        b"X-Name",
        b":status",
        b"x name",
        b"",
    ]
) | st.binary(max_size=4)
TEXTS = st.sampled_from(
    [
        b"5",
        b"0",
        b"-1",
        b"99999999999999999999",
        b"text/plain",
        b"multipart/byteranges; boundary=x",
        b'"abc"',
        b"Mon, 10 Aug 2026 12:00:00 GMT",
        b"a=1; Path=/, b=2",
        b"a\r\nb: c",
        b"caf\xe9\t",
    ]
) | st.binary(max_size=4)
PAIRS = st.tuples(NAMES, TEXTS) | st.tuples(NAMES, TEXTS).map(list)
FIELDS = st.lists(PAIRS, max_size=4)
CODES = st.sampled_from([*STATUSES, 100, 205, 206, 401, 405, 416, 999]) | st.integers()


@example(302, [(b"vary", b"accept")])
@example(204, [(b"content-length", b"0")])
@example(200, [(b"content-length", b"5"), (b"content-length", b"5")])
@example(200, ((b"content-type", b"a"), [b"content-type", b"b"]))
@given(CODES, FIELDS | FIELDS.map(tuple))
def test_plain_head_breaks_no_rule(status: int, headers: Any) -> None:
    # Twice: what was learnt at first sight must not hide anything at the second.
    for _ in range(2):
        try:
            known = plain_head(status, headers)
        except TypeError:
            known = None  # something in it cannot be hashed
        if known is not None:
            judge: Any = judge_for(HTTP_SCOPE)
            start = {"type": "http.response.start", "status": status}
            assert judge.sent({**start, "headers": headers}) == []
            head = judge.response.head
            assert known[2] in (
                (head.least, head.most) if head.most < 2**62 else [None]
            )


@each_row("rule", registered().values(), ids=lambda rule: rule.id)
def test_no_head_that_breaks_a_rule_is_plain(rule: Any) -> None:
    for way, event in rule.breaks.events:
        if way == "send" and type(event) is dict and "headers" in event:
            judge = judge_for(HTTP_SCOPE)
            found = judge.sent(event)
            if found and event["type"] == "http.response.start":
                headers = event["headers"]
                listed = type(headers) in (list, tuple)
                assert not listed or plain_head(event.get("status"), headers) is None


@pytest.mark.parametrize("status", [200, HTTPStatus.OK, 404, 422])
@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ([], None),
        (HEADERS, 5),
        (tuple(HEADERS), 5),
        ([list(pair) for pair in HEADERS], 5),
        ([(b"x-request-id", b"1"), *HEADERS], 5),
        ([(b"date", b"Mon, 10 Aug 2026 12:00:00 GMT")], None),
        ([(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")], None),
    ],
)
def test_common_head_is_plain(status: int, headers: Any, length: int | None) -> None:
    known = plain_head(status, headers)

    assert known == (status, [tuple(pair) for pair in headers], length)


@pytest.mark.parametrize(
    ("status", "headers", "length"),
    [
        (204, [], 0),
        (304, [(b"content-length", b"5")], 0),
        (302, [(b"location", b"/b")], None),
    ],
)
def test_status_may_settle_the_content(status: int, headers: Any, length: Any) -> None:
    assert plain_head(status, headers) == (status, headers, length)


CHALLENGE = [(b"www-authenticate", b"Basic"), (b"content-length", b"0")]


def start(status: Any, headers: Any) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("at", [0, 1], ids=["name", "value"])
async def test_memoryview_in_a_head_is_found_though_its_bytes_were_seen(
    status: int, at: int
) -> None:
    """A read-only memoryview is equal to its bytes, and has their hash."""
    headers: list[Any] = [(b"www-authenticate", b"Basic"), (b"content-length", b"5")]
    await drive(asgi_compare.validate(sends(start(status, headers), BODY)))
    await drive(asgi_compare.validate(sends(start(status, headers), BODY)))
    pair = [*headers[1]]
    pair[at] = memoryview(pair[at]).toreadonly()
    application = sends(start(status, [headers[0], tuple(pair)]), BODY)
    wrapped = asgi_compare.validate(application, side="application")

    await drive(wrapped)

    assert [each.rule for each in wrapped.findings] == ["asgi-headers/not-bytes"]


@pytest.mark.parametrize("as_list", [False, True])
async def test_head_that_was_changed_in_place_is_looked_at_again(as_list: bool) -> None:
    pairs: list[Any] = [[b"x-a", b"1"], [b"content-length", b"5"]]
    headers = pairs if as_list else [tuple(pair) for pair in pairs]
    wrapped = asgi_compare.validate(sends(start(200, headers), BODY))
    await drive(wrapped)
    await drive(wrapped)
    assert wrapped.findings == []

    if as_list:
        pairs[0][1] = b"1\n"
    else:
        headers[0] = (b"x-a", b"1\n")
    await drive(wrapped)

    assert [each.rule for each in wrapped.findings] == ["http/field-value"]


@pytest.mark.parametrize("status", [True, 200.0, "200", None])
def test_status_of_another_type_is_not_plain(status: Any) -> None:
    assert plain_head(200, []) is not None

    assert plain_head(status, []) is None


async def test_head_is_kept_as_it_was_when_it_was_sent() -> None:
    """The judge, who comes later, is told of the head that was sent."""
    headers = [(b"content-length", b"6")]

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, headers))
        headers[0] = (b"content-length", b"5")
        await send(BODY)

    wrapped = asgi_compare.validate(application, lambda _: None)
    await drive(wrapped)

    assert [each.message for each in wrapped.findings] == [
        "Expected 6 bytes of content, but got 5 (event 1 of 'GET /')."
    ]


def test_what_is_remembered_of_heads_is_bounded() -> None:
    for number in range(heads.REMEMBERED + 2):
        name = b"x-%d" % number
        assert plain_head(200, [(name, name), (b"link", b"</%d>" % number)])

    for memory in (heads._fields, heads._pairs):
        assert 0 < len(memory) <= heads.REMEMBERED


async def test_send_that_is_never_awaited_has_sent_nothing() -> None:
    kept: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, []))
        kept.append(send(BODY))

    wrapped = asgi_compare.validate(application, lambda _: None)
    await drive(wrapped)
    kept[0].close()

    assert [each.rule for each in wrapped.findings] == ["asgi-http/start-without-body"]


async def test_client_that_leaves_during_a_send_is_known_to_the_judge() -> None:
    """One `send` waits, another asks for the judge, and the first one raises."""
    reached, gone = asyncio.Event(), asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, []))
        waiting = asyncio.create_task(send({**BODY, "more_body": True}))
        await reached.wait()
        await send({**BODY, "more_body": True, "x-key": 1})
        gone.set()
        with pytest.raises(OSError, match="gone"):
            await waiting

    async def server_send(event: Any) -> None:
        if event.get("more_body") and "x-key" not in event:
            reached.set()
            await gone.wait()
            raise OSError("gone")

    wrapped = asgi_compare.validate(application, lambda _: None)
    await drive(wrapped, send=server_send)

    assert wrapped.findings == []


def test_copy_of_a_head_is_another_list() -> None:
    headers = copy.copy(HEADERS)
    known = plain_head(200, headers)
    headers.clear()

    assert known is not None
    assert known[1] == HEADERS
