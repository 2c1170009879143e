"""Scenarios, with all that they may ask for besides one exchange."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from asgi_compare.contract.scenario import (
    Conversation,
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.drive import drive
from asgi_compare.model.transcript import Dialogue, Transcript
from tests.drive.in_process.crossed import body, start


def scenario(exchange: Any = Request(), expected: Any = Expected(), **more: Any) -> Any:  # noqa: B008
    return Scenario("endpoint", "case", "Shows.", exchange, expected, **more)


def text_of(transcript: Transcript) -> str:
    assert transcript.response is not None
    return transcript.response.text


class Board:
    """An application that adds what is posted to a list and shows it on GET.

    It is one on ASGI and one on WSGI, so that both can be driven alike.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.notes: list[str] = []
        self.delay = delay

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            self.notes.append(scope["path"])
            if scope["path"] == "/fail":
                raise LookupError
        else:
            for _ in range(200):
                if self.notes or not self.delay:
                    break
                await asyncio.sleep(self.delay)
        await send(start())
        await send(body(" ".join(self.notes).encode()))

    def wsgi(self, environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            self.notes.append(environ["PATH_INFO"])
            if environ["PATH_INFO"] == "/fail":
                raise LookupError
        else:
            for _ in range(200):
                if self.notes or not self.delay:
                    break
                time.sleep(self.delay)
        start_response("200 OK", [])
        return [" ".join(self.notes).encode()]


@pytest.fixture(params=["asgi", "wsgi"])
def interface(request: pytest.FixtureRequest) -> Any:
    return request.param


def play(board: Board, interface: Any, wanted: Any, **more: Any) -> Transcript:
    return drive(getattr(board, interface), interface, wanted, **more)


def test_scenario_gives_its_name(interface: str) -> None:
    transcript = play(Board(), interface, scenario())

    assert transcript.scenario == "endpoint/case"
    assert transcript.interface == interface
    assert transcript.notes == ()
    assert transcript.requests == ()


def test_requests_before_prepare_the_ground(interface: str) -> None:
    before = (Request("POST", b"/a"), Request("POST", b"/b"))

    transcript = play(Board(), interface, scenario(before=before))

    assert text_of(transcript) == "/a /b"
    assert transcript.notes == ()


def test_request_before_that_fails_is_noted(interface: str) -> None:
    transcript = play(Board(), interface, scenario(before=(Request("POST", b"/fail"),)))

    assert transcript.notes == ("POST /fail (before) got 500.",)


def test_requests_meanwhile_reach_an_exchange_that_is_waiting(interface: str) -> None:
    wanted = scenario(meanwhile=(Request("POST", b"/news"),))

    transcript = play(Board(delay=0.01), interface, wanted)

    assert text_of(transcript) == "/news"
    assert transcript.elapsed_ns >= 0.05e9


def test_scenario_is_asked_again_until_it_holds(interface: str) -> None:
    board = Board()
    asked: list[str] = []

    def holds(transcript: Transcript) -> bool:
        asked.append(text_of(transcript))
        board.notes.append("x")
        return asked[-1] == "x x"

    transcript = play(board, interface, scenario(eventually=True), holds=holds)

    assert asked == ["", "x", "x x"]
    assert text_of(transcript) == "x x"


def test_scenario_is_not_asked_for_ever(interface: str) -> None:
    wanted = scenario(eventually=True, deadline=0.05)

    began = time.monotonic()
    transcript = play(Board(), interface, wanted, holds=lambda _: False)

    assert time.monotonic() - began >= 0.05
    assert text_of(transcript) == ""


def test_scenario_is_asked_once_unless_it_says_eventually(interface: str) -> None:
    """And one that says nothing about what holds is content with the first answer."""
    asked: list[Transcript] = []

    def holds(transcript: Transcript) -> bool:
        asked.append(transcript)
        return False

    board = Board()
    play(board, interface, scenario(Request("POST", b"/a")), holds=holds)
    play(board, interface, scenario(Request("POST", b"/b"), eventually=True))

    assert asked == []
    assert board.notes == ["/a", "/b"]


def test_crowd_runs_at_the_same_time_on_asgi() -> None:
    waiting: list[int] = []

    async def meets(scope: Any, receive: Any, send: Any) -> None:
        waiting.append(1)
        while len(waiting) < 50:
            await asyncio.sleep(0)
        await send(start())
        await send(body())

    transcript = drive(meets, "asgi", scenario(at_once=50))

    everyone = [transcript, *transcript.requests]
    assert len(everyone) == 50
    assert {each.ending.kind for each in everyone} == {"returned"}
    assert {each.threads for each in everyone} == {(threading.get_ident(),)}


def test_crowd_runs_at_the_same_time_on_wsgi() -> None:
    everybody = threading.Barrier(50, timeout=5)

    def meets(environ: Any, start_response: Any) -> Any:
        everybody.wait()
        start_response("200 OK", [])
        return []

    transcript = drive(meets, "wsgi", scenario(at_once=50))

    everyone = [transcript, *transcript.requests]
    assert len(everyone) == 50
    assert {each.ending.error for each in everyone} == {""}
    assert len({each.threads for each in everyone}) == 50


def test_conversation_waits_for_as_many_messages_as_are_expected() -> None:
    async def pushes(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        for number in "123":
            await asyncio.sleep(0.001)
            await send({"type": "websocket.send", "text": number})
        await receive()
        assert (await receive())["type"] == "websocket.disconnect"

    expected = ExpectedConversation(hears=("1", "2", "3"))
    transcript = drive(pushes, "asgi", scenario(Conversation(), expected))

    assert isinstance(transcript.answer, Dialogue)
    assert transcript.answer.heard == ("1", "2", "3")
    assert transcript.ending.kind == "returned"


def test_conversation_may_come_without_expectations() -> None:
    async def refuses(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.close"})

    transcript = drive(refuses, "asgi", scenario(Conversation()))

    assert transcript.response is not None
    assert transcript.response.status == 403


def test_lifetime_is_played_with_its_requests() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise LookupError
        await send(start())
        await send(body())

    lifetime = Lifetime(requests=(Request(), Request()))
    transcript = drive(application, "asgi", scenario(lifetime, ExpectedLifetime()))

    assert len(transcript.requests) == 2
    assert transcript.ending.kind == "raised"


@pytest.mark.parametrize(
    ("exchange", "message"),
    [
        (Conversation(), "WSGI has no websocket: 'endpoint/case'."),
        (Lifetime(), "WSGI has no lifespan: 'endpoint/case'."),
    ],
)
def test_wsgi_has_one_kind_of_exchange(exchange: Any, message: str) -> None:
    with pytest.raises(ValueError, match="WSGI has no") as raised:
        drive(Board().wsgi, "wsgi", scenario(exchange))

    assert str(raised.value) == message
