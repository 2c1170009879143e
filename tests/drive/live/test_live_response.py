"""Responses of every kind, whole and broken, as the client on a socket reads them."""

import asyncio
import hashlib
import re
import socket
import time

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.live.client import MAX_TOTAL
from asgi_compare.drive.live.http import exchange
from asgi_compare.drive.live.response import Reading
from asgi_compare.model.transcript import MAX_BYTES, Excerpt, Response, Transcript
from tests.drive.in_process.scripted import (
    HELLO,
    Script,
    answers,
    nobody,
    read_to_the_end,
    read_until,
    reset,
    scripted,
)

HOST = "127.0.0.1"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = Request()


def ask(script: Script, request: Request = GET, deadline: float = 5.0) -> Transcript:
    with scripted(script) as port:
        return asyncio.run(exchange(HOST, port, request, deadline=deadline))


def ending(transcript: Transcript) -> tuple[str, str]:
    return transcript.ending.kind, transcript.ending.error


BROKEN = {
    "no byte": (b"", "crashed", "The connection ended without a byte of an answer."),
    "half a head": (
        b"HTTP/1.1 200 OK\r\nContent",
        "crashed",
        "The connection ended after 24 bytes, before the header section was complete.",
    ),
    "garbage": (
        b"\x00\x01 garbage \xff\r\n\r\n",
        "raised",
        "The server's answer is not HTTP/1.1: illegal status line",
    ),
    "bad chunk": (
        CHUNKED + b"zz\r\n",
        "raised",
        "The server's answer is not HTTP/1.1: illegal chunk header",
    ),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "raised",
        "The server's answer is not HTTP/1.1: conflicting Content-Length headers.",
    ),
    "no end of head": (
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
        "raised",
        "The server's answer is not HTTP/1.1: Receive buffer too long.",
    ),
}


@pytest.mark.parametrize(("sent", "kind", "error"), BROKEN.values(), ids=BROKEN)
def test_broken_answer_is_named(sent: bytes, kind: str, error: str) -> None:
    ending = ask(answers(sent)).ending
    assert ending.kind == kind
    assert ending.error.startswith(error)
    assert ending.error.endswith(".")


def test_first_bytes_of_garbage_are_shown() -> None:
    transcript = ask(answers(b"SSH-2.0-\x1b[2J\r\n" + b"x" * 1000))
    note = transcript.notes[0]
    assert note.startswith(r"The answer began with b'SSH-2.0-\x1b[2J\r\nxxx")
    assert note.endswith("xxx'.")
    assert len(note) < 300


def test_refused_connection_is_a_crash() -> None:
    port = nobody()
    transcript = asyncio.run(exchange(HOST, port, GET))
    assert ending(transcript) == (
        "crashed",
        f"There is no connection to 127.0.0.1:{port}: Connection refused.",
    )
    assert transcript.answer is None


def test_connection_that_is_not_accepted_times_out() -> None:
    with socket.create_server((HOST, 0), backlog=0) as listener:
        port: int = listener.getsockname()[1]
        with socket.create_connection((HOST, port)):  # no other fits in the queue
            transcript = asyncio.run(exchange(HOST, port, GET, deadline=0.1))
    assert transcript.ending.kind == "timed out"
    assert transcript.answer is None


def test_address_that_is_none_is_a_crash() -> None:
    transcript = asyncio.run(exchange("256.1.1.1.", 1, GET))
    assert transcript.ending.kind == "crashed"
    assert transcript.ending.error.startswith("There is no connection to 256.1.1.1.:1")


SHORT = {
    "content-length": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    "chunked": CHUNKED + b"9\r\nhello",
}


@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
@pytest.mark.parametrize("sent", SHORT.values(), ids=SHORT)
def test_answer_breaks_off(sent: bytes, resets: bool) -> None:
    def script(connection: socket.socket) -> None:
        answers(sent)(connection)
        if resets:
            reset(connection)

    # Even after a reset, Linux hands over what has come before it.
    transcript = ask(script)
    assert transcript.response is not None
    assert transcript.response.body == b"hello"
    assert transcript.response.pieces == (5,)
    assert not transcript.response.complete
    assert ending(transcript) == ("returned", "")
    assert transcript.notes == ("The connection ended in the middle of the response.",)


def test_answer_without_length_ends_with_the_connection() -> None:
    transcript = ask(answers(b"HTTP/1.0 200 Fine\r\nA: b\r\n\r\nto the", b" end"))
    assert transcript.answer == Response(
        200, "Fine", ((b"a", b"b"),), b"to the end", (10,), True, "1.0"
    )


