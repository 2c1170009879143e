"""A transcript as lines, and when two of them are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from asgi_compare.model.transcript import (
    Dialogue,
    Ending,
    Event,
    Excerpt,
    Response,
    Transcript,
)
from asgi_compare.report.common.timeline import (
    Line,
    request_lines,
    scope_lines,
    timeline,
)
from asgi_compare.report.common.values import show_field, show_fields, show_value

START = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"\xe9")]}


def recorded(*events: Any, **more: Any) -> Transcript:
    entries = tuple(
        Event(n * 1000, "send", event, 1, 7) for n, event in enumerate(events)
    )
    return Transcript("x/y", "asgi", events=entries, **more)


def test_event_is_a_line_with_time_direction_and_thread() -> None:
    transcript = Transcript(
        "x/y",
        "asgi",
        events=(
            Event(900, "receive", {"type": "http.request", "body": b"\x1b"}, 1, 70),
            Event(1500, "send", START, 0, 80),
        ),
        threads=(70, 80),
        elapsed_ns=2000,
    )
    made = timeline(transcript)
    assert made.lines == (
        Line("900 ns", "receive", "http.request", (r"body=b'\x1b'",), "#1"),
        Line(
            "1.50 µs",
            "send",
            "http.response.start",
            ("status=200", "headers=[a: é]"),
            "#2",
        ),
    )
    assert made.elapsed == "2.00 µs"
    assert made.answer == ("The client got no answer.",)


@pytest.mark.parametrize(
    ("requests", "line"),
    [
        ((), "in between: nothing was asked"),
        ((Transcript("a/b", "asgi"),), "in between: one request, answered not at all"),
    ],
)
def test_client_of_a_lifespan_is_in_between(
    requests: tuple[Transcript, ...], line: str
) -> None:
    made = timeline(recorded(scope={"type": "lifespan"}, requests=requests))
    assert made.answer == (line,)


def test_equal_events_in_a_row_are_one_line() -> None:
    piece = {"type": "http.response.body", "body": b"x"}
    made = timeline(recorded(START, piece, piece, piece))
    assert [(line.kind, line.count) for line in made.lines] == [
        ("http.response.start", 1),
        ("http.response.body", 3),
    ]


def test_middle_of_a_long_exchange_is_left_out() -> None:
    made = timeline(recorded(*({"type": f"event {n}"} for n in range(100))))
    assert len(made.lines) == 21
    assert made.lines[14] == Line("", "", "… 80 events are not shown", (), "")
    assert made.lines[-1].kind == "event 99"


@pytest.mark.parametrize("event", [None, "text", {"type": 7}, {}, [1], b"x"])
def test_what_is_no_event_is_shown_as_it_is(event: Any) -> None:
    (line,) = timeline(recorded(event)).lines
    assert (line.kind, line.details) == ("(no event)", (show_value(event),))


def test_answer_is_shown_as_the_client_saw_it() -> None:
    answer = Response(
        206, "Partial", ((b"a", b"1"), (b"a", b"2")), b"xyz", (1, 1, 1), False, "1.1"
    )
    assert timeline(recorded(answer=answer)).answer == (
        "HTTP/1.1 206 Partial",
        "a: 1",
        "a: 2",
        "",
        "b'xyz'",
        "in 3 pieces: 3 of 1",
        "It broke off before its end.",
    )


def test_answer_without_a_body_ends_with_its_fields() -> None:
    answer = Response(204, headers=((b"a", b"1"),))
    assert timeline(recorded(answer=answer)).answer == ("204", "a: 1")


def test_conversation_is_shown_with_what_was_heard() -> None:
    answer = Dialogue(Response(101), "chat", ("a", b"b", *"c" * 20), 4001, "later")
    shown = timeline(recorded(answer=answer)).answer
    assert shown[:4] == ("101", "subprotocol 'chat'", "heard 'a'", "heard b'b'")
    assert shown[-2:] == ("… 8 more messages", "closed with 4001 'later'")


def test_others_of_a_crowd_are_counted() -> None:
    good, silent = recorded(answer=Response(200)), recorded()
    shown = timeline(recorded(answer=Response(200), requests=(good, good, silent)))
    assert (
        shown.answer[-1] == "beside it: 3 requests, answered 200 (2×), not at all (1×)"
    )


@pytest.mark.parametrize(
    ("ending", "shown"),
    [
        (Ending(), ""),
        (Ending("flooded", "", 5000), "flooded after 5.00 µs"),
        (Ending("raised", "E: \x1b", 5), r"raised after 5 ns: E: \x1b"),
    ],
)
def test_ending_is_one_line(ending: Ending, shown: str) -> None:
    assert timeline(recorded(ending=ending)).ending == shown


def answered(**changes: Any) -> Transcript:
    headers = ((b"date", b"now"), (b"server", b"a"), (b"x", b"1"))
    answer = Response(200, "OK", headers, b'{"elapsed": 0.05}', (17,))
    return recorded(START, answer=replace(answer, **changes))


def test_noise_does_not_make_two_exchanges_unlike() -> None:
    headers = ((b"date", b"later"), (b"server", b"b"), (b"x", b"1"))
    other = answered(headers=headers, body=b'{"elapsed": 0.06}')
    events = tuple(entry._replace(thread=8, at_ns=5) for entry in other.events)
    other = replace(other, elapsed_ns=99, events=events)
    assert timeline(other).likeness == timeline(answered()).likeness


@pytest.mark.parametrize(
    "changes",
    [
        {"status": 201},
        {"headers": ()},
        {"body": b"other"},
        {"pieces": (10, 7)},
        {"complete": False},
        {"body": Excerpt(b"x", 10, "")},
        {"body": b"x" * 5000 + b"1.5"},
    ],
)
def test_anything_else_does(changes: dict[str, Any]) -> None:
    assert timeline(answered(**changes)).likeness != timeline(answered()).likeness


def test_long_bodies_are_compared_to_their_end() -> None:
    one, other = (timeline(answered(body=b"x" * 5000 + end)) for end in (b"1", b"2"))
    assert one.likeness != other.likeness


def test_excerpts_are_compared_by_their_digests() -> None:
    one, other = (Excerpt(b"x", 10, digest) for digest in ("a", "b"))
    bodies = [timeline(answered(body=body)) for body in (one, other)]
    events = [
        timeline(recorded({"type": "http.response.body", "body": body}))
        for body in (one, other)
    ]
    assert bodies[0].likeness != bodies[1].likeness
    assert events[0].likeness != events[1].likeness


def test_conversations_are_compared_by_what_was_heard() -> None:
    one, other = (
        timeline(recorded(answer=Dialogue(Response(101), heard=(text,))))
        for text in ("a", "b")
    )
    assert one.likeness != other.likeness


def scope(kind: Literal["http", "websocket", "lifespan"], **more: Any) -> Any:
    return {"type": kind, "http_version": "1.1", "path": "/é", **more}


def test_request_is_written_out_from_the_scope() -> None:
    transcript = Transcript(
        "x/y",
        "asgi",
        scope(
            "http",
            method="POST",
            raw_path=b"/a%20b",
            query_string=b"q=1",
            headers=[(b"host", b"here"), (b"x", b"\xff")],
        ),
        events=tuple(
            Event(1, "receive", {"type": "http.request", "body": body}, 1, 1)
            for body in (b"", *[b"p"] * 20, *(b"%d" % n for n in range(16)))
        ),
    )
    lines = request_lines(transcript)
    assert lines[:4] == ["POST /a%20b?q=1 HTTP/1.1", "host: here", "x: ÿ", ""]
    different = [f"b'{n}'" for n in range(13)]
    assert lines[4:] == ["b'p'  ×20", *different, "… and 3 more pieces"]


def test_handshake_is_a_request_too() -> None:
    transcript = Transcript("x/y", "asgi", scope("websocket"))
    assert request_lines(transcript) == ["GET /Ã© HTTP/1.1"]


@pytest.mark.parametrize("kind", ["lifespan", None])
def test_other_scopes_have_no_request(kind: Any) -> None:
    assert request_lines(Transcript("x/y", "asgi", scope(kind))) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (bytearray(b"a"), "b'a'"),
        ("a" * 200, f"'{'a' * 160}'… (200 characters)"),
        ({"a": [1, (None, b"x")]}, "{'a': [1, [None, b'x']]}"),
        ([[[[[1]]]]], "[[[[[1]]]]]"),
        (Excerpt(b"head", 5000, ""), "b'head'… (5,000 bytes)"),
        ("\u202e", r"'\u202e'"),
    ],
)
def test_value_is_one_line(value: Any, shown: str) -> None:
    assert show_value(value) == shown


def test_object_that_cannot_be_shown_is_named() -> None:
    class Spiteful:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert show_value(Spiteful()) == "<Spiteful>"


def test_field_that_is_no_pair_is_shown_as_it_is() -> None:
    assert show_field((b"a", b"b")) == "a: b"
    assert show_field((b"a", 7)) == "b'a': 7"
    assert show_field(("a", b"b")) == "'a': b'b'"
    assert show_field(("a", "b")) == "'a': 'b'"
    assert show_fields([("a", "b")], "start_response") == "[a: b]"
    assert show_field((b"a", b"b", b"c")) == "[b'a', b'b', b'c']"


def test_scope_has_a_line_for_each_field_and_each_entry_of_the_state() -> None:
    asked = scope(
        "http", headers=[[b"host", b"a"]], state={"one": 1, "two": {}}, extensions={}
    )
    assert scope_lines(Transcript("x/y", "asgi", asked))[-6:] == [
        "headers:",
        "  [b'host', b'a']",
        "state:",
        "  'one': 1",
        "  'two': {}",
        "extensions: {}",
    ]
    assert scope_lines(Transcript("x/y", "asgi", {"state": {}})) == ["state: {}"]
