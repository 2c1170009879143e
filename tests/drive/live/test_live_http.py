"""The HTTP client on a socket, against servers of every kind."""

import asyncio
import socket
import time

import pytest

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.live.http import exchange, head_of
from asgi_compare.model.transcript import Response, Transcript
from tests.drive.in_process.scripted import (
    HELLO,
    Script,
    answers,
    read_to_the_end,
    read_until,
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


def test_transcript_holds_what_the_client_saw() -> None:
    began = time.monotonic_ns()
    transcript = ask(answers(HELLO), Request(target=b"/x?y=\xff"))
    assert transcript.answer == Response(
        200, "OK", ((b"content-length", b"5"),), b"hello", (5,), True, "1.1"
    )
    assert 0 < transcript.elapsed_ns < time.monotonic_ns() - began
    assert transcript.elapsed_ns == transcript.ending.at_ns
    assert transcript == Transcript(
        "GET /x?y=\\xff",
        "wire",
        ending=transcript.ending,
        answer=transcript.answer,
        elapsed_ns=transcript.elapsed_ns,
    )
    assert ending(transcript) == ("returned", "")


def test_transcript_has_the_name_it_is_given() -> None:
    with scripted(answers(HELLO)) as port:
        transcript = asyncio.run(exchange(HOST, port, GET, name="hello/get"))
    assert transcript.scenario == "hello/get"


HEADS = {
    "get": (Request(), b"GET / HTTP/1.1\r\nhost: h:1\r\n\r\n"),
    "fields": (
        Request(headers=((b"X-One", b"1"), (b"x-two", b"\xe9"), (b"X-One", b"2"))),
        b"GET / HTTP/1.1\r\nhost: h:1\r\nX-One: 1\r\nx-two: \xe9\r\nX-One: 2\r\n\r\n",
    ),
    "content": (
        Request("BREW", b"/pot", body=(b"ab", b"", b"c")),
        b"BREW /pot HTTP/1.1\r\nhost: h:1\r\ncontent-length: 3\r\n\r\n",
    ),
    "no-content": (
        Request("POST"),
        b"POST / HTTP/1.1\r\nhost: h:1\r\ncontent-length: 0\r\n\r\n",
    ),
    "chunked": (
        Request("POST", body=(b"ab",), chunked=True),
        b"POST / HTTP/1.1\r\nhost: h:1\r\ntransfer-encoding: chunked\r\n\r\n",
    ),
    "own-framing": (
        Request("POST", headers=((b"Host", b"x"), (b"Content-Length", b"9"))),
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
    ),
}


@pytest.mark.parametrize(("request_", "head"), HEADS.values(), ids=HEADS)
def test_head_is_what_the_scenario_says(request_: Request, head: bytes) -> None:
    assert head_of(request_, "h", 1) == head


def test_address_of_version_6_is_in_brackets() -> None:
    assert b"host: [::1]:80\r\n" in head_of(GET, "::1", 80)


def test_body_is_sent_in_chunks() -> None:
    seen = []

    def script(connection: socket.socket) -> None:
        seen.append(read_until(connection, b"0\r\n\r\n"))
        connection.sendall(HELLO)

    ask(script, Request("POST", body=(b"one", b"", b"three"), chunked=True))
    assert seen[0].partition(b"\r\n\r\n")[2] == b"3\r\none\r\n5\r\nthree\r\n0\r\n\r\n"


def test_client_pauses_before_each_further_piece() -> None:
    seen = []

    def script(connection: socket.socket) -> None:
        seen.append(read_until(connection, b"abc"))
        connection.sendall(HELLO)

    request = Request("PUT", body=(b"a", b"b", b"c"), client=Client(pause=0.05))
    transcript = ask(script, request)
    assert seen[0].endswith(b"\r\n\r\nabc")
    assert transcript.elapsed_ns >= 100_000_000


@pytest.mark.parametrize("pieces", [0, 2, 4])
def test_client_closes_after_sending_some_pieces(pieces: int) -> None:
    seen = []

    def script(connection: socket.socket) -> None:
        while data := connection.recv(1 << 16):
            seen.append(data)

    body = (b"one", b"two", b"three", b"four")
    client = Client(leaves_after_sending=pieces)
    transcript = ask(script, Request("POST", body=body, client=client))
    assert b"".join(seen).endswith(b"\r\n\r\n" + b"".join(body[:pieces]))
    assert transcript.left_at_ns is not None
    assert transcript.answer is None
    assert ending(transcript) == ("returned", "")


@pytest.mark.parametrize(
    ("head", "piece", "answered"),
    [
        (CHUNKED, b"3\r\nabc\r\n", (3, 3)),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"abc", None),
    ],
    ids=["chunked", "until-the-end"],
)
def test_client_leaves_after_hearing_some_pieces(
    head: bytes, piece: bytes, answered: tuple[int, ...] | None
) -> None:
    left = []

    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        connection.sendall(head)
        try:
            while True:
                connection.sendall(piece)
        except ConnectionError as error:
            left.append(type(error))

    transcript = ask(script, Request(client=Client(leaves_after_hearing=2)))
    assert left in ([ConnectionResetError], [BrokenPipeError])
    assert transcript.left_at_ns is not None
    assert transcript.response is not None
    assert not transcript.response.complete
    assert transcript.response.pieces == answered or answered is None
    assert ending(transcript) == ("returned", "")


