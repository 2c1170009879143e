"""What a run keeps of a long payload says as much as the payload did."""

from dataclasses import replace

from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.expectation import judge
from asgi_compare.contract.scenario import Expected
from asgi_compare.judge.comparison.diff import compare
from asgi_compare.model.serialization.codec import (
    transcript_from_json,
    transcript_to_json,
)
from asgi_compare.model.transcript import Dialogue, Event, Excerpt, Response, Transcript
from asgi_compare.run.trim import EVENT_HEAD, WHOLE_ANSWER, WHOLE_EVENT, lean

LONG = b"0123456789abcdef" * 4096 * 2
SCENARIO = SCENARIOS["echo/ten_mebibytes"]


def exchanged(body: bytes | Excerpt, *others: Transcript) -> Transcript:
    events = (
        Event(1, "send", {"type": "http.response.start", "status": 200}, 0, 7),
        Event(2, "send", {"type": "http.response.body", "body": body}, len(body), 7),
    )
    answer = Response(200, "OK", body=body, pieces=(len(body),))
    return Transcript(
        "a/b", "asgi", events=events, answer=answer, threads=(7,), requests=others
    )


def test_short_payloads_stay_what_they_are() -> None:
    transcript = exchanged(b"x" * WHOLE_EVENT)
    assert lean(transcript) == transcript


def test_long_payload_keeps_its_length_its_digest_and_its_beginning() -> None:
    kept = lean(exchanged(LONG))
    whole = Excerpt.of(LONG)
    assert kept.answer == Response(200, "OK", body=whole, pieces=(len(LONG),))
    body = {
        "type": "http.response.body",
        "body": replace(whole, head=LONG[:EVENT_HEAD]),
    }
    assert kept.events[1] == Event(2, "send", body, len(LONG), 7)


def test_what_the_driver_has_cut_becomes_shorter_too() -> None:
    kept = lean(exchanged(Excerpt.of(LONG)))
    assert kept == lean(exchanged(LONG))


def test_what_is_no_event_stays() -> None:
    nonsense = Event(1, "send", LONG, len(LONG), 7)
    assert lean(Transcript("a/b", "asgi", events=(nonsense,))).events == (nonsense,)


def test_messages_and_the_others_of_a_crowd_are_cut_alike() -> None:
    dialogue = Dialogue(Response(101), heard=("text", LONG, LONG[:WHOLE_ANSWER]))
    crowd = exchanged(LONG, Transcript("a/b", "asgi", answer=dialogue))
    inner = lean(crowd).requests[0].answer
    assert inner == replace(
        dialogue, heard=("text", Excerpt.of(LONG), LONG[:WHOLE_ANSWER])
    )


def test_expectation_holds_and_fails_as_before() -> None:
    assert isinstance(SCENARIO.expected, Expected)
    body = SCENARIO.expected.body
    assert body is not None
    assert judge(SCENARIO, lean(exchanged(body))) == []
    wrong = lean(exchanged(body[:-1] + b"!"))
    assert [problem.what for problem in judge(SCENARIO, wrong)] == ["body"]


def test_difference_at_the_very_end_is_seen() -> None:
    one, other = lean(exchanged(LONG)), lean(exchanged(LONG[:-1] + b"!"))
    assert [what for what, _ in compare(one, other)] == ["body"]
    assert list(compare(one, lean(exchanged(LONG)))) == []


def test_lean_transcript_is_written_and_comes_back() -> None:
    kept = lean(exchanged(LONG))
    assert transcript_from_json(transcript_to_json(kept)) == kept
