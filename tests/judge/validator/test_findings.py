"""What becomes of what is found."""

from __future__ import annotations

import logging
import pickle
import tracemalloc
from typing import Any

import pytest

import asgi_compare
from asgi_compare.judge.rules.engine.examples import HTTP_SCOPE
from asgi_compare.judge.validator import Observed, Violation
from asgi_compare.judge.validator.findings import PLACES
from tests.judge.validator.driving import BODY, MORE, START, drive, sends, wsgi


async def test_finding_is_logged_once_for_each_rule_and_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrapped = asgi_compare.validate(sends(BODY, START, BODY))

    for path in ("/a", "/b", "/a"):
        await drive(wrapped, {**HTTP_SCOPE, "path": path, "raw_path": path.encode()})

    assert [(each.name, each.levelno) for each in caplog.records] == [
        ("asgi-compare", logging.ERROR)
    ] * 2
    assert caplog.records[0].getMessage().splitlines() == [
        "asgi-http/body-before-start: Expected 'http.response.start', but got "
        "'http.response.body' (event 0 of 'GET /a').",
        "  send    {'type': 'http.response.body', 'body': b'hello'}",
        "  Send `http.response.start` first.",
        "  https://asgi.readthedocs.io/en/latest/specs/www.html"
        "#response-start-send-event",
    ]
    assert [each.scenario for each in wrapped.findings] == ["GET /a", "GET /b"]


async def test_finding_shows_what_passed_before() -> None:
    wrapped = asgi_compare.validate(sends(START, MORE, MORE, {"type": "http.pause"}))

    await drive(wrapped)
    await drive(wrapped, {**HTTP_SCOPE, "path": "/b", "raw_path": b"/b"})

    assert wrapped.findings[-2].recent == (
        "send    {'type': 'http.response.start', 'status': 200, 'headers': []}",
        "send    {'type': 'http.response.body', 'body': b'hello', 'more_body': True}",
        "send    {'type': 'http.pause'}",
    )
    assert wrapped.findings[-2].evidence == (3,)


async def test_function_is_called_with_each_finding() -> None:
    found: list[Observed] = []
    wrapped = asgi_compare.validate(sends(BODY, START, BODY), found.append)

    await drive(wrapped)
    await drive(wrapped)

    assert found == wrapped.findings
    assert len(found) == 1


async def test_violation_is_raised_where_it_happens_and_is_not_sent() -> None:
    reached: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        reached.append("started")
        await send({"type": "http.response.body", "body": "text"})
        reached.append("never")

    wrapped = asgi_compare.validate(application, "raise")
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    with pytest.raises(Violation, match="asgi-http/body-type") as caught:
        await drive(wrapped, send=send)
    assert reached == ["started"]
    assert sent == [START]
    assert caught.value.finding == wrapped.findings[0]
    assert pickle.loads(pickle.dumps(caught.value)).finding == wrapped.findings[0]


async def test_violation_that_is_swallowed_is_raised_at_the_end() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(Violation):
            await send(BODY)
        await send(START)  # as an error page would; it is not judged any more
        await send(START)
        await receive()

    wrapped = asgi_compare.validate(application, "raise")

    with pytest.raises(Violation):
        await drive(wrapped)
    assert len(wrapped.findings) == 1


async def test_violation_at_the_end_is_raised_out_of_the_call() -> None:
    with pytest.raises(Violation, match="asgi-http/unfinished-body"):
        await drive(asgi_compare.validate(sends(START, MORE), "raise"))


async def test_what_is_unclear_is_never_raised() -> None:
    wrapped = asgi_compare.validate(sends(START, BODY, BODY), "raise")

    assert await drive(wrapped) == [START, BODY, BODY]
    assert [each.level for each in wrapped.findings] == ["unclear"]


async def test_violation_does_not_hide_the_exception_of_the_server() -> None:
    async def refuse(event: Any) -> None:
        if "x" in event:
            raise RuntimeError("no extra keys")

    wrapped = asgi_compare.validate(sends(START, {**BODY, "x": 1}), "raise")

    with pytest.raises(RuntimeError, match="no extra keys"):
        await drive(wrapped, send=refuse)
    assert [each.rule for each in wrapped.findings] == ["asgi/extra-key-refused"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["asgi-http/no-response"]),
        ({"select": ["asgi-http/*"]}, ["asgi-http/no-response"]),
        ({"select": ["http/*"]}, []),
        ({"exclude": ["*/no-*"]}, []),
        ({"level": "must"}, []),
        ({"side": "server"}, []),
    ],
)
async def test_rules_can_be_chosen(options: Any, found: list[str]) -> None:
    wrapped = asgi_compare.validate(sends(), **options)

    await drive(wrapped)

    assert [each.rule for each in wrapped.findings] == found


def test_wrong_on_finding_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Expected 'log', 'raise' or a function"):
        asgi_compare.validate(wsgi, "shout")  # type: ignore[arg-type]


async def test_findings_are_kept_up_to_a_limit() -> None:
    wrapped = asgi_compare.validate(sends(BODY), lambda _: None)

    for number in range(PLACES + 1):
        path = f"/{number}"
        await drive(wrapped, {**HTTP_SCOPE, "path": path, "raw_path": path.encode()})

    assert len(wrapped.findings) == PLACES


async def test_cancelled_send_is_no_answer_of_the_server() -> None:
    class Cancelled(BaseException):
        pass

    async def cancel(event: Any) -> None:
        raise Cancelled

    wrapped = asgi_compare.validate(sends({**START, "x": 1}))

    with pytest.raises(Cancelled):
        await drive(wrapped, send=cancel)
    assert wrapped.findings == []


@pytest.mark.parametrize("piece", [MORE, {**MORE, "x": 1}], ids=["usual", "unusual"])
async def test_endless_stream_is_watched_in_constant_space(piece: Any) -> None:
    async def nothing(event: Any) -> None:
        pass

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        for _ in range(200):
            await send({**piece, "body": bytes(100_000)})
        await send(BODY)

    wrapped = asgi_compare.validate(application)

    tracemalloc.start()
    try:
        await drive(wrapped, send=nothing)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 3_000_000
    assert wrapped.findings == []
