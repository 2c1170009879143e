"""Server-sent events, put together from pieces."""

from __future__ import annotations

from asgi_compare.dashboard.console import MAX_EVENT, EventStream

STREAM = "id: 1\ndata: é\n\nid: 2\r\ndata: b\r\n\r\nid: 3\rdata: c\r\r".encode()
EVENTS = ["id: 1\ndata: é", "id: 2\r\ndata: b", "id: 3\rdata: c"]


def test_event_is_told_once_however_its_bytes_arrive() -> None:
    for size in range(1, len(STREAM) + 1):
        stream = EventStream()
        told: list[str] = []
        for at in range(0, len(STREAM), size):
            told += stream.feed(STREAM[at : at + size])
        assert told == EVENTS, size
        assert list(stream.rest()) == []


def test_end_without_a_blank_line_is_told_with_a_note() -> None:
    stream = EventStream()
    assert list(stream.feed(b"data: 1\n\ndata: 2\n")) == ["data: 1"]
    assert list(stream.rest()) == ["data: 2 (no blank line ends it)"]


def test_event_without_end_is_told_in_parts() -> None:
    stream = EventStream()
    [told] = stream.feed(b"x" * (MAX_EVENT + 1))
    assert told.endswith("x (no blank line ends it)")
    assert list(stream.rest()) == []
