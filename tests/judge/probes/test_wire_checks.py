"""Each check, against what it accepts and what it does not."""

from collections.abc import Callable
from typing import Any

import pytest

from asgi_compare.judge.server.acts import Send
from asgi_compare.judge.server.case import Case, Check, Problem, Say, Text
from asgi_compare.judge.server.checks import application as app
from asgi_compare.judge.server.checks import frames
from asgi_compare.judge.server.checks import wire as c
from asgi_compare.judge.server.client.frames import CLOSE, PONG, Frame
from asgi_compare.judge.server.client.http2 import NOT_SPOKEN
from asgi_compare.judge.server.observed import Answer, Call, Connection, Observed
from asgi_compare.judge.server.verdict import judge, unsupported
from tests.tables import each_row

OK = Answer(200, headers=((b"x-a", b"1"),), body=b"hello", version="1.1")
BAD = Answer(400)
CALL = Call(
    {"type": "http", "method": "GET", "path": "/", "headers": [(b"x-a", b"1")]},
    (("receive", {"type": "http.request", "body": b"hello"}, "", 0.0),),
    "returned",
)
OPEN = Call(CALL.scope)


def seen(
    *answers: Answer,
    calls: tuple[Call, ...] = (),
    ended: str = "",
    frames: tuple[Frame, ...] = (),
    **more: object,
) -> Observed:
    wire = Connection(answers=list(answers), frames=frames, waited=(1.5,))
    wire.ended = ended  # type: ignore[assignment]
    for key, value in more.items():
        setattr(wire, key, value)
    return Observed("asgi", (wire,), calls)


def raising(error: str) -> Call:
    return Call(CALL.scope, (("send", {"type": "x"}, error, 0.0),), "returned")


TABLE: list[tuple[Check, Observed, str | None]] = [
    (c.answers(200), seen(OK), None),
    (c.answers(200), seen(BAD), "fail"),
    (c.answers(200), seen(), "timeout"),
    (c.answers(200), seen(ended="closed"), "fail"),
    (c.answers(200), seen(Answer(200, complete=False)), "fail"),
    (c.answers((200, 204)), seen(problem="Not HTTP."), "fail"),
    (c.first(range(400, 500)), seen(BAD, OK), None),
    (c.first(200), seen(), "timeout"),
    (c.refused(400), seen(BAD), None),
    (c.refused(414), seen(BAD), "warn"),
    (c.refused(), seen(BAD), None),
    (c.refused(), seen(ended="closed"), None),
    (c.refused(400), seen(ended="reset"), "warn"),
    (c.refused(400), seen(OK, calls=(CALL,)), "fail"),
    (c.refused(400), seen(OK), "fail"),
    (c.refused(400), seen(), "timeout"),
    (app.called(1), seen(calls=(CALL,)), None),
    (app.called(2), seen(calls=(CALL,)), "fail"),
    (app.saw_body(b"hello"), seen(calls=(CALL,)), None),
    (app.saw_body(b"other"), seen(calls=(CALL,)), "fail"),
    (app.saw_body(b"x"), seen(), "fail"),
    (app.saw_values(b"x-a", (b"1",)), seen(calls=(CALL,)), None),
    (app.saw_values(b"x-a", (b"2",)), seen(calls=(CALL,)), "fail"),
    (app.saw_no(b"x-b"), seen(calls=(CALL,)), None),
    (app.saw_no(b"x-a"), seen(calls=(CALL,)), "fail"),
    (app.saw_scope("method", "GET"), seen(calls=(CALL,)), None),
    (app.saw_scope("method", "PUT"), seen(calls=(CALL,)), "fail"),
    (app.received("http.request"), seen(calls=(CALL,)), None),
    (app.received("http.disconnect"), seen(calls=(CALL,)), "fail"),
    (app.send_raised("x"), seen(calls=(raising("E"),)), None),
    (app.send_raised("x"), seen(calls=(CALL,)), "fail"),
    (app.send_did_not_raise(), seen(calls=(CALL,)), None),
    (app.send_did_not_raise("x"), seen(calls=(raising("E"),)), "fail"),
    (app.send_raised_os_error(), seen(calls=(raising("A: [OSError]"),)), None),
    (app.send_raised_os_error(), seen(calls=(raising("A: []"),)), "fail"),
    (app.send_raised_os_error(), seen(calls=(CALL,)), "fail"),
    (app.ended(), seen(calls=(CALL,)), None),
    (app.ended(), seen(calls=(OPEN,)), "fail"),
    (c.closed(), seen(ended="reset"), None),
    (c.closed(), seen(), "fail"),
    (c.has(b"x-a"), seen(OK), None),
    (c.has(b"x-a", b"2"), seen(OK), "fail"),
    (c.lacks(b"x-a"), seen(OK), "fail"),
    (c.lacks(b"x-b"), seen(OK), None),
    (c.nothing_after(), seen(BAD), None),
    (c.nothing_after(), seen(BAD, rest=b"x"), "fail"),
    (c.broken_off(), seen(Answer(200, complete=False), ended="reset"), None),
    (c.broken_off(), seen(OK, ended="closed"), "fail"),
    (c.broken_off(), seen(OK), "fail"),
    (c.on("wsgi", app.called(9)), seen(), None),
    (c.on("asgi", app.called(9)), seen(), "fail"),
    (c.either(app.called(0), app.called(9)), seen(), None),
    (c.either(app.called(9), c.refused(414)), seen(BAD), "warn"),
    (c.either(app.called(9), c.closed()), seen(), "fail"),
    (c.both(app.called(0), c.closed()), seen(ended="closed"), None),
    (c.mild(c.closed()), seen(), "warn"),
    (c.mild(c.closed()), seen(ended="closed"), None),
    (
        frames.close_code((1000,), "1000"),
        seen(frames=(Frame(CLOSE, b"\x03\xe8"),)),
        None,
    ),
    (
        frames.close_code((1002,), "1002"),
        seen(frames=(Frame(CLOSE, b"\x03\xe8"),)),
        "fail",
    ),
    (frames.close_code((1002,), "1002"), seen(), "fail"),
    (frames.heard((PONG, b"a")), seen(frames=(Frame(PONG, b"a"),)), None),
    (frames.heard((PONG, b"a")), seen(frames=(Frame(PONG, b"b"),)), "timeout"),
    (app.never_whole(), seen(calls=(OPEN,)), None),
    (app.never_whole(), seen(calls=(CALL,)), "fail"),
    (app.broken_body(), seen(BAD), None),
    (app.turned_down(400), seen(BAD, calls=(OPEN,)), None),
    (app.turned_down(400), seen(OK, calls=(CALL,)), "fail"),
    (c.speaks_1_1(), seen(OK), None),
    (c.speaks_1_1(), seen(Answer(200, version="1.0")), "unsupported"),
    (c.early(0, 2.0), seen(), None),
    (c.early(0, 1.0), seen(), "fail"),
    (c.early(3, 1.0), seen(), "fail"),
]


