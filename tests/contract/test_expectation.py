"""Is what came what the contract expects? One aspect at a time."""

from dataclasses import replace
from typing import Any

import pytest

from asgi_compare.contract.expectation import holds, judge
from asgi_compare.contract.scenario import (
    Conversation,
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.model.transcript import Dialogue, Ending, Event, Response, Transcript

JSON = (b"content-type", b"application/json")


def problems(expected: Expected, answer: Response | None, **more: Any) -> list[str]:
    transcript = replace(Transcript("a/b", "asgi", answer=answer), **more)
    scenario = Scenario("a", "b", "", Request(), expected)
    return [str(problem) for problem in judge(scenario, transcript)]


@pytest.mark.parametrize(
    ("expected", "answer", "sentence"),
    [
        (Expected(), None, "Expected status 200, but got no answer."),
        (Expected(), Response(404), "Expected status 200, but got 404."),
        (
            Expected(),
            Response(200, complete=False),
            "Expected complete True, but got False.",
        ),
        (
            Expected(headers=((b"x-a", b"1"), (b"x-a", b"2"))),
            Response(200, headers=((b"x-a", b"2"), (b"x-a", b"1"))),
            "Expected header x-a ('1', '2'), but got ('2', '1').",
        ),
        (
            Expected(headers=((b"x-a", b"1"),)),
            Response(200),
            "Expected header x-a 1, but got nothing.",
        ),
        (
            Expected(absent=(b"x-a",)),
            Response(200, headers=((b"x-a", b"1"),)),
            "Expected header x-a to be absent, but got 1.",
        ),
        (
            Expected(body=b"a"),
            Response(200, body=b"b"),
            "Expected body b'a', but got b'b'.",
        ),
        (
            Expected(json={"a": [1]}),
            Response(200, headers=(JSON,), body=b'{"a": [2], "b": 3}'),
            "Expected body.a [1], but got [2].",
        ),
        (
            Expected(pieces=(1, 2)),
            Response(200, pieces=(3,)),
            "Expected pieces (1, 2), but got 3.",
        ),
    ],
    ids=[
        "answer",
        "status",
        "complete",
        "order",
        "header",
        "absent",
        "body",
        "json",
        "pieces",
    ],
)
def test_problem_is_one_sentence(
    expected: Expected, answer: Response | None, sentence: str
) -> None:
    assert problems(expected, answer) == [sentence]


def test_nothing_is_said_of_what_is_left_open() -> None:
    answer = Response(200, headers=(JSON,), body=b'{"a": 1}', pieces=(8,))
    assert problems(Expected(), answer) == []


def test_nothing_but_the_status_is_said_of_another_answer() -> None:
    expected = Expected(headers=((b"allow", b"GET"),), body=b"a")
    assert problems(expected, Response(404, body=b"b")) == [
        "Expected status 200, but got 404."
    ]


def test_answer_is_not_looked_for_without_a_status() -> None:
    assert problems(Expected(status=None), None) == []


@pytest.mark.parametrize("kind", ["timed out", "abandoned", "flooded", "crashed"])
def test_application_that_does_not_end_by_itself_is_a_problem(kind: str) -> None:
    ending = Ending(kind, "it says\nmore")  # type: ignore[arg-type]  # they are all kinds
    expected = f"Expected ending 'returned' or 'raised', but got {kind} (it says)."
    assert problems(Expected(), Response(200), ending=ending) == [expected]


def test_application_must_stop_soon_after_its_client_has_left() -> None:
    late = Ending("returned", at_ns=2_000_000_000)
    soon = Ending("returned", at_ns=2_000)
    expected = Expected(status=None, stops=True)
    sentence = "Expected stops True, but got False."
    assert problems(expected, None, left_at_ns=1_000, ending=late) == [sentence]
    assert problems(expected, None, left_at_ns=1_000, ending=soon) == []


def test_pieces_and_stopping_are_not_judged_on_the_wire() -> None:
    expected = Expected(pieces=(1, 2), stops=True)
    assert problems(expected, Response(200, pieces=(3,)), interface="wire") == []


def test_everyone_of_a_crowd_is_judged() -> None:
    other = Transcript("a/b", "asgi", answer=Response(500))
    found = problems(Expected(), Response(200), requests=(other, other))
    assert found == ["Expected status 200, but got 500."]


@pytest.mark.parametrize(
    ("expected", "answer", "what"),
    [
        (ExpectedConversation(), None, "status"),
        (ExpectedConversation(), Dialogue(Response(403)), "status"),
        (ExpectedConversation(hears=("a",)), Dialogue(Response(101)), "messages"),
        (
            ExpectedConversation(subprotocol="a"),
            Dialogue(Response(101), subprotocol="b"),
            "subprotocol",
        ),
        (
            ExpectedConversation(code=1000),
            Dialogue(Response(101), code=1),
            "close:code",
        ),
        (
            ExpectedConversation(code=1, reason="a"),
            Dialogue(Response(101), code=1, reason="b"),
            "close:reason",
        ),
        (
            ExpectedConversation(status=401, body=b"a"),
            Dialogue(Response(401, body=b"b")),
            "body",
        ),
    ],
)
def test_conversation_is_judged(
    expected: ExpectedConversation, answer: Dialogue | None, what: str
) -> None:
    scenario = Scenario("ws", "b", "", Conversation(), expected)
    found = judge(scenario, Transcript("ws/b", "asgi", answer=answer))
    assert [problem.what for problem in found] == [what]


def lifetime(*types: str, **more: Any) -> Transcript:
    events = tuple(
        Event(0, "send" if "." in kind[9:] else "receive", {"type": kind}, 0, 0)
        for kind in types
    )
    whole = Transcript("l/b", "asgi", {"type": "lifespan"}, events)
    return replace(whole, **more)


def test_lifetime_is_judged() -> None:
    expected = ExpectedLifetime(events=("lifespan.startup",), answers=(Expected(),))
    scenario = Scenario("l", "b", "", Lifetime(), expected)
    answered = Transcript("l/b", "asgi", answer=Response(200))
    assert holds(scenario, lifetime("lifespan.startup", requests=(answered,)))
    found = [str(problem) for problem in judge(scenario, lifetime())]
    assert found == [
        "Expected events lifespan.startup, but got ().",
        "Expected answer 1 status 200, but got no answer.",
    ]


def test_refusal_of_a_lifespan_is_judged() -> None:
    scenario = Scenario("l", "b", "", Lifetime(), ExpectedLifetime(raises=True))
    refused = lifetime(ending=Ending("raised", "ValueError: no"))
    assert holds(scenario, refused)
    (found,) = judge(scenario, lifetime())
    assert str(found) == "Expected ending raised, but got returned."


def test_message_of_a_failed_start_up_must_be_in_there() -> None:
    expected = ExpectedLifetime(events=("lifespan.startup.failed",), message="away")
    scenario = Scenario("l", "b", "", Lifetime(), expected)
    event = {"type": "lifespan.startup.failed", "message": "it is away, sorry"}
    transcript = replace(lifetime(), events=(Event(0, "send", event, 0, 0),))
    assert holds(scenario, transcript)
    event["message"] = "no"
    assert [problem.what for problem in judge(scenario, transcript)] == ["message"]
