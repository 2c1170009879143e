from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, fields, replace

import pytest

from asgi_compare.model.transcript import Dialogue, Event, Excerpt, Response, Transcript


def plain() -> Transcript:
    events = (
        Event(1, "receive", {"type": "http.request"}, 0, 7),
        Event(2, "send", {"type": "http.response.start"}, 0, 7),
        Event(3, "send", "nonsense", 0, 7),
    )
    return Transcript("a/b", "asgi", {"type": "http"}, events, answer=Response(200))


def test_late_transcript_is_written_once_when_a_field_is_read() -> None:
    written: list[int] = []

    def write() -> Transcript:
        written.append(1)
        return plain()

    late = Transcript.later(write)

    assert written == []
    assert late.events == plain().events
    assert late == plain()
    assert repr(late) == repr(plain())
    assert written == [1]


def test_late_transcript_is_written_to_be_compared_or_shown() -> None:
    assert Transcript.later(plain) == plain()
    assert plain() == Transcript.later(plain)
    assert Transcript.later(plain) == Transcript.later(plain)
    assert repr(Transcript.later(plain)) == repr(plain())

    late = Transcript.later(plain)
    late.scenario = "set"
    assert late != plain()
    assert type(late) is Transcript


def test_late_transcript_is_a_plain_one_once_it_is_written() -> None:
    late = Transcript.later(plain)

    assert isinstance(late, Transcript)
    assert late.scenario == "a/b"
    assert type(late) is Transcript
    assert type(pickle.loads(pickle.dumps(Transcript.later(plain)))) is Transcript


def test_field_that_was_set_before_stays_when_it_is_written() -> None:
    late = Transcript.later(plain)

    late.notes = ("set",)

    assert late.scenario == "a/b"
    assert late.notes == ("set",)


def test_late_transcript_has_no_other_attributes() -> None:
    late = Transcript.later(plain)

    with pytest.raises(AttributeError, match=r"A transcript has no 'event'\."):
        late.event  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("late", [True, False], ids=["late", "plain"])
def test_copies_and_pickles_hold_the_fields(late: bool) -> None:
    def made() -> Transcript:
        return Transcript.later(plain) if late else plain()

    assert pickle.loads(pickle.dumps(made())) == plain()
    assert copy.copy(made()) == plain()
    assert replace(made(), notes=("x",)).notes == ("x",)
    assert asdict(made()).keys() == {each.name for each in fields(Transcript)}


def test_events_are_found_by_direction_and_type() -> None:
    transcript = plain()

    assert transcript.received() == [{"type": "http.request"}]
    assert transcript.sent() == [{"type": "http.response.start"}, "nonsense"]
    assert transcript.sent("http.response.start") == [{"type": "http.response.start"}]
    assert transcript.received("http.disconnect") == []


def test_response_of_a_dialogue_is_its_handshake() -> None:
    transcript = plain()
    transcript.answer = Dialogue(Response(101))

    assert plain().response == Response(200)
    assert transcript.response == Response(101)


def test_response_gives_its_fields_and_its_text() -> None:
    headers = ((b"a", b"1"), (b"b", b"2"), (b"a", b"3"))
    response = Response(200, headers=headers, body=b"\xc3\xa9\xff")

    assert response.header(b"a") == [b"1", b"3"]
    assert response.text == "é\\xff"
    assert Response(200, body=Excerpt.of(b"x" * 5000)).text == "x" * 4096


def test_excerpt_knows_the_whole() -> None:
    excerpt = Excerpt.of(b"a" * 5000)

    assert len(excerpt) == 5000
    assert excerpt.head == b"a" * 4096
    assert excerpt == Excerpt.of(b"a" * 5000)
    assert excerpt != Excerpt.of(b"a" * 4999 + b"b")
