"""A judge is told of one event after the other, and answers at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asgi_compare.judge.rules import judge, judge_for
from asgi_compare.judge.rules.engine.examples import (
    ENVIRON,
    HTTP_SCOPE,
    OK,
    WEBSOCKET_SCOPE,
    Stream,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.judge_http import HttpJudge
from asgi_compare.judge.rules.engine.judge_lifespan import LifespanJudge
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.rules.engine.rule import Example, rule
from asgi_compare.judge.rules.engine.values import entries, kind, shown, truthy, walk
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import RETURNED, Event, Transcript

START = {"type": "http.response.start", "status": 200, "headers": []}
MORE = {"type": "http.response.body", "body": b"hello", "more_body": True}
BODY = {"type": "http.response.body", "body": b"hello"}


@pytest.mark.parametrize(
    ("scope", "interface", "expected"),
    [
        (HTTP_SCOPE, None, HttpJudge),
        (WEBSOCKET_SCOPE, None, WebSocketJudge),
        ({"type": "lifespan"}, None, LifespanJudge),
        ({"type": "x"}, None, Judge),
        ({"type": ["http"]}, None, Judge),
        (None, None, Judge),
        (ENVIRON, None, WsgiJudge),
        ({}, "wsgi", WsgiJudge),
    ],
)
def test_judge_is_chosen_by_the_scope(
    scope: Any, interface: Any, expected: type[Judge]
) -> None:
    assert type(judge_for(scope, interface=interface)) is expected


def test_judge_answers_each_event_with_its_findings() -> None:
    one = judge_for(HTTP_SCOPE, "live")

    assert list(one.begin()) == []
    assert list(one.received({"type": "http.request"})) == []
    found = one.sent(BODY)
    assert list(found) == [
        Finding(
            rule="asgi-http/body-before-start",
            side="application",
            level="must",
            message="Expected 'http.response.start', but got 'http.response.body' "
            "(event 1 of 'live').",
            scenario="live",
            evidence=(1,),
        )
    ]
    assert list(one.sent(START)) == []
    assert list(one.sent(MORE)) == []
    assert [each.rule for each in one.ended(RETURNED)] == ["asgi-http/unfinished-body"]
    assert one.findings[-1].evidence == ()
    assert [each.rule for each in one.findings] == [
        "asgi-http/body-before-start",
        "asgi-http/unfinished-body",
    ]


def test_endless_stream_is_judged_in_constant_space() -> None:
    one = judge_for(HTTP_SCOPE)
    one.begin()
    one.sent(START)

    for _ in range(100_000):
        assert not one.sent(MORE)

    assert one.findings == []
    assert one.index == 100_000


def test_judge_without_a_name_does_not_name_the_exchange() -> None:
    one = judge_for(HTTP_SCOPE)

    assert one.sent(None)[0].message == (
        "Expected an event that is a dict, but got None, None (event 0)."
    )


def test_version_that_is_no_text_is_the_oldest() -> None:
    for version in (2.5, "", "x.y"):
        one = judge_for({"type": "http", "asgi": {"spec_version": version}})
        assert one.spec_version < (2, 1)
    assert judge_for(HTTP_SCOPE).spec_version == (2, 5)


def test_requests_within_a_lifespan_are_judged_too() -> None:
    inner = replace(OK.transcript("inner"), events=())
    outer = Transcript("outer", "wire", requests=(inner,))

    assert [(each.rule, each.scenario) for each in judge(outer)] == [
        ("asgi-http/no-response", "inner")
    ]


def test_client_that_left_excuses_a_missing_answer() -> None:
    transcript = replace(OK.transcript("it"), events=(), left_at_ns=5)

    assert judge(transcript) == []


class Liar(dict[str, Any]):
    """A dict whose methods do not tell what is in it."""

    def get(self, key: str, default: Any = None) -> Any:
        raise RuntimeError("no")

    __getitem__ = __iter__ = keys = items = get  # type: ignore[assignment]


class Hostile:
    """A value that raises whatever is done with it."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("no")

    __repr__ = __eq__ = __bool__ = __len__ = __iter__ = _raise
    __hash__ = _raise
    __class__ = property(_raise)


def test_dict_that_lies_is_read_past_its_methods() -> None:
    one = judge_for(Liar(HTTP_SCOPE))
    one.begin()

    one.sent(Liar(START))
    one.sent(Liar(BODY))

    assert one.findings == []
    assert one.notes == []


@pytest.mark.parametrize("key", ["type", "status", "headers", "trailers", "extra"])
def test_hostile_value_is_survived_and_noted(key: str) -> None:
    one = judge_for(HTTP_SCOPE)

    one.sent({**START, key: Hostile()})
    one.sent({**BODY, key: Hostile()})
    one.received({"type": "http.request", key: Hostile()})
    one.received({key: Hostile()})
    one.sent(Hostile())

    assert one.notes


def test_hostile_scope_is_survived() -> None:
    for key in HTTP_SCOPE:
        one = judge_for({**HTTP_SCOPE, key: Hostile()})
        one.begin()
        one.sent(START)
        one.sent(BODY)
        one.ended(RETURNED)


def test_websocket_event_of_an_odd_shape_is_looked_at_closely() -> None:
    one = judge_for(WEBSOCKET_SCOPE)
    one.received({"type": "websocket.connect"})
    one.sent({"type": "websocket.accept"})

    for event in ({"x": 1, "y": 2}, {"x": 1, "y": 2, "z": 3}, [1, 2]):
        assert one.received(event)
    assert one.sent({"x": 1, "y": 2})


def test_id_can_be_given_to_one_rule_only() -> None:
    put = rule(
        "http/etag",
        "application",
        "must",
        "ended",
        quote="",
        link="",
        statement="",
        why="",
        hint="",
        breaks=OK,
        keeps=OK,
    )

    with pytest.raises(ValueError, match="Expected one rule 'http/etag', but got two"):
        put(lambda judge, subject: iter(()))


def test_values_are_named_and_cut() -> None:
    assert kind(None) == "None"
    assert kind(1) == "an int"
    assert kind("") == "a str"
    assert shown("x" * 100) == "'" + "x" * 76 + "..."
    assert shown(Liar()) == "{}"
    assert truthy(object())
    assert entries(iter(())) is None


def test_value_that_holds_itself_is_walked_to_an_end() -> None:
    endless: list[Any] = []
    endless += [endless, endless, 2**64]

    assert ("range", 2**64) in list(walk(endless))


def test_example_of_a_stream_has_all_methods() -> None:
    stream = Stream()

    assert stream.read() == stream.readline() == b""
    assert stream.readlines() == list(stream) == []
    stream.flush()
    stream.write("")
    stream.writelines([])
    assert shown(stream) == "<stream>"


def test_example_becomes_the_transcript_of_its_interface() -> None:
    transcript = Example({}, (("send", 1),), wsgi=True).transcript("x")

    assert transcript.interface == "wsgi"
    assert transcript.events == (Event(0, "send", 1, 0, 0),)
