from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from asgi_compare.model.transcript import Dialogue, Event, Excerpt, Response, Transcript


def plain() -> Transcript:
    events = (
        Event(1, "receive", {"type": "http.request"}, 0, 7),
        Event(2, "send", {"type": "http.response.start"}, 0, 7),
        Event(3, "send", "nonsense", 0, 7),
    )
    return Transcript("a/b", "asgi", {"type": "http"}, events, answer=Response(200))


def test_transcript_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        plain().notes = ("x",)  # type: ignore[misc]

    assert replace(plain(), notes=("x",)).notes == ("x",)


def test_events_are_found_by_direction_and_type() -> None:
    transcript = plain()

    assert transcript.received() == [{"type": "http.request"}]
    assert transcript.sent() == [{"type": "http.response.start"}, "nonsense"]
    assert transcript.sent("http.response.start") == [{"type": "http.response.start"}]
    assert transcript.received("http.disconnect") == []


def test_response_of_a_dialogue_is_its_handshake() -> None:
    transcript = replace(plain(), answer=Dialogue(Response(101)))

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
