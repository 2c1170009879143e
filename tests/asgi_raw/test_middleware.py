"""The application by hand on ASGI, where the contract has no scenario for it."""

import pytest

from asgi_raw.app import application
from asgi_raw.events import Event, Receive, Scope, Send
from asgi_raw.middleware import errors
from compare.contract.scenario import Request
from compare.drivers.asgi_http import exchange
from compare.transcript import Response, Transcript


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

    async def receive() -> Event:
        raise AssertionError("Nobody asks.")

    with pytest.raises(RuntimeError, match="the error"):
        await errors(app)({"type": "http"}, receive, send)


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
