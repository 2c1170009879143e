"""Whole scenarios, played against uvicorn and hypercorn."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from asgi_compare.contract.scenario import (
    Client,
    Conversation,
    Exchange,
    Expectation,
    Expected,
    ExpectedConversation,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.drive.live.exchange import drive, play
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.model.transcript import Dialogue, Excerpt, Response, Transcript
from tests.places import ROOT


@pytest.fixture(scope="module", params=["uvicorn", "uvicorn-h11", "hypercorn"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    row = SERVERS[request.param]
    target = "tests.drive.live.live_app:application"
    with start(row, target, interface="asgi", app_dir=str(ROOT)) as running:
        yield running


Play = Callable[..., Transcript]


@pytest.fixture
def played(server: RunningServer) -> Play:
    """Play an exchange against the server, as part of a scenario."""

    def play_it(
        exchange: Exchange,
        *,
        expected: Expectation | None = None,
        holds: Callable[[Transcript], bool] = lambda transcript: True,
        **more: Any,
    ) -> Transcript:
        expected = expected or Expected()
        scenario = Scenario("a", "b", "It works.", exchange, expected, **more)
        return drive(server.host, server.port, scenario, holds=holds)

    return play_it


def response(transcript: Transcript) -> Response:
    assert transcript.response is not None, transcript.ending
    return transcript.response


def dialogue(transcript: Transcript) -> Dialogue:
    assert isinstance(transcript.answer, Dialogue), transcript.ending
    return transcript.answer


def body(transcript: Transcript) -> bytes:
    kept = response(transcript).body
    assert isinstance(kept, bytes)
    return kept


def says(wanted: bytes) -> Callable[[Transcript], bool]:
    return lambda transcript: body(transcript) == wanted


FORGET = Request(target=b"/forget")
LOG = Request(target=b"/log")


def test_answer_is_written_down(played: Play) -> None:
    transcript = played(Request(target=b"/hello"))
    assert transcript.scenario == "a/b"
    assert transcript.interface == "wire"
    assert transcript.ending.kind == "returned"
    assert transcript.notes == ()
    answer = response(transcript)
    assert answer.header(b"content-length") == [b"13"]
    assert answer.header(b"connection") == []
    assert (answer.status, answer.body, answer.pieces, answer.complete) == (
        200,
        b"Hello, world!",
        (13,),
        True,
    )


def test_pieces_are_those_that_the_application_sent(played: Play) -> None:
    transcript = played(Request(target=b"/pieces"))
    assert response(transcript).pieces == (10, 70_000, 1)


def test_head_has_no_pieces(played: Play) -> None:
    answer = response(played(Request("HEAD", b"/pieces")))
    assert (answer.body, answer.pieces, answer.complete) == (b"", (), True)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_large_body_goes_both_ways(played: Play, chunked: bool) -> None:
    pieces = (bytes(range(256)) * 256,) * 160
    request = Request("POST", b"/echo", body=pieces, chunked=chunked)
    answer = response(played(request, deadline=20))
    assert answer.body == Excerpt.of(b"".join(pieces))
    assert answer.complete


def test_answer_that_breaks_off_is_not_complete(played: Play) -> None:
    transcript = played(Request(target=b"/breaks"))
    assert response(transcript).complete is False
    assert body(transcript) == b"part"
    assert transcript.notes == ("The connection ended in the middle of the response.",)


LEAVING = {
    "while-sending": Request(
        "POST",
        b"/echo",
        body=(b"one", b"two", b"three"),
        client=Client(leaves_after_sending=2),
    ),
    "while-hearing": Request(target=b"/drip", client=Client(leaves_after_hearing=3)),
    "while-waiting": Request(target=b"/poll", client=Client(leaves_after=0.05)),
}


@pytest.mark.parametrize("request_", LEAVING.values(), ids=LEAVING)
def test_application_learns_that_the_client_left(
    played: Play, request_: Request
) -> None:
    transcript = played(
        LOG, before=(FORGET, request_), eventually=True, holds=says(b"left")
    )
    assert body(transcript) == b"left"
    assert transcript.notes == ()


def test_client_that_left_says_when(played: Play) -> None:
    transcript = played(LEAVING["while-hearing"])
    assert transcript.left_at_ns is not None
    assert 0 < transcript.left_at_ns <= transcript.elapsed_ns
    assert response(transcript).pieces == (1, 1, 1)


def test_scenario_that_never_holds_ends_with_its_deadline(played: Play) -> None:
    transcript = played(
        LOG, before=(FORGET,), eventually=True, deadline=0.2, holds=says(b"no")
    )
    assert transcript.notes == ("Asked again until the deadline.",)


@pytest.mark.parametrize("path", [b"/poll", b"/poll_twice"], ids=["once", "again"])
def test_request_meanwhile_ends_the_waiting(played: Play, path: bytes) -> None:
    news = Request("POST", b"/announce", body=(b"ping",))
    assert body(played(Request(target=path), meanwhile=(news,))) == b"ping"


def test_crowd_is_there_at_once(played: Play) -> None:
    transcript = played(Request(target=b"/together"), at_once=10)
    assert len(transcript.requests) == 9
    assert [body(each) for each in (transcript, *transcript.requests)] == [b"ten"] * 10


def test_crowd_is_told_meanwhile_once(played: Play) -> None:
    news = Request("POST", b"/announce", body=(b"ping",))
    transcript = played(Request(target=b"/poll"), meanwhile=(news,), at_once=3)
    assert len(transcript.requests) == 2
    assert [body(each) for each in (transcript, *transcript.requests)] == [b"ping"] * 3


def test_requests_of_a_lifetime_are_made(played: Play) -> None:
    requests = (FORGET, Request(target=b"/hello"))
    transcript = played(Lifetime(requests=requests))
    assert transcript.answer is None
    assert [each.scenario for each in transcript.requests] == [
        "GET /forget",
        "GET /hello",
    ]
    assert [body(each) for each in transcript.requests] == [b"", b"Hello, world!"]


def test_messages_come_back_in_order(played: Play) -> None:
    messages: tuple[str | bytes, ...] = ("Grüße", b"\x00\xff", "", b"")
    messages += tuple(f"message {n}" for n in range(1000))
    transcript = played(
        Conversation(b"/ws/echo", says=messages, subprotocols=("a", "b")),
        expected=ExpectedConversation(hears=messages),
    )
    assert transcript.ending.kind == "returned"
    answer = dialogue(transcript)
    assert answer.handshake.status == 101
    assert answer.subprotocol == "b"
    assert answer.heard == messages
    assert answer.code is None


def test_message_of_one_mebibyte_is_whole(played: Play) -> None:
    messages = (b"x" * (1 << 20),)
    transcript = played(
        Conversation(b"/ws/echo", says=messages, subprotocols=("b",)),
        expected=ExpectedConversation(hears=messages),
    )
    assert dialogue(transcript).heard == messages


# RFC 6455, 7.1.5: the code of the close frame; 1006 if there was none.
TOLD = {
    ("uvicorn", "closes"): b"4002",
    ("uvicorn", "vanishes"): b"1005",  # websockets_sansio_impl.py, connection_lost
    ("hypercorn", "closes"): b"1006",  # protocol/ws_stream.py: it tells only its own
    ("hypercorn", "vanishes"): b"1006",
}


@pytest.mark.parametrize("leaves", ["closes", "vanishes"])
def test_application_learns_how_the_conversation_ended(
    server: RunningServer, played: Play, leaves: Any
) -> None:
    played(FORGET)
    transcript = played(
        Conversation(
            b"/ws/echo", says=("hi",), subprotocols=("b",), leaves=leaves, code=4002
        ),
        expected=ExpectedConversation(hears=("hi",)),
    )
    assert dialogue(transcript).heard == ("hi",)
    assert transcript.left_at_ns is not None
    wanted = b"left with " + TOLD[server.server.distribution, leaves]
    again = played(LOG, eventually=True, holds=says(wanted))
    assert body(again) == wanted


def test_application_closes_with_code_and_reason(played: Play) -> None:
    answer = dialogue(played(Conversation(b"/ws/close", leaves="stays")))
    assert answer.heard == ("last words",)
    assert (answer.code, answer.reason) == (4001, "later")


def test_rejection_is_403(played: Play) -> None:
    answer = dialogue(played(Conversation(b"/ws/reject", leaves="stays")))
    assert answer.handshake.status == 403
    assert answer.heard == ()


def test_denial_is_a_response(played: Play) -> None:
    handshake = response(played(Conversation(b"/ws/deny", leaves="stays")))
    assert handshake.status == 401
    assert handshake.header(b"www-authenticate") == [b"Bearer"]
    assert handshake.body == b"sign in first"


def test_drive_works_in_any_thread(server: RunningServer) -> None:
    scenario = Scenario("hello", "get", "It greets.", Request(target=b"/hello"))
    found = []
    thread = threading.Thread(
        target=lambda: found.append(drive(server.host, server.port, scenario))
    )
    thread.start()
    thread.join(10)
    assert body(found[0]) == b"Hello, world!"


async def test_play_works_in_a_loop(server: RunningServer) -> None:
    scenario = Scenario("hello", "get", "It greets.", Request(target=b"/hello"))
    transcript = await play(server.host, server.port, scenario)
    assert body(transcript) == b"Hello, world!"
