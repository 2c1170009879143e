from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.wsgi import exchange
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import crossed, sent
from tests.drive.in_process.wsgi_blocks import (
    LENGTH_FIELD,
    Closing,
    hello,
    returned,
    started,
    yielded,
)

OK = Response(200, "OK", ((b"content-length", b"5"),), b"hello", (5,))


def test_exchange_is_recorded_whole() -> None:
    transcript = exchange(hello, Request(), name="hello/plain")

    assert crossed(transcript) == [
        started(LENGTH_FIELD),
        returned(1),
        yielded(b"hello"),
    ]
    assert transcript.scenario == "hello/plain"
    assert transcript.interface == "wsgi"
    assert transcript.answer == OK
    assert transcript.ending.kind == "returned"
    assert [entry.size for entry in transcript.events] == [0, 0, 5]
    assert transcript.threads == (threading.get_ident(),)
    assert transcript.notes == ()


def test_iterable_is_closed_at_the_end() -> None:
    blocks = Closing(b"he", b"", b"llo")

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        return blocks

    transcript = exchange(application, Request())

    assert blocks.closed == 1
    assert crossed(transcript) == [
        started(LENGTH_FIELD),
        returned(close=True),
        yielded(b"he"),
        yielded(b""),
        yielded(b"llo"),
        sent(type="close"),
    ]
    assert transcript.answer == Response(200, "OK", OK.headers, b"hello", (2, 3))


def test_start_response_may_come_with_the_first_step_of_a_generator() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        yield b"hello"

    assert exchange(application, Request()).answer == OK


def test_write_sends_before_the_iterable() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [LENGTH_FIELD])
        write(b"he")
        return [b"llo"]

    transcript = exchange(application, Request())

    assert crossed(transcript) == [
        started(LENGTH_FIELD),
        sent(type="write", body=b"he"),
        returned(1),
        yielded(b"llo"),
    ]
    assert transcript.answer == Response(200, "OK", OK.headers, b"hello", (2, 3))


def test_second_start_response_replaces_the_first_with_exc_info() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        try:
            raise LookupError("lost")
        except LookupError:
            start_response("503 Sorry", [], sys.exc_info())
        return []

    transcript = exchange(application, Request())

    assert crossed(transcript) == [
        started(LENGTH_FIELD),
        started(status="503 Sorry", error="LookupError: lost"),
        returned(0),
    ]
    assert transcript.answer == Response(503, "Sorry")


def test_exc_info_is_raised_when_the_headers_have_been_sent() -> None:
    blocks: list[str] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        yield b"hel"
        try:
            raise LookupError("lost")
        except LookupError:
            start_response("500 Sorry", [], sys.exc_info())
        blocks.append("not reached")

    transcript = exchange(application, Request())

    assert blocks == []
    assert transcript.ending.kind == "raised"
    assert transcript.ending.error == "LookupError: lost"
    assert transcript.answer == Response(
        200, "OK", OK.headers, b"hel", (3,), complete=False
    )


def test_headers_are_not_sent_before_the_first_block_that_is_not_empty() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        yield b""
        try:
            raise LookupError("lost")
        except LookupError:
            start_response("500 Sorry", [], sys.exc_info())
        yield b"sorry"

    transcript = exchange(application, Request())

    assert transcript.answer == Response(500, "Sorry", (), b"sorry", (5,))


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        (LookupError("lost"), LookupError),
        ((LookupError, "lost"), (type, str)),
        ("lost", str),
    ],
)
def test_exc_info_that_is_none_is_known_by_its_type(wrong: Any, kept: Any) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD], wrong)
        return [b"hello"]

    transcript = exchange(application, Request())

    assert crossed(transcript)[0] == started(LENGTH_FIELD, error=kept)
    assert transcript.answer == OK


def test_streams_that_are_closed_are_recorded_and_stay_open() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"].close()
        environ["wsgi.errors"].close()
        assert environ["wsgi.input"].read() == b"a"
        environ["wsgi.errors"].write("still here")
        return hello(environ, start_response)

    transcript = exchange(application, Request("POST", body=(b"a",)))

    assert crossed(transcript)[:2] == [
        sent(type="wsgi.input.close"),
        sent(type="wsgi.errors.close"),
    ]
    assert transcript.notes == ("wsgi.errors: still here",)
    assert transcript.answer == OK


def test_length_that_cannot_be_had_is_not_recorded() -> None:
    class Blocks(Closing):
        def __len__(self) -> int:
            raise LookupError("lost")

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [LENGTH_FIELD])
        return Blocks(b"hello")

    transcript = exchange(application, Request())

    assert crossed(transcript)[1] == returned(None, close=True)
    assert transcript.answer == OK


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_client_gets_no_body_where_http_has_none(status: str) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response(status, [])
        return [b"x"]

    response = exchange(application, Request()).response

    assert response is not None
    assert (response.body, response.pieces) == (b"", ())


def test_head_has_no_body() -> None:
    assert exchange(hello, Request("HEAD")).answer == Response(200, "OK", OK.headers)
