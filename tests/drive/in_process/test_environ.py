from __future__ import annotations

from collections.abc import Callable
from typing import Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from asgi_compare.contract.scenario import PATIENT, Client, Request
from asgi_compare.drive.in_process.wsgi import exchange
from asgi_compare.model.transcript import Transcript
from tests.drive.in_process.crossed import crossed, got

LINES = (b"one\ntw", b"o\n", b"three")


def environ_of(request: Request) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(environ: Any, start_response: Any) -> Any:
        assert type(environ) is dict
        seen.update(environ)
        environ.clear()
        start_response("200 OK", [])
        return []

    exchange(application, request)
    transcript = exchange(application, request)
    files = {"wsgi.input": "<Input>", "wsgi.errors": "<Errors>"}
    assert transcript.scope == seen | files
    return {key: value for key, value in seen.items() if key not in files}


def test_environ_has_all_that_the_specification_asks_for() -> None:
    request = Request(
        "post",
        b"/caf%C3%A9/%2F%ff?a=%20&b",
        headers=(
            (b"X-One", b"1"),
            (b"Content-Type", b"text/plain"),
            (b"Cookie", b"a=1"),
            (b"x-one", b"2"),
            (b"cookie", b"b=2"),
            (b"x_one", b"spoofed"),
            (b"X-Latin", b"\xe9"),
        ),
        body=(b"abc", b"d"),
        root_path="/mount/é",
    )

    assert environ_of(request) == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/mount/\xc3\xa9",
        "PATH_INFO": "/caf\xc3\xa9//\xff",
        "QUERY_STRING": "a=%20&b",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50000",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_X_ONE": "1,2",
        "CONTENT_TYPE": "text/plain",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_LATIN": "\xe9",
        "CONTENT_LENGTH": "4",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
    }


def test_chunked_body_has_no_length() -> None:
    environ = environ_of(Request("POST", body=(b"abc",), chunked=True))

    assert "CONTENT_LENGTH" not in environ
    assert environ["HTTP_TRANSFER_ENCODING"] == "chunked"


def test_driver_passes_the_validator_of_the_standard_library() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        data = environ["wsgi.input"].read(3)
        environ["wsgi.errors"].write("fine\n")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [data]

    transcript = exchange(validator(application), Request("POST", body=LINES))

    assert transcript.ending.error == ""
    assert transcript.response is not None
    assert transcript.response.body == b"one"
    assert transcript.notes == ("wsgi.errors: fine\n",)


def reading(
    reads: Callable[[Any], object], short: bool = False, client: Client = PATIENT
) -> tuple[Any, Transcript]:
    results: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        results.append(reads(environ["wsgi.input"]))
        start_response("200 OK", [])
        return []

    request = Request("POST", body=LINES, client=client)
    return results, exchange(application, request, short_reads=short)


def read_event(method: str, size: int | None, data: bytes) -> Any:
    return got(type=f"wsgi.input.{method}", size=size, body=data)


@pytest.mark.parametrize(
    ("reads", "result"),
    [
        (lambda file: file.read(), b"one\ntwo\nthree"),
        (lambda file: file.read(None), b"one\ntwo\nthree"),
        (lambda file: file.read(-1), b"one\ntwo\nthree"),
        (lambda file: file.read(0), b""),
        (lambda file: file.read(8), b"one\ntwo\n"),
        (lambda file: file.read(99), b"one\ntwo\nthree"),
        (lambda file: [file.read(5), file.read(5)], [b"one\nt", b"wo\nth"]),
        (lambda file: [file.read(), file.read(), file.read(1)][1:], [b"", b""]),
        (lambda file: file.readline(), b"one\n"),
        (lambda file: file.readline(2), b"on"),
        (lambda file: file.readline(99), b"one\n"),
        (
            lambda file: [file.readline() for _ in range(4)][1:],
            [b"two\n", b"three", b""],
        ),
        (lambda file: file.readlines(), [b"one\n", b"two\n", b"three"]),
        (lambda file: file.readlines(5), [b"one\n", b"two\n"]),
        (lambda file: list(file), [b"one\n", b"two\n", b"three"]),
    ],
)
def test_input_reads_as_a_file_does(reads: Callable[[Any], Any], result: Any) -> None:
    results, _ = reading(reads)

    assert results == [result]


def test_reads_are_recorded_by_their_method() -> None:
    def reads(file: Any) -> None:
        file.read(2)
        file.readline()
        file.readlines(1)
        list(file)

    _, transcript = reading(reads)

    assert crossed(transcript)[:5] == [
        read_event("read", 2, b"on"),
        read_event("readline", -1, b"e\n"),
        read_event("readlines", 1, b"two\n"),
        read_event("iter", None, b"three"),
        read_event("iter", None, b""),
    ]


def test_short_reads_give_what_has_arrived() -> None:
    results, _ = reading(lambda file: [file.read(99) for _ in range(4)], short=True)

    assert results == [[*LINES, b""]]


def test_short_reads_read_all_where_all_is_asked_for() -> None:
    results, _ = reading(lambda file: file.read(), short=True)

    assert results == [b"".join(LINES)]


def test_client_pauses_between_the_pieces_of_its_body() -> None:
    def reads(file: Any) -> None:
        for _ in LINES:
            file.read(99)

    _, transcript = reading(reads, short=True, client=Client(pause=0.02))

    first, second, third = (entry.at_ns for entry in transcript.events[:3])
    assert second - first >= 0.02e9
    assert third - second >= 0.02e9


def test_body_ends_where_the_client_leaves() -> None:
    results, transcript = reading(
        lambda file: [file.read(), file.read()],
        client=Client(leaves_after_sending=2),
    )

    assert results == [[b"one\ntwo\n", b""]]
    assert transcript.answer is None


def test_client_that_leaves_at_once_has_sent_nothing() -> None:
    results, transcript = reading(
        lambda file: file.read(), client=Client(leaves_after_sending=0)
    )

    assert results == [b""]
    assert transcript.left_at_ns is not None


def test_lines_for_the_log_become_notes() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        print("one", file=environ["wsgi.errors"], flush=True)
        environ["wsgi.errors"].writelines(["two", "three"])
        start_response("200 OK", [])
        return []

    assert exchange(application, Request()).notes == (
        "wsgi.errors: one",
        "wsgi.errors: \n",
        "wsgi.errors: two",
        "wsgi.errors: three",
    )
