"""Applications that a WSGI server cannot go on with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.wsgi import exchange
from asgi_compare.model.transcript import Response
from tests.drive.in_process.crossed import SERVER_ERROR
from tests.drive.in_process.wsgi_blocks import Closing

REFUSED: dict[str, tuple[tuple[Any, Any], str]] = {
    "status as bytes": (
        (b"200 OK", []),
        "Expected a status such as '200 OK', got b'200 OK'.",
    ),
    "no number": (("OK", []), "Expected a status such as '200 OK', got 'OK'."),
    "headers as a tuple": (
        ("200 OK", ()),
        "Expected the headers as a list, but got ().",
    ),
    "header as bytes": (
        ("200 OK", [(b"a", b"b")]),
        "Expected a pair of strings, but got (b'a', b'b').",
    ),
    "header as a list": (
        ("200 OK", [["a", "b"]]),
        "Expected a pair of strings, but got ['a', 'b'].",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_start_response_raises_on_what_cannot_be_sent(case: str) -> None:
    (status, headers), error = REFUSED[case]

    def application(environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return []

    transcript = exchange(application, Request())

    assert transcript.ending.error == f"AssertionError: {error}"
    assert transcript.answer == SERVER_ERROR


def test_second_start_response_without_exc_info_raises() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        start_response("201 Created", [])
        return []

    transcript = exchange(application, Request())

    assert transcript.ending.error == (
        "AssertionError: A second start_response() without exc_info."
    )
    assert len(transcript.events) == 2


def test_write_raises_on_what_is_no_byte_string() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])("text")
        return []

    transcript = exchange(application, Request())

    assert transcript.ending.error == (
        "TypeError: Expected a byte string, but got 'text'."
    )
    assert transcript.answer == SERVER_ERROR


BROKEN: dict[str, tuple[Any, str]] = {
    "text": (
        lambda e, s: s("200 OK", []) and ["text"],
        "Expected a byte string, but got 'text'.",
    ),
    "None": (
        lambda e, s: None,
        "Expected an iterable, but got None.",
    ),
    "never started": (
        lambda e, s: [],
        "Expected start_response() to be called.",
    ),
    "started too late": (
        lambda e, s: [b"x"],
        "Expected start_response() before the first piece.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_server_answers_for_an_application_it_cannot_go_on_with(case: str) -> None:
    application, note = BROKEN[case]

    transcript = exchange(application, Request())

    assert transcript.answer == SERVER_ERROR
    assert transcript.notes == (note,)
    assert transcript.ending.kind == "returned"


def test_answer_breaks_off_at_a_block_that_cannot_be_sent() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"a", None]

    transcript = exchange(application, Request())

    assert transcript.answer == Response(200, "OK", (), b"a", (1,), complete=False)
    assert transcript.notes == ("Expected a byte string, but got None.",)


def test_server_answers_for_an_application_that_raises() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        raise LookupError("lost")

    transcript = exchange(application, Request())

    assert transcript.answer == SERVER_ERROR
    assert transcript.ending.error == "LookupError: lost"


def test_iterable_that_raises_is_closed() -> None:
    class Raising(Closing):
        def __iter__(self) -> Iterator[Any]:
            yield b"a"
            raise LookupError("lost")

    blocks = Raising()

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return blocks

    transcript = exchange(application, Request())

    assert blocks.closed == 1
    assert transcript.ending.error == "LookupError: lost"
    assert transcript.answer == Response(200, "OK", (), b"a", (1,), complete=False)


def test_close_that_raises_is_recorded() -> None:
    class Raising(Closing):
        def close(self) -> None:
            raise LookupError("while closing")

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Raising(b"a")

    transcript = exchange(application, Request())

    assert transcript.ending.error == "LookupError: while closing"
    assert transcript.answer == Response(200, "OK", (), b"a", (1,))
