"""The table of cases, frames, answers, and what is said of a call."""

import re

import pytest

from asgi_compare.judge.server.acts import ANSWER
from asgi_compare.judge.server.case import Case, Say
from asgi_compare.judge.server.chapters import CASES, CHAPTER_OF, CHAPTERS, SCRIPTS
from asgi_compare.judge.server.client.answers import Reader
from asgi_compare.judge.server.client.frames import (
    BINARY,
    CLOSE,
    TEXT,
    Frame,
    close,
    frame,
    frames,
    masking,
)
from asgi_compare.judge.server.lifecycle import PLAYS
from asgi_compare.judge.server.observed import Call, Connection, Observed, wire_view
from asgi_compare.model.transcript import Excerpt
from tests.tables import each_row


def test_table_has_at_least_120_cases_with_names_of_their_own() -> None:
    names = [case.name for cases in CHAPTERS.values() for case in cases]
    assert len(names) == len(set(names)) == len(CASES) == len(SCRIPTS) > 120
    assert set(CHAPTER_OF.values()) == set(CHAPTERS)


@each_row("case", CASES.values(), ids=lambda case: case.name)
def test_case_is_complete(case: Case) -> None:
    """A case says what it shows and where the sentence stands, and can be played."""
    assert re.fullmatch(r"wire/[a-z0-9.-]+", case.id)
    assert case.shows.endswith(".")
    assert "\n" not in case.shows
    assert case.text.quote
    assert case.text.link.startswith(
        ("https://www.rfc-editor.org/", "https://asgi.", "https://peps.")
    )
    assert case.spoken
    assert bool(case.steps) + bool(case.streams) + bool(case.life) == 1
    assert not case.life or case.life in PLAYS
    if not case.life:
        assert case.checks or case.report or case.level == "may"
    # Whoever reads a request must be able to tell which case it belongs to.
    said = b"".join(step.data for step in case.steps if isinstance(step, Say))
    assert b"<case>" in said or not said


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_frame_is_read_as_it_was_made(length: int) -> None:
    data = frame(BINARY, b"x" * length)
    assert list(frames(data + b"\x81")) == [Frame(BINARY, b"x" * length, masked=True)]
    assert list(frames(data[:-1])) == []


def test_frame_may_be_broken_on_purpose() -> None:
    [found] = frames(frame(TEXT, b"a", fin=False, rsv=5, masked=False))
    assert found == Frame(TEXT, b"a", fin=False, rsv=5)
    assert list(frames(frame(BINARY, b"", claim=1 << 40, masked=False))) == []
    assert masking(masking(b"hello")) == b"hello"


def test_close_frame_has_its_code() -> None:
    [with_code, without] = frames(close(4001, b"bye") + close())
    assert (with_code.opcode, with_code.code, with_code.payload[2:]) == (
        CLOSE,
        4001,
        b"bye",
    )
    assert without.code is None
    assert Connection(frames=(without,)).close_code == 1005
    assert Connection(frames=(with_code,)).close_code == 4001
    assert Connection().close_code is None


def test_reader_takes_answers_apart_one_after_the_other() -> None:
    reader = Reader()
    first = b"HTTP/1.1 103 Hint\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"
    reader.feed(first + b"Content-Length: 5\r\nX-A: 1\r\n", 0.5)
    assert reader.answers == []
    reader.feed(b"\r\nhelloHTTP/1.1 204 No\r\n\r\n", 1.0)
    one, two = reader.answers
    assert (one.status, one.body, one.complete, one.at) == (200, b"hello", True, 1.0)
    assert one.interim == ((103, ((b"link", b"</a>"),)),)
    assert one.values(b"x-a") == [b"1"]
    assert (two.status, two.interim) == (204, ())
    assert (reader.complete, reader.rest, reader.problem) == (2, b"", "")


def test_reader_sees_what_follows_a_response_without_content() -> None:
    reader = Reader(("HEAD",))
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    assert reader.complete == 1
    assert reader.rest == b"hello"
    reader.feed(b"")
    assert reader.problem.startswith("What came is not HTTP/1.1: ")


