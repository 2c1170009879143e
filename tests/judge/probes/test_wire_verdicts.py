"""What came, and the verdict of it: servers that are right, and servers that are not.

Each row is what a server was seen to do, in the smallest form that shows it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asgi_compare.judge.selection import read_expected, write_expected
from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.chapters.websocket.compression import compressed
from asgi_compare.judge.server.client.answers import Reader
from asgi_compare.judge.server.client.frames import (
    BINARY,
    CLOSE,
    FrameReader,
    close,
    frame,
    frames,
)
from asgi_compare.judge.server.findings import checked
from asgi_compare.judge.server.observed import Call, Connection, Observed
from asgi_compare.judge.server.runner import Table, merged
from asgi_compare.judge.server.verdict import Result, judge
from asgi_compare.model.serialization.values import Foreign
from asgi_compare.model.transcript import Interface
from asgi_compare.report.check import html, junit, sarif

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
TOO_LARGE = BAD_REQUEST.replace(b"400", b"413")
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nhello and more"
SWITCH = (
    b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: x\r\n"
)
HTTP = {
    "type": "http",
    "method": "GET",
    "path": "/x",
    "headers": [],
    "query_string": b"",
}


def wire(name: str, data: bytes, ended: Any = "") -> Connection:
    case = CASES[f"wire/{name}"]
    reader = Reader(case.methods, upgrade=case.needs == "websocket")
    reader.feed(data)
    if ended:
        reader.feed(b"")
    return Connection(
        log=[(0.0, "received", data)],
        answers=reader.answers,
        rest=reader.rest,
        problem=reader.problem,
        frames=tuple(frames(reader.rest)) if reader.switched else (),
        ended=ended,
        waited=(1.0, 1.0),
    )


def asgi(*events: dict[str, Any], **scope: Any) -> Call:
    told = tuple(("receive", event, "", 0.0) for event in events)
    return Call({**HTTP, **scope}, told, "returned")


def wsgi(*read: bytes) -> Call:
    told = tuple(("wsgi.input", data, "", 0.0) for data in read)
    return Call({"REQUEST_METHOD": "POST", "PATH_INFO": "/x"}, told, "returned", True)


def body(data: bytes) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": False}


def verdict(
    name: str,
    data: bytes,
    *calls: Call,
    ended: str = "",
    interface: Interface = "asgi",
) -> Result:
    seen = Observed(interface, (wire(name, data, ended),), calls)
    return judge(CASES[f"wire/{name}"], "server", seen)


HELLO = asgi(body(b"hello"))
ROWS: list[tuple[str, str, bytes, tuple[Call, ...], str, Interface]] = [
    # A server that refuses HTTP/1.0 keeps all that is said of answers to it.
    *(
        (name, "pass", BAD_REQUEST, (), "closed", "asgi")
        for name in (
            "http-1.0",
            "http-1.0-without-host",
            "http-1.0-never-chunked",
            "expect-continue-from-http-1.0",
            "early-hint-not-to-http-1.0",
        )
    ),
    ("more-than-content-length", "pass", WHOLE * 2, (HELLO,) * 2, "closed", "asgi"),
    ("body-of-one-megabyte", "pass", TOO_LARGE, (), "closed", "asgi"),
    ("large-body-not-read-by-application", "pass", TOO_LARGE, (), "closed", "wsgi"),
    ("connection-close-then-request", "warn", BAD_REQUEST, (), "closed", "wsgi"),
    ("response-value-with-line-break", "pass", b"", (wsgi(),), "", "wsgi"),
    ("head-has-no-content", "warn", b"", (wsgi(),), "", "wsgi"),
    ("status-304-has-no-content", "warn", b"", (wsgi(),), "", "wsgi"),
    (
        "exc-info-after-output",
        "pass",
        OK.replace(b"200", b"500"),
        (wsgi(),),
        "closed",
        "wsgi",
    ),
    # A body that is lost, whatever the server makes of the length.
    ("content-length-list-same", "fail", OK, (wsgi(),), "closed", "wsgi"),
    ("content-length-list-same", "pass", OK, (HELLO,), "closed", "asgi"),
    ("content-length-list-same", "pass", BAD_REQUEST, (), "closed", "asgi"),
    ("content-length-repeated-same", "fail", OK, (wsgi(b""),), "closed", "wsgi"),
    ("transfer-coding-chunked-twice", "fail", OK * 2, (wsgi(b""),) * 2, "", "wsgi"),
    ("transfer-coding-chunked-twice", "pass", OK * 2, (HELLO,) * 2, "", "asgi"),
    ("transfer-coding-identity", "fail", OK, (asgi(body(b"")),), "", "asgi"),
    ("transfer-coding-identity", "pass", BAD_REQUEST, (), "closed", "asgi"),
    # A status, a length and a field that are none.
    (
        "status-four-digits",
        "fail",
        OK.replace(b"200", b"1000"),
        (HELLO,),
        "",
        "asgi",
    ),
    ("status-true", "pass", OK.replace(b"200", b"500"), (HELLO,), "", "asgi"),
    ("status-zero", "warn", b"", (HELLO,), "", "asgi"),
    (
        "response-length-twice",
        "fail",
        OK.replace(b"\r\n\r\n", b"\r\nContent-Length: 6\r\n\r\n"),
        (HELLO,),
        "",
        "asgi",
    ),
    (
        "response-field-value-with-nul",
        "fail",
        OK.replace(b"\r\n\r\n", b"\r\nX-Odd: a\x00b\r\n\r\n"),
        (HELLO,),
        "",
        "asgi",
    ),
    ("response-field-name-empty", "pass", b"", (HELLO,), "closed", "asgi"),
    (
        "short-body-on-kept-connection",
        "fail",
        OK.replace(b": 5", b": 9") + OK,
        (HELLO,) * 2,
        "",
        "asgi",
    ),
    (
        "short-body-on-kept-connection",
        "pass",
        OK.replace(b": 5", b": 9"),
        (HELLO,),
        "closed",
        "asgi",
    ),
    # WebSocket.
    (
        "subprotocol-not-offered",
        "fail",
        SWITCH + b"Sec-WebSocket-Protocol: three\r\n\r\n",
        (asgi(type="websocket"),),
        "",
        "asgi",
    ),
    (
        "deflate-message",
        "unsupported",
        SWITCH + b"\r\n",
        (asgi(type="websocket"),),
        "",
        "asgi",
    ),
    (
        "deflate-unknown-parameter",
        "fail",
        SWITCH + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        (asgi(type="websocket"),),
        "",
        "asgi",
    ),
    (
        "server-sends-126-bytes",
        "pass",
        SWITCH + b"\r\n" + frame(BINARY, b"x" * 126, masked=False),
        (asgi(type="websocket"),),
        "",
        "asgi",
    ),
    (
        "server-sends-125-bytes",
        "fail",
        # The same length in two bytes more than it needs.
        SWITCH + b"\r\n\x82\x7e\x00\x7d" + b"x" * 125,
        (asgi(type="websocket"),),
        "",
        "asgi",
    ),
    (
        "message-after-close-frame",
        "fail",
        SWITCH + b"\r\n" + frame(CLOSE, masked=False),
        (asgi({"type": "websocket.receive", "text": "late"}, type="websocket"),),
        "closed",
        "asgi",
    ),
    (
        "client-closes-with-invalid-999",
        "warn",
        SWITCH + b"\r\n" + frame(CLOSE, b"\x03\xe7", masked=False),
        (asgi(type="websocket"),),
        "closed",
        "asgi",
    ),
]


def test_verdicts_are_those_of_the_text() -> None:
    wrong = []
    for name, wanted, data, calls, ended, interface in ROWS:
        found = verdict(name, data, *calls, ended=ended, interface=interface)
        if found.verdict != wanted:
            wrong.append((name, wanted, found.verdict, found.sentence))
    assert not wrong


def test_no_sentence_of_asgi_is_quoted_to_a_wsgi_server() -> None:
    quoted = {
        case.name: case.text_on("wsgi").section
        for case in CASES.values()
        if "wsgi" in case.spoken
    }
    assert not {name for name, section in quoted.items() if section.startswith("ASGI")}


def test_requests_of_the_cases_are_what_they_are_meant_to_be() -> None:
    """A target whose percent-encoding is broken off is no URI."""
    [say, _] = CASES["wire/query-string"].steps
    assert b"?a=%C3%A9+b&&c?d=%20 " in say.data  # type: ignore[union-attr]


def test_check_that_cannot_read_what_came_is_a_verdict() -> None:
    def broken(seen: Observed) -> None:
        raise TypeError("object of type 'Foreign' has no len()")

    case = replace(CASES["wire/date-field"], checks=(broken,))
    event = body(b"") | {"body": Foreign("bytearray", "bytearray(b'x')")}
    seen = Observed("asgi", (wire("date-field", OK),), (asgi(event),))
    found = judge(case, "server", seen)
    assert (found.verdict, found.sentence) == (
        "fail",
        "It cannot be judged (TypeError: object of type 'Foreign' has no len()). "
        "The server handed over bytearray.",
    )


def test_fields_of_another_type_are_named() -> None:
    odd = [(Foreign("bytearray", "bytearray(b'host')"), b"a"), (b"x-a", b"1"), 5]
    call = asgi(headers=odd)
    assert call.fields == [(b"x-a", b"1")]
    assert call.values(b"x-a") == [b"1"]
    assert call.foreign == ["bytearray"]
    assert asgi(headers=5).fields == []


def test_what_could_not_be_asked_again_has_not_passed() -> None:
    def result(kind: Any, said: str) -> Result:
        return Result("wire/x", "server", kind, "must", said)

    first = result("timeout", "Nothing came.")
    found = merged(first, result("unsupported", "It has none."))
    assert found.verdict == "flaky"
    assert found.sentence == (
        "Nothing came. Tried again, it could not be asked: It has none."
    )
    assert merged(first, result("fail", "No.")).verdict == "fail"
    assert merged(first, result("pass", "Yes.")).sentence == (
        "It passed when it was tried again, but not at first: Nothing came."
    )


def test_frames_are_read_once_from_a_buffer_that_grows() -> None:
    reader, buffer = FrameReader(), bytearray()
    data = frame(BINARY, b"x" * 200) + close(1000)
    for byte in data:
        buffer.append(byte)
        reader.read(buffer)
    assert reader.read(buffer) == tuple(frames(data))


def test_compressed_message_is_that_of_the_text() -> None:
    """RFC 7692, 7.2.3.1."""
    assert compressed(b"Hello").hex(" ") == "f2 48 cd c9 c9 07 00"


def table() -> Table:
    return Table(
        [
            verdict("status-four-digits", OK.replace(b"200", b"1000"), HELLO),
            replace(verdict("status-true", OK, HELLO), again="asgi-compare again"),
            verdict("status-zero", b"", HELLO),
        ]
    )


def test_results_are_findings_in_every_report(tmp_path: Path) -> None:
    found = checked(table(), CASES, {"seconds": 1})
    assert [(p.rule, p.level) for p in found.problems] == [
        ("wire/status-four-digits", "must"),
        ("wire/status-zero", "should"),
    ]
    assert "<failure" in junit.render(found)
    results = json.loads(sarif.render(found))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == [p.rule for p in found.problems]
    assert "wire/status-four-digits" in html.render(found)

    accepted = tmp_path / "expected.json"
    accepted.write_text(write_expected(found), "utf-8")
    again = checked(table(), CASES, {}, read_expected(str(accepted)))
    assert again.changed is not None
    assert (again.changed.new, again.changed.gone) == ((), ())


def test_what_changed_is_new_or_gone() -> None:
    known = ["wire/status-true server", "wire/not-played server"]
    found = checked(table(), CASES, {}, known).changed
    assert found is not None
    assert found.gone == ("wire/status-true server",)
    assert found.new == (
        "wire/status-four-digits server",
        "wire/status-zero server",
    )


@pytest.mark.parametrize("verdicts", [("fail", "warn"), ("fail", "fail")])
def test_servers_with_one_finding_share_a_problem(verdicts: tuple[Any, ...]) -> None:
    results = [
        Result("wire/status-true", f"s{number}", kind, "must", "No.")
        for number, kind in enumerate(verdicts)
    ]
    [problem] = checked(Table(results), CASES, {}).problems
    assert problem.count == 2
    assert problem.message == "s0: No. s1: No."
    assert problem.level == "must"
