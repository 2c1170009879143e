"""What a run keeps of a long transcript.

A driver keeps a megabyte of an exchange. That is right for whoever looks at one of
them, and too much for a run of hundreds, whose file would be little else than bodies of
10 MiB. So a run keeps of a payload what anybody reads or compares: its length, its
digest and its beginning, as an `Excerpt`. Each difference shows as it did before.

What the client got keeps as long a beginning as any excerpt, so that it can be held
against an expectation. The same bytes in the events are evidence of when and in which
pieces they crossed; there, a few words of each do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asgi_compare.model.transcript import Answer, Dialogue, Event, Excerpt, Transcript

WHOLE_ANSWER = 1 << 16
"""Bytes up to which what the client got is kept whole; no JSON of ours is longer."""
WHOLE_EVENT = 4096
"""Bytes up to which the payload of an event is."""
EVENT_HEAD = 256
"""Bytes that are kept of a longer one."""


def lean(transcript: Transcript) -> Transcript:
    """Return the same transcript, with excerpts of its long payloads."""
    return replace(
        transcript,
        events=tuple(map(_event, transcript.events)),
        answer=_answer(transcript.answer),
        requests=tuple(map(lean, transcript.requests)),
    )


def _event(entry: Event) -> Event:
    if entry.size <= WHOLE_EVENT or not isinstance(entry.event, dict):
        return entry
    event = {key: _with_short_head(value) for key, value in entry.event.items()}
    return entry._replace(event=event)


def _with_short_head(value: Any) -> Any:
    found = _excerpt(value, WHOLE_EVENT)
    if isinstance(found, Excerpt):
        return replace(found, head=found.head[:EVENT_HEAD])
    return found


def _answer(answer: Answer | None) -> Answer | None:
    if answer is None:
        return None
    if isinstance(answer, Dialogue):
        heard = tuple(_excerpt(message, WHOLE_ANSWER) for message in answer.heard)
        return replace(answer, heard=heard)
    return replace(answer, body=_excerpt(answer.body, WHOLE_ANSWER))


def _excerpt(value: Any, limit: int) -> Any:
    return (
        Excerpt.of(value) if isinstance(value, bytes) and len(value) > limit else value
    )