def test_client_leaves_after_hearing_some_bytes() -> None:
    def script(connection: socket.socket) -> None:
        answers(CHUNKED, b"3\r\nabc\r\n" * 9)(connection)
        read_to_the_end(connection)

    transcript = ask(script, Request(client=Client(leaves_after_bytes=4)))
    assert transcript.left_at_ns is not None
    assert transcript.response is not None
    assert transcript.response.pieces == (3, 3)


def test_client_leaves_upon_the_head() -> None:
    def script(connection: socket.socket) -> None:
        answers(CHUNKED)(connection)
        read_to_the_end(connection)

    transcript = ask(script, Request(client=Client(leaves_after_hearing=0)))
    assert transcript.left_at_ns is not None
    assert transcript.response is not None
    assert transcript.response.pieces == ()


def test_client_that_would_leave_with_the_end_has_it_all() -> None:
    parts = answers(CHUNKED, b"1\r\na\r\n0\r\n\r\n")
    transcript = ask(parts, Request(client=Client(leaves_after_hearing=2)))
    assert transcript.left_at_ns is None
    assert transcript.response is not None
    assert transcript.response.complete


def test_client_leaves_after_a_time() -> None:
    left = []

    def script(connection: socket.socket) -> None:
        left.append(read_to_the_end(connection))

    transcript = ask(script, Request(client=Client(leaves_after=0.05)))
    assert left == ["reset"]
    assert transcript.left_at_ns is not None
    assert transcript.left_at_ns >= 50_000_000
    assert transcript.answer is None
    assert ending(transcript) == ("returned", "")


def test_client_reads_slowly() -> None:
    parts = answers(CHUNKED, b"1\r\na\r\n" * 5, b"0\r\n\r\n")
    transcript = ask(parts, Request(client=Client(reads_every=0.02)))
    assert transcript.elapsed_ns >= 100_000_000
    assert transcript.response is not None
    assert transcript.response.pieces == (1,) * 5


def test_client_that_is_cancelled_leaves() -> None:
    left = []

    def script(connection: socket.socket) -> None:
        left.append(read_to_the_end(connection))

    async def cancelled(port: int) -> None:
        task = asyncio.create_task(exchange(HOST, port, GET))
        await asyncio.wait({task}, timeout=0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with scripted(script) as port:
        asyncio.run(cancelled(port))
    assert left == ["reset"]