@each_row(("check", "observed", "kind"), TABLE)
def test_check(check: Check, observed: Observed, kind: str | None) -> None:
    problem = check(observed)
    assert (problem.kind if problem else None) == kind
    assert problem is None or problem.sentence.endswith(".")


@pytest.mark.parametrize(
    ("length", "got", "whole"),
    [("5", b"hello", True), ("9", b"hello", False), ("", b"hello", True), ("", b"", 0)],
)
def test_wsgi_body_is_whole_if_its_length_came(
    length: str, got: bytes, whole: bool
) -> None:
    call = Call({"CONTENT_LENGTH": length}, (("wsgi.input", got, "", 0.0),), wsgi=True)
    observed = Observed("wsgi", (Connection(),), (call,))
    assert (app.never_whole()(observed) is not None) == whole


TEXT = Text("RFC 0, 1", "https://example.org/", "words")


def case(check: Check, **more: Any) -> Case:
    return Case(
        "x", more.pop("level", "must"), "It is so.", TEXT, (Say(b""),), (check,), **more
    )


def gives(kind: str) -> Check:
    return lambda _: Problem("No.", kind)  # type: ignore[arg-type]


@each_row(
    ("level", "kind", "verdict", "sentence"),
    [
        ("must", "fail", "fail", "No."),
        ("must", "warn", "warn", "No."),
        ("must", "timeout", "timeout", "No."),
        ("should", "fail", "warn", "No."),
        ("should", "timeout", "warn", "No."),
        ("may", "fail", "pass", "Reported: No."),
        ("unclear", "fail", "warn", "Unclear: No."),
        ("must", "unsupported", "unsupported", "No."),
    ],
)
def test_verdict_follows_from_level_and_kind(
    level: str, kind: str, verdict: str, sentence: str
) -> None:
    result = judge(case(gives(kind), level=level), "s", seen(OK))
    assert (result.verdict, result.sentence) == (verdict, sentence)


def test_case_that_passes_says_what_it_shows_or_reports() -> None:
    passes: Callable[[Observed], None] = lambda _: None  # noqa: E731
    assert judge(case(passes), "s", seen(OK)).sentence == "It is so."
    reporting = case(passes, report=lambda observed: "42.")
    assert judge(reporting, "s", seen(OK)).sentence == "42."


def test_extension_that_is_not_offered_is_unsupported() -> None:
    needy = case(gives("fail"), needs="http.response.trailers")
    result = judge(needy, "s", seen(OK, calls=(CALL,)))
    assert result.verdict == "unsupported"
    offers = Call({**CALL.scope, "extensions": {"http.response.trailers": {}}})
    assert judge(needy, "s", seen(OK, calls=(offers,))).verdict == "fail"


def test_server_without_http2_is_unsupported() -> None:
    needy = case(gives("fail"), needs="http2")
    assert judge(needy, "s", seen(problem=NOT_SPOKEN)).sentence == NOT_SPOKEN


def test_server_that_cannot_be_asked_is_a_timeout() -> None:
    result = judge(case(gives("fail")), "s", Observed("asgi", asked=False))
    assert result.verdict == "timeout"


def test_case_without_meaning_is_unsupported_with_the_reason() -> None:
    passes = app.called(0)
    asgi_only = case(passes, script=(Send({}),))
    assert unsupported(asgi_only, "asgi") == ""
    assert unsupported(asgi_only, "wsgi") == "The case is about what only ASGI has."
    websocket = case(passes, needs="websocket")
    assert unsupported(websocket, "wsgi") == "WSGI has no WebSocket."