def test_reader_reads_trailers() -> None:
    reader = Reader()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    reader.feed(head + b"2\r\nhi\r\n0\r\nX-Sum: 2\r\n\r\n")
    assert reader.answers[0].trailers == ((b"x-sum", b"2"),)


def test_reader_notes_what_broke_off() -> None:
    reader = Reader()
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    reader.feed(b"")
    [answer] = reader.answers
    assert (answer.body, answer.complete, reader.problem) == (b"hel", False, "")


def test_reader_gives_frames_after_a_switch() -> None:
    reader = Reader(upgrade=True)
    reader.feed(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x00")
    reader.feed(b"\x82\x00")
    assert reader.switched
    assert reader.answers[0].status == 101
    assert [each.opcode for each in frames(reader.rest)] == [TEXT, BINARY]


def test_reader_stops_at_what_is_not_http() -> None:
    reader = Reader()
    reader.feed(b"220 mail.example ESMTP\r\n\r\n")
    reader.feed(b"more")
    assert reader.problem.startswith("What came is not HTTP/1.1")
    assert reader.rest.endswith(b"more")


ASGI_CALL = Call(
    {"type": "http", "method": "POST", "path": "/a", "headers": [(b"X-A", b"1")]},
    (
        ("receive", {"type": "http.request", "body": b"hel", "more_body": True}, "", 0),
        ("receive", {"type": "http.request", "body": Excerpt.of(b"lo")}, "", 0.5),
        ("send", {"type": "http.response.start"}, "ValueError: no [Exception]", 0),
        ("receive", None, "nothing came within 3 s", 3.0),
    ),
    "returned",
)
WSGI_CALL = Call(
    {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/b",
        "QUERY_STRING": "x=\xe9",
        "HTTP_X_A": "1",
        "CONTENT_TYPE": "text/x",
    },
    (("wsgi.input", b"hello", "", 0.0), ("yield", b"x", "", 0.0)),
    wsgi=True,
)


def test_call_reads_alike_on_both_interfaces() -> None:
    assert (ASGI_CALL.method, ASGI_CALL.path) == ("POST", "/a")
    assert (WSGI_CALL.method, WSGI_CALL.path) == ("GET", "/b")
    assert ASGI_CALL.values(b"x-a") == WSGI_CALL.values(b"x-a") == [b"1"]
    assert WSGI_CALL.values(b"content-type") == [b"text/x"]
    assert WSGI_CALL.values(b"x-b") == []
    assert (ASGI_CALL.query, WSGI_CALL.query) == (b"", b"x=\xe9")
    assert (ASGI_CALL.body, ASGI_CALL.body_size) == (b"hel", 5)
    assert (WSGI_CALL.body, WSGI_CALL.body_size) == (b"hello", 5)


def test_call_tells_what_happened() -> None:
    assert ASGI_CALL.raised() == ["ValueError: no [Exception]"]
    assert ASGI_CALL.raised("http.response.body") == []
    assert "receive http.request" in ASGI_CALL.milestones
    assert ASGI_CALL.milestones[-1] == "ended"
    assert "ended" not in WSGI_CALL.milestones
    assert ASGI_CALL.lines() == [
        "http POST '/a'",
        "receive http.request {'body': b'hel', 'more_body': True}",
        ASGI_CALL.lines()[2],
        "send http.response.start -> ValueError: no [Exception]",
        "receive None (3.0 s) -> nothing came within 3 s",
        "returned",
    ]
    assert WSGI_CALL.lines()[-1] == "still under way"


def test_views_are_safe_to_show() -> None:
    log = [(0.0, "sent", b"\x1b[2J"), (0.25, "the server closed the connection", b"")]
    assert wire_view(Connection(log=log)) == [
        "  0.000 s sent b'\\x1b[2J'",
        "  0.250 s the server closed the connection",
    ]
    call = Call({"type": "http", "method": "\x1b", "path": "/"})
    assert "\x1b" not in "".join(call.lines())


def test_nothing_was_observed() -> None:
    seen = Observed("asgi")
    assert seen.call is None
    assert seen.wire.answers == []
    assert ANSWER
