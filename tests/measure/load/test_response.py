"""Responses and frames, however they are cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi_compare.measure.load import frames
from asgi_compare.measure.load.frames import Frame, FrameReader
from asgi_compare.measure.load.response import (
    LONGEST_LINE,
    Malformed,
    ResponseReader,
)

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n"
)
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + LENGTH


@pytest.mark.parametrize("response", [LENGTH, CHUNKED, INTERIM])
@given(data=st.data())
@settings(max_examples=30)
def test_response_is_read_however_it_is_cut(
    response: bytes, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(response)), max_size=5))
    edges = [0, *sorted(cuts), len(response)]
    body: list[bytes] = []
    reader = ResponseReader(body.append)
    for begin, end in pairwise(edges):
        assert not (reader.complete and begin < end)
        assert reader.feed(response[begin:end]) == b""
    assert (reader.complete, reader.status, reader.keeps_alive) == (True, 200, True)
    assert b"".join(body) == b"hello"


def test_what_lies_behind_a_response_is_handed_back() -> None:
    assert ResponseReader().feed(LENGTH + b"HTTP/1.1") == b"HTTP/1.1"
    assert ResponseReader().feed(CHUNKED + b"more") == b"more"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified"]
)
def test_response_without_a_body_ends_with_its_head(head: bytes) -> None:
    reader = ResponseReader()
    reader.feed(head + b"\r\nContent-Length: 5\r\n\r\n")
    assert reader.complete


def test_answer_to_head_has_no_body() -> None:
    reader = ResponseReader(no_body=True)
    assert reader.feed(LENGTH) == b"hello"
    assert reader.complete


def test_body_without_framing_ends_with_the_connection() -> None:
    body: list[bytes] = []
    reader = ResponseReader(body.append)
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\nhel")
    reader.feed(b"lo")
    assert not reader.complete
    reader.end()
    assert (reader.complete, reader.keeps_alive, b"".join(body)) == (
        True,
        False,
        b"hello",
    )
    ended_early = ResponseReader()
    ended_early.feed(LENGTH[:-1])
    ended_early.end()
    assert not ended_early.complete


@pytest.mark.parametrize(
    ("head", "keeps"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0", False),
    ],
)
def test_connection_is_kept_as_the_head_says(head: bytes, keeps: bool) -> None:
    reader = ResponseReader()
    reader.feed(head + b"\r\n\r\n")
    assert reader.keeps_alive is keeps


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"x" * (LONGEST_LINE + 1),
    ],
)
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        ResponseReader().feed(data)


def of_server(first: int, payload: bytes) -> bytes:
    """A frame as a server sends it, without a mask."""
    size = len(payload)
    if size < 126:
        return bytes([first, size]) + payload
    if size < 1 << 16:
        return bytes([first, 126]) + size.to_bytes(2, "big") + payload
    return bytes([first, 127]) + size.to_bytes(8, "big") + payload


@given(data=st.data())
@settings(max_examples=30)
def test_frames_are_read_however_they_are_cut(data: st.DataObject) -> None:
    long = b"y" * 70_000
    stream = b"".join(
        [
            of_server(0x81, b"one"),
            of_server(0x01, b"tw"),
            of_server(0x89, b"ping"),  # between two fragments
            of_server(0x80, b"o" * 200),
            of_server(0x82, long),
        ]
    )
    cut = data.draw(st.integers(0, len(stream)))
    reader = FrameReader()
    found = reader.feed(stream[:cut]) + reader.feed(stream[cut:])
    assert found == [
        Frame(frames.TEXT, b"one"),
        Frame(frames.PING, b"ping"),
        Frame(frames.TEXT, b"tw" + b"o" * 200),
        Frame(frames.TEXT, long),
    ]


def test_client_frames_are_masked() -> None:
    assert frames.frame(frames.TEXT, b"hi") == b"\x81\x82\0\0\0\0hi"
    long = frames.frame(frames.BINARY, b"x" * 300)
    assert long[:8] == b"\x82\xfe\x01\x2c\0\0\0\0"
