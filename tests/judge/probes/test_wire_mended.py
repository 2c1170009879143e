"""What a wire case once asked, though its sentence does not, it asks no more."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from asgi_compare.judge.server.acts import Body, Fail, Start
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.client.frames import CLOSE, Frame
from asgi_compare.judge.server.observed import Answer, Call, Connection, Observed
from asgi_compare.judge.server.verdict import judge
from tests.tables import each_row

OK = Answer(200, body=b"hello", version="1.1")
SWITCHED = Answer(101, version="1.1")


def call(scope: dict[str, Any], *events: tuple[str, Any]) -> Call:
    full = {"type": "http", "method": "GET", "path": "/", "headers": []} | scope
    return Call(full, tuple((did, event, "", 0.0) for did, event in events), "returned")


def announcing(version: str | None) -> Call:
    asgi = {"version": "3.0"} | ({"spec_version": version} if version else {})
    return call({"asgi": asgi}, ("send", {"type": "http.response.body"}))


def seen(
    *answers: Answer, calls: tuple[Call, ...] = (), ended: str = "", **more: Any
) -> Observed:
    wire = Connection(answers=list(answers), waited=(1.0, 1.0, 1.0), **more)
    wire.ended = ended  # type: ignore[assignment]
    return Observed("asgi", (wire,), calls)


def verdict(name: str, observed: Observed) -> str:
    return judge(CASES[f"wire/{name}"], "here", observed).verdict


@each_row(
    ("name", "version", "expected"),
    [
        ("send-after-disconnect", None, "unsupported"),
        ("send-after-disconnect", "2.3", "unsupported"),
        ("send-after-disconnect", "2.4", "warn"),
        ("send-after-disconnect-unseen", "2.1", "unsupported"),
        ("websocket-send-after-disconnect", "2.3", "unsupported"),
        ("websocket-send-after-disconnect", "2.10", "warn"),
        ("accept-with-headers", None, "unsupported"),
        ("accept-with-headers", "2.3", "fail"),
    ],
)
def test_sentence_is_not_asked_of_a_server_that_announces_an_older_text(
    name: str, version: str | None, expected: str
) -> None:
    assert verdict(name, seen(SWITCHED, calls=(announcing(version),))) == expected


@pytest.mark.parametrize(("version", "expected"), [(None, "pass"), ("2.3", "warn")])
def test_reason_of_a_close_is_not_asked_of_an_older_server(
    version: str | None, expected: str
) -> None:
    frames = (Frame(CLOSE, b"\x0f\xa2"),)
    observed = seen(SWITCHED, calls=(announcing(version),), frames=frames)

    assert verdict("server-closes", observed) == expected


def test_version_that_is_missing_is_named_as_the_text_names_it() -> None:
    observed = seen(OK, calls=(announcing(None),))
    result = judge(CASES["wire/send-after-disconnect"], "here", observed)

    assert result.sentence == (
        "The server announces version 2.0 of the text; 2.4 asks for it."
    )


def test_server_that_calls_nobody_has_announced_no_version() -> None:
    refused = seen(Answer(400, version="1.1"))

    assert verdict("accept-with-headers", refused) == "fail"
    assert verdict("send-after-disconnect", refused) == "warn"


def test_unmasked_frame_needs_no_close_frame() -> None:
    observed = seen(SWITCHED, calls=(call({"type": "websocket"}),), ended="reset")

    assert verdict("unmasked-frame", observed) == "pass"
    assert verdict("reserved-bit-1", observed) == "warn"


@each_row(
    ("name", "event"),
    [
        ("send-start-twice", "http.response.start"),
        ("send-body-before-start", "http.response.body"),
        ("send-before-accept", "websocket.send"),
        ("accept-twice", "websocket.accept"),
    ],
)
@each_row(("error", "said"), [("", "took it"), ("E: x [Exception]", "raised E")])
def test_valid_event_at_the_wrong_time_is_reported(
    name: str, event: str, error: str, said: str
) -> None:
    sent = (("send", {"type": event}, error, 0.0),)
    observed = seen(OK, calls=(Call({"type": "http"}, sent, "returned"),))
    result = judge(CASES[f"wire/{name}"], "here", observed)

    assert result.verdict == "pass"
    assert result.sentence == f"send() {said}; the client got 200."


def test_application_that_was_not_called_has_sent_nothing() -> None:
    result = judge(CASES["wire/send-start-twice"], "here", seen(ended="closed"))

    assert result.verdict == "pass"


@pytest.mark.parametrize("name", ["http-2.0-in-text"])
def test_request_that_no_sentence_has_refused_is_only_reported(name: str) -> None:
    calls = (call({}, ("receive", {"type": "http.request", "body": b"hello"})),)

    assert verdict(name, seen(OK, calls=calls)) == "pass"


def test_server_of_http_1_0_need_not_say_that_it_closes() -> None:
    old = Answer(200, version="1.0")

    assert verdict("connection-close-is-said", seen(old)) == "unsupported"
    assert verdict("connection-close-is-said", seen(OK)) == "warn"


@each_row(
    ("body", "rest", "expected"),
    [
        (b"", b"", "pass"),
        (b"hello", b"", "pass"),
        (b"hello and more", b"", "warn"),
        (b"hello", b" and more", "warn"),
    ],
)
def test_content_length_is_a_limit_for_what_is_sent(
    body: bytes, rest: bytes, expected: str
) -> None:
    problem = "What came is not HTTP/1.1." if rest else ""
    answer = Answer(200, body=body, version="1.1")
    observed = seen(answer, ended="closed", rest=rest, problem=problem)

    assert verdict("too-much-content", observed) == expected


def test_bytes_behind_the_answer_are_not_passed_over() -> None:
    answer = Answer(200, body=b"hello", version="1.1")
    observed = seen(answer, ended="closed", rest=b" and more", problem="Not HTTP.")
    result = judge(CASES["wire/more-than-content-length"], "here", observed)

    assert result.verdict == "fail"
    assert result.sentence == (
        "Expected nothing but answers, but got 200, then bytes that are no HTTP: "
        "b' and more', and the connection was closed."
    )


def test_answer_without_a_head_is_no_silence() -> None:
    observed = seen(ended="closed", problem="Not HTTP.", rest=b"<!DOCTYPE HTML>")
    refusal = judge(CASES["wire/version-garbage"], "here", observed)
    answer = judge(CASES["wire/http-1.2"], "here", observed)

    assert refusal.sentence == (
        "The connection was ended by bytes without a head; the text asks for 400."
    )
    assert answer.sentence == "Not HTTP. It began b'<!DOCTYPE HTML>'."


NOTHING = seen(ended="closed")
ODD = seen(
    Answer(
        299,
        headers=(
            (b"x-a", b"2"),
            (b"transfer-encoding", b"x"),
            (b"transfer-encoding", b"y"),
            (b"content-length", b"2"),
            (b"upgrade", b"x"),
            (b"connection", b"x"),
        ),
        body=b"no",
        interim=((102, ()),),
        trailers=((b"x-b", b"1"),),
        version="1.1",
    ),
    calls=(
        call({"path": "/odd", "state": {"written": 1}, "asgi": {"spec_version": "9"}}),
        call({"path": "/odd", "state": {"written": 1}, "raw_path": b"/odd"}),
    ),
    rest=b"rest",
)


@pytest.mark.parametrize("observed", [NOTHING, ODD], ids=["nothing", "odd"])
@each_row("case", CASES.values(), ids=lambda case: case.name)
def test_every_check_says_what_came_instead(case: Case, observed: Observed) -> None:
    for check in case.checks:
        if problem := check(observed):
            assert not problem.sentence.endswith(("but got False.", "but got ."))


def _fails_in_a_response(case: Case) -> bool:
    began = itertools.dropwhile(lambda act: not isinstance(act, Start), case.script)
    rest = list(began)
    whole = any(isinstance(act, Body) and not act.more for act in rest)
    return not whole and any(isinstance(act, Fail) for act in rest)


def test_application_that_fails_in_its_response_has_a_server_of_its_own() -> None:
    """A server that trips over this may answer no other case as it should."""
    fails = [case.name for case in CASES.values() if _fails_in_a_response(case)]

    assert fails == [case.name for case in CASES.values() if case.own_server]
    assert fails == ["error-after-start", "error-in-the-middle"]


def test_start_response_that_was_never_called_has_not_raised() -> None:
    environ = Call({"REQUEST_METHOD": "GET"}, (), "returned", wsgi=True)
    observed = Observed("wsgi", (Connection(answers=[OK]),), (environ,))
    result = judge(CASES["wire/start-response-twice"], "here", observed)

    assert result.sentence == "Expected start_response to raise, but got no call of it."
