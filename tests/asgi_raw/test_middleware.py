"""The application by hand on ASGI, where the contract has no scenario for it."""

import asyncio

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Response, Transcript
from asgi_raw.app import application
from asgi_raw.events import BadRequest, Event, Receive, Scope, Send
from asgi_raw.middleware import errors, head
from tests.asgi_raw.serving import Sent, http, never, play

START: Event = {"type": "http.response.start", "status": 200, "headers": []}


async def ask(target: bytes, method: str = "GET") -> Transcript:
    return await exchange(application, Request(method, target))


def body_events(transcript: Transcript) -> list[Event]:
    return [e for e in transcript.sent() if e["type"] == "http.response.body"]


async def test_answer_to_an_error_has_no_body_for_head() -> None:
    """And the server still hears of the error."""
    transcript = await ask(b"/error", "HEAD")
    assert transcript.response is not None
    assert transcript.response.status == 500
    assert body_events(transcript) == [{"type": "http.response.body", "body": b""}]
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error == "RuntimeError: this endpoint always fails"


async def test_answer_to_a_mistake_has_no_body_for_head() -> None:
    transcript = await ask(b"/stream?pieces=many", "HEAD")
    assert transcript.response is not None
    assert transcript.response.status == 400
    assert body_events(transcript) == [{"type": "http.response.body", "body": b""}]
    assert transcript.ending.kind == "returned"


async def test_error_is_raised_though_its_answer_cannot_be_sent() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the error")

    async def send(event: Event) -> None:
        raise OSError("the client has left")

    with pytest.raises(RuntimeError, match="the error"):
        await errors(app)({"type": "http"}, never, send)


@pytest.mark.parametrize("number", ["nan", "inf", "1e400", "1_0", "-1", "", "9" * 10])
async def test_number_that_python_would_take_is_refused(number: str) -> None:
    answer = (await ask(f"/stream?size={number}".encode())).answer
    assert isinstance(answer, Response)
    assert answer.status == 400
    assert answer.text == f"Expected a number for 'size', but got {number!r}."


async def test_state_that_is_not_offered_starts_empty() -> None:
    transcript = await ask(b"/state?visit=1")
    assert transcript.response is not None
    assert transcript.response.body == b'{"greeting":null,"visits":1,"visitors":1}'


async def test_mistake_that_is_found_after_the_start_breaks_the_response_off() -> None:
    """There is no second start: the exception is for the server."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        raise BadRequest("too late")

    sent = Sent()
    with pytest.raises(BadRequest, match="too late"):
        await errors(app)({"type": "http"}, never, sent)
    assert sent == [START]


async def test_mistake_is_answered_and_no_error_of_the_server() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise BadRequest("so not")

    begin, body = await play(errors(app), http())
    assert (begin["status"], body["body"]) == (400, b"so not")


async def test_cancellation_is_not_answered() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    sent = Sent()
    with pytest.raises(asyncio.CancelledError):
        await errors(app)({"type": "http"}, never, sent)
    assert sent == []


async def test_head_lets_pass_what_comes_before_the_start() -> None:
    """Extensions have events for that, early hints among them."""
    hint = {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]}
    reached: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(hint)
        await send(START)
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b"y"})
        reached.append("the end")

    sent = await play(head(app), http(method="HEAD"))
    assert sent == [hint, START, {"type": "http.response.body", "body": b""}]
    assert reached == ["the end"]


async def test_endpoint_that_watches_its_client_stops_early_for_head() -> None:
    """The response is complete with its start, and "http.disconnect" says so."""
    transcript = await ask(b"/drip?id=head", "HEAD")
    assert [event["type"] for event in transcript.received()] == [
        "http.request",
        "http.disconnect",
    ]
    assert transcript.elapsed_ns < 1_000_000_000
