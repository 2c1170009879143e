"""What is sent to a client that has gone is in vain, whatever an error handler begins.

Frameworks answer an exception of a view with a second answer. Where the exception was
the `OSError` of a `send`, that answer goes nowhere, and nobody is to blame.
"""

from __future__ import annotations

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.in_process import asgi_http
from asgi_compare.drive.in_process.stepping import Application
from asgi_compare.judge.rules import judge
from asgi_compare.model.transcript import Transcript
from tests.broken_apps.apps import BODY, END, MORE, START, Receive, Scope, Send, event

LEFT_AT_ONCE = Request(client=Client(leaves_after_sending=0))
LEAVES_LATER = Request(client=Client(leaves_after_hearing=1))


async def begins_anew(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an exception of `send` with an error page, as frameworks do."""
    try:
        await send(START)
        await send(MORE)
        await send(END)
    except OSError:
        try:
            await send(START | {"status": 500})
        finally:
            await send(BODY)


async def sends_nonsense(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await send(START)
    except OSError:
        await send(event("http.response.nonsense"))


async def starts_twice(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send(START)


async def played(application: Application, request: Request) -> Transcript:
    return await asgi_http.exchange(application, request, name="GET /")


async def test_second_start_to_a_client_that_had_left_is_no_finding() -> None:
    transcript = await played(begins_anew, LEFT_AT_ONCE)

    assert len(transcript.sent("http.response.start")) == 2
    assert judge(transcript) == []


async def test_second_start_to_a_client_that_left_meanwhile_is_no_finding() -> None:
    transcript = await played(begins_anew, LEAVES_LATER)

    assert len(transcript.sent("http.response.start")) == 2
    assert judge(transcript) == []


async def test_what_is_no_event_at_all_is_a_finding_even_then() -> None:
    transcript = await played(sends_nonsense, LEFT_AT_ONCE)

    assert [each.rule for each in judge(transcript)] == ["asgi/unknown-event-type"]


async def test_second_start_to_a_client_that_is_there_is_a_finding() -> None:
    transcript = await played(starts_twice, Request())

    assert [each.rule for each in judge(transcript)] == ["asgi-http/start-twice"]
