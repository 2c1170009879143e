"""Clients that leave or are slow, and applications that do not end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.in_process.wsgi import exchange
from asgi_compare.model.transcript import MAX_BYTES, MAX_EVENTS, Excerpt, Response
from tests.drive.in_process.wsgi_blocks import Closing, hello


def test_client_leaves_and_the_iterable_is_closed() -> None:
    blocks = Closing(*[b"x"] * 9)

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return blocks

    transcript = exchange(application, Request(client=Client(leaves_after_hearing=2)))

    assert blocks.closed == 1
    assert transcript.sent("yield") == [{"type": "yield", "body": b"x"}] * 3
    assert transcript.sent()[-1] == {"type": "close"}
    assert transcript.answer == Response(200, "OK", (), b"xx", (1, 1), complete=False)
    assert transcript.ending.kind == "returned"
    assert transcript.left_at_ns is not None


def test_client_leaves_with_the_block_that_has_its_last_byte() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"xyz"] * 9

    transcript = exchange(application, Request(client=Client(leaves_after_bytes=4)))

    assert transcript.response is not None
    assert transcript.response.pieces == (3, 3)
    assert transcript.left_at_ns is not None


def test_write_to_a_client_that_has_left_raises() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [])
        while True:
            write(b"x")

    transcript = exchange(application, Request(client=Client(leaves_after_hearing=1)))

    assert transcript.ending.error == (
        "ClientDisconnected: The client has disconnected."
    )
    assert len(transcript.sent("write")) == 2


def test_client_leaves_after_some_time() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        while True:
            time.sleep(0.002)
            yield b"x"

    transcript = exchange(application, Request(client=Client(leaves_after=0.02)))

    assert transcript.left_at_ns is not None
    assert transcript.left_at_ns >= 0.02e9
    assert transcript.response is not None
    assert not transcript.response.complete


def test_client_that_leaves_before_the_answer_gets_none() -> None:
    request = Request("POST", body=(b"a", b"b"), client=Client(leaves_after_sending=1))

    def application(environ: Any, start_response: Any) -> Any:
        assert environ["wsgi.input"].read() == b"a"
        return hello(environ, start_response)

    transcript = exchange(application, request)

    assert transcript.answer is None
    assert transcript.sent("yield") == [{"type": "yield", "body": b"hello"}]


def test_server_waits_for_a_client_that_reads_slowly() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"a", b"b"]

    transcript = exchange(application, Request(client=Client(reads_every=0.02)))

    first, second = (e.at_ns for e in transcript.events[2:])
    assert second - first >= 0.02e9


def test_large_body_is_kept_as_an_excerpt() -> None:
    piece = b"x" * (MAX_BYTES // 2)

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [piece] * 4

    transcript = exchange(application, Request())

    assert [each["body"] for each in transcript.sent("yield")] == [
        piece,
        piece,
        Excerpt.of(piece),
        Excerpt.of(piece),
    ]
    assert transcript.response is not None
    assert transcript.response.body == Excerpt.of(piece * 4)
    assert transcript.response.pieces == (len(piece),) * 4


def test_flood_of_blocks_is_cut_off() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        while True:
            yield b"x"

    transcript = exchange(application, Request())

    assert transcript.ending.kind == "flooded"
    assert len(transcript.events) == MAX_EVENTS + 1  # and the close


def test_flood_of_writes_cannot_be_caught() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [])
        while True:
            try:
                write(b"x")
            except Exception:
                continue

    assert exchange(application, Request()).ending.kind == "flooded"


def test_application_that_still_calls_is_stopped_at_the_deadline() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        while True:
            time.sleep(0.005)
            yield b"x"

    transcript = exchange(application, Request(), deadline=0.03)

    assert transcript.ending.kind == "timed out"
    assert transcript.response is not None
    assert not transcript.response.complete


def test_deadline_before_the_answer_leaves_none() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        time.sleep(0.02)
        return hello(environ, start_response)

    transcript = exchange(application, Request(), deadline=0.01)

    assert (transcript.answer, transcript.ending.kind) == (None, "timed out")


def test_close_may_still_call_the_server_after_the_deadline() -> None:
    class Reading(Closing):
        def close(self) -> None:
            self.read()

        read: Any = None

    def application(environ: Any, start_response: Any) -> Any:
        blocks = Reading()
        blocks.read = environ["wsgi.input"].read
        start_response("200 OK", [])
        time.sleep(0.02)
        return blocks

    transcript = exchange(application, Request(), deadline=0.01)

    assert transcript.ending.kind == "timed out"


def test_keyboard_interrupt_is_not_the_applications() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exchange(application, Request())