def test_answer_without_length_is_not_complete_after_a_reset() -> None:
    def script(connection: socket.socket) -> None:
        answers(b"HTTP/1.0 200 OK\r\n\r\nto the")(connection)
        reset(connection)

    response = ask(script).response
    assert response is not None
    assert not response.complete


def test_head_has_no_body() -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    transcript = ask(answers(sent), Request("HEAD"))
    assert transcript.answer == Response(
        200, "OK", ((b"content-length", b"5"),), http_version="1.1"
    )
    assert transcript.notes == ()


def test_bytes_after_the_end_are_noted() -> None:
    transcript = ask(answers(HELLO), Request("HEAD"))
    assert transcript.response is not None
    assert transcript.response.body == b""
    assert transcript.notes == (
        "5 bytes came after the end of the response: b'hello'.",
    )


def test_informational_responses_are_noted() -> None:
    first = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    transcript = ask(answers(b"HTTP/1.1 100 Continue\r\n\r\n" + first * 2 + HELLO))
    assert transcript.response is not None
    assert transcript.response.status == 200
    assert transcript.notes == (
        "1 informational response(s) with status 100 came first.",
        "2 informational response(s) with status 103 came first.",
    )


@pytest.mark.parametrize("closes", [False, True], ids=["stays", "closes"])
def test_answer_is_read_before_the_whole_body_is_sent(closes: bool) -> None:
    def script(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(HELLO)
        if not closes:
            read_to_the_end(connection)

    request = Request("POST", body=(b"x" * (1 << 16),) * 800)
    transcript = ask(script, request)
    assert transcript.response is not None
    assert transcript.response.body == b"hello"
    assert transcript.response.complete


def test_server_that_stops_reading_is_noted() -> None:
    def script(connection: socket.socket) -> None:
        connection.recv(100)

    transcript = ask(script, Request("POST", body=(b"x" * (1 << 16),) * 800))
    assert transcript.ending.kind == "crashed"
    assert transcript.notes == (
        "The server closed before it had read the whole request.",
    )


@pytest.mark.parametrize("sent", [b"", HELLO[:-1]], ids=["nothing", "a part"])
def test_deadline_ends_the_wait(sent: bytes) -> None:
    left = []

    def script(connection: socket.socket) -> None:
        answers(sent)(connection)
        left.append(read_to_the_end(connection))

    transcript = ask(script, deadline=0.1)
    assert ending(transcript) == ("timed out", "The exchange was not over after 0.1 s.")
    assert left == ["reset"]
    assert (transcript.response is not None) == bool(sent)


def test_slow_answer_is_whole() -> None:
    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        for byte in HELLO:
            time.sleep(0.002)
            connection.sendall(bytes([byte]))

    response = ask(script).response
    assert response is not None
    assert response.body == b"hello"
    assert response.pieces == (5,)


def forever(head: bytes, part: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        answers(head)(connection)
        while True:
            connection.sendall(part)

    return script


ENDLESS = {
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * (1 << 20)),
    "gibibyte": (b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", bytes(9999)),
    "chunks": (CHUNKED, b"1\r\nx\r\n" * 1000),
}


@pytest.mark.parametrize(("head", "part"), ENDLESS.values(), ids=ENDLESS)
def test_endless_answer_is_cut_off(head: bytes, part: bytes) -> None:
    transcript = ask(forever(head, part), deadline=30)
    assert transcript.ending.kind == "flooded"
    sentence = re.fullmatch(
        r"The answer was cut off after (\d+) bytes\.", transcript.ending.error
    )
    assert sentence is not None
    assert int(sentence[1]) <= MAX_TOTAL + (1 << 16)
    assert transcript.response is not None
    assert not transcript.response.complete


def test_endless_informational_responses_end_at_the_deadline() -> None:
    part = b"HTTP/1.1 100 Continue\r\n\r\n" * 100
    transcript = ask(forever(b"", part), deadline=0.2)
    assert transcript.ending.kind == "timed out"
    assert len(transcript.notes) == 2  # how many they were, and how it began


def test_large_body_is_an_excerpt() -> None:
    body = bytes(range(256)) * (MAX_BYTES // 256) + b"!"
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    response = ask(answers(head, body)).response
    assert response is not None
    assert response.body == Excerpt.of(body)
    assert response.body.sha256 == hashlib.sha256(body).hexdigest()
    assert response.pieces == (len(body),)


def test_pieces_are_chunks_however_they_arrive() -> None:
    reading = Reading("GET")
    heard: list[int] = []
    for byte in CHUNKED + b"5\r\nhello\r\n3;a=b\r\nyou\r\n0\r\nx: y\r\n\r\n":
        heard += reading.feed(bytes([byte]))
    assert heard == [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
    response = reading.response()
    assert response is not None
    assert response.pieces == (5, 3)
    assert response.body == b"helloyou"
