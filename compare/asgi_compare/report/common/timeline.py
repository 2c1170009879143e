"""A transcript as lines: what crossed the interface, and what the client got.

A timeline has a line for each event: when, which way, what, and on which thread.
Threads are numbered in the order in which they appear, since their idents mean nothing
to a reader. A run of equal events is one line with a count, and of a very long exchange
the middle is left out.

Two exchanges that went alike have the same `likeness`: it covers everything shown here
except times, ports, thread idents and the fields that every server fills in its own
way. So a report shows a transcript once, and says for how many cells it stands.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from asgi_compare.model.sanitize import clean, shorten
from asgi_compare.model.transcript import (
    EXCERPT_BYTES,
    Answer,
    Dialogue,
    Ending,
    Event,
    Excerpt,
    Response,
    Transcript,
)
from asgi_compare.report.common.values import (
    is_fields,
    show_field,
    show_fields,
    show_value,
)
from asgi_compare.report.common.wording import duration, without_noise

Value = TypeVar("Value")

HEAD = 14
TAIL = 6
"""Lines kept of the beginning and of the end of a long timeline."""

SERVERS_OWN = (b"date", b"server")
"""Fields that tell which server it was, and when; not what the application did."""

LONG = 2000
"""Characters that are shown of what a process has left behind."""

WHOLE = 1 << 20
"""A limit that no value reaches: for comparing, nothing is cut off."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or a run of equal ones; or the place where some are left out."""

    at: str
    direction: str
    """`receive`, `send`, or empty where lines are left out."""
    kind: str
    details: tuple[str, ...]
    """Everything else in the event, as `key=value`."""
    thread: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """One transcript, ready to be set."""

    interface: str
    lines: tuple[Line, ...]
    answer: tuple[str, ...]
    """What the client got: the status line, the fields, the body."""
    ending: str
    """How the application's part ended; empty if it returned with all being said."""
    notes: tuple[str, ...]
    elapsed: str
    likeness: str


def timeline(transcript: Transcript) -> Timeline:
    """Make the timeline of one transcript."""
    threads = _threads(transcript)
    return Timeline(
        transcript.interface,
        tuple(_shortened(list(_lines(transcript.events, threads)))),
        _got(transcript),
        _ending(transcript.ending) or _unanswered(transcript),
        tuple(clean(note) for note in transcript.notes),
        duration(transcript.elapsed_ns),
        _likeness(transcript, threads),
    )


def request_lines(transcript: Transcript) -> list[str]:
    """Write out the request that the scope and the body events stand for.

    It is empty where there is no HTTP or WebSocket scope to read it from. Each line is
    one line of the request; the body follows its empty line as a byte string.
    """
    scope = transcript.scope
    if scope.get("type") not in ("http", "websocket"):
        return []
    target = _bytes(scope.get("raw_path")) or _bytes(scope.get("path"))
    if query := _bytes(scope.get("query_string")):
        target += b"?" + query
    method = scope.get("method", "GET")
    first = f"{method} {target.decode('latin-1')} HTTP/{scope.get('http_version')}"
    fields = [show_field(pair) for pair in scope.get("headers", ())]
    bodies = [
        event.get("body", b"")
        for event in transcript.received("http.request")
        if event.get("body")
    ]
    body = [
        show_value(piece, 400) + (f"  ×{count:,}" if count > 1 else "")
        for piece, count in _in_runs(bodies)
    ]
    if len(body) > HEAD:
        body[HEAD:] = [f"… and {len(body) - HEAD:,} more pieces"]
    return [clean(shorten(first)), *fields, *(["", *body] if body else [])]


def scope_lines(transcript: Transcript) -> list[str]:
    """Write out the scope or the environ, a key on each line.

    Header fields and what is in the state have lines of their own.
    """
    lines = []
    for key, value in transcript.scope.items():
        if is_fields(value):
            lines.append(f"{clean(str(key))}:")
            lines += [f"  {show_value(pair)}" for pair in value]
        elif key == "state" and isinstance(value, dict) and value:
            lines.append("state:")
            lines += [f"  {show_value(k)}: {show_value(v)}" for k, v in value.items()]
        else:
            lines.append(f"{clean(str(key))}: {show_value(value)}")
    return lines


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace")
    return value if isinstance(value, bytes) else b""


def _threads(transcript: Transcript) -> dict[int, int]:
    idents = (*transcript.threads, *(event.thread for event in transcript.events))
    return {ident: n for n, ident in enumerate(dict.fromkeys(idents), 1)}


def _lines(events: tuple[Event, ...], threads: dict[int, int]) -> Iterator[Line]:
    shown = (
        (event, (event.direction, *_parts(event.event), threads[event.thread]))
        for event in events
    )
    for (direction, kind, details, thread), run in groupby(shown, lambda pair: pair[1]):
        members = [event for event, _ in run]
        at = duration(members[0].at_ns)
        yield Line(at, direction, kind, details, f"#{thread}", len(members))


def _parts(event: Any, limit: int = 160) -> tuple[str, tuple[str, ...]]:
    """Return the type of an event, and everything else in it."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return "(no event)", (show_value(event, limit),)
    details = (
        f"{clean(str(key))}={_entry(value, limit, event['type'])}"
        for key, value in event.items()
        if key != "type"
    )
    return clean(shorten(event["type"])), tuple(details)


def _entry(value: Any, limit: int, kind: str) -> str:
    return show_fields(value, kind) if is_fields(value) else show_value(value, limit)


def _shortened(lines: list[Line]) -> list[Line]:
    left_out = lines[HEAD:-TAIL]
    if len(left_out) <= 1:
        return lines
    events = sum(line.count for line in left_out)
    gap = Line("", "", f"… {events:,} events are not shown", (), "")
    return [*lines[:HEAD], gap, *lines[-TAIL:]]


def _got(transcript: Transcript) -> tuple[str, ...]:
    if transcript.scope.get("type") == "lifespan":
        between = tuple(_others(transcript, "in between: "))
        return between or ("in between: nothing was asked",)
    return (*_answer(transcript.answer), *_others(transcript, "beside it: "))


def _answer(answer: Answer | None) -> list[str]:
    if answer is None:
        return ["The client got no answer."]
    if isinstance(answer, Response):
        return _response(answer)
    lines = _response(answer.handshake)
    if answer.subprotocol is not None:
        lines.append(f"subprotocol {show_value(answer.subprotocol)}")
    lines += [f"heard {show_value(message)}" for message in answer.heard[:HEAD]]
    if len(answer.heard) > HEAD:
        lines.append(f"… {len(answer.heard) - HEAD:,} more messages")
    if answer.code is not None:
        lines.append(f"closed with {answer.code} {show_value(answer.reason)}")
    return lines


def _response(response: Response) -> list[str]:
    version = f"HTTP/{response.http_version} " if response.http_version else ""
    lines = [clean(shorten(f"{version}{response.status} {response.reason}".strip()))]
    lines += [show_field(pair) for pair in response.headers]
    lines.append("")
    if len(response.body):
        lines.append(show_value(response.body, 400))
    if len(response.pieces) > 1:
        lines.append(f"in {len(response.pieces):,} pieces: {_sizes(response.pieces)}")
    if not response.complete:
        lines.append("It broke off before its end.")
    return lines if lines[-1] else lines[:-1]


def _sizes(pieces: tuple[int, ...]) -> str:
    shown = (
        f"{size}" if count == 1 else f"{count} of {size}"
        for size, count in _in_runs(pieces)
    )
    return shorten(", ".join(shown))


def _in_runs(values: Iterable[Value]) -> Iterator[tuple[Value, int]]:
    """Return each run of equal values once, with its length."""
    return ((value, len(list(run))) for value, run in groupby(values))


def _others(transcript: Transcript, joined_by: str) -> list[str]:
    """Sum up the requests of a lifespan, or the others of a crowd."""
    if not transcript.requests:
        return []
    statuses = Counter(
        str(other.response.status) if other.response else "not at all"
        for other in transcript.requests
    )
    number = len(transcript.requests)
    if len(statuses) == 1:
        counted = next(iter(statuses))
    else:
        counted = ", ".join(f"{status} ({n}×)" for status, n in statuses.items())
    requests = "one request" if number == 1 else f"{number:,} requests"
    return [f"{joined_by}{requests}, answered {counted}"]


def _ending(ending: Ending) -> str:
    if ending.kind == "returned":
        return ""
    # It may go on with the last lines that a process has written.
    said = clean(shorten(ending.error, LONG), lines=True)
    error = f": {said}" if said else ""
    return f"{ending.kind} after {duration(ending.at_ns)}{error}"


UNANSWERED = {
    "http": (
        "http.response.start",
        "returned without a response: a server answers 500 in its place",
    ),
    "websocket": (
        "websocket.",
        "returned without an answer to the handshake: a server refuses it in its place",
    ),
}
"""By the type of the scope: what an answer begins with, and what it means if none
came."""


def _unanswered(transcript: Transcript) -> str:
    """Return what it means that an application has returned and sent nothing."""
    begins, meaning = UNANSWERED.get(str(transcript.scope.get("type")), ("", ""))
    sent = (e.event for e in transcript.events if e.direction == "send")
    kinds = (str(e.get("type")) for e in sent if isinstance(e, dict))
    is_answered = any(kind.startswith(begins) for kind in kinds)
    return "" if is_answered else meaning


def _likeness(transcript: Transcript, threads: dict[int, int]) -> str:
    """Digest all that is shown, at full length and without its noise."""
    digest = hashlib.sha256(transcript.interface.encode())
    for event in transcript.events:
        kind, details = _parts(event.event, WHOLE)
        thread = str(threads[event.thread])
        _add(digest, event.direction, kind, *details, str(event.size), thread)
        _add(digest, *_excerpts(event.event))
    for line in _compared(transcript.answer):
        _add(digest, line)
    _add(digest, transcript.ending.kind, transcript.ending.error, *transcript.notes)
    _add(digest, *_others(transcript, ""))
    return digest.hexdigest()


def _compared(answer: Answer | None) -> Iterator[str]:
    if isinstance(answer, Dialogue):
        yield from _compared(answer.handshake)
        yield from map(_exactly, answer.heard)
        yield f"{answer.subprotocol!r} {answer.code!r} {answer.reason!r}"
    elif answer is not None:
        yield f"{answer.status} {answer.complete} {answer.pieces} {len(answer.body)}"
        for name, value in answer.headers:
            yield f"{name!r}: {'…' if name.lower() in SERVERS_OWN else value!r}"
        yield _exactly(answer.body)


def _exactly(payload: object) -> str:
    # The beginnings of two long payloads may be alike, and their ends not.
    if isinstance(payload, Excerpt):
        return f"{payload.length} {payload.sha256}"
    return show_value(payload, WHOLE)


def _excerpts(event: Any) -> Iterator[str]:
    if isinstance(event, dict):
        yield from (_exactly(e) for e in event.values() if isinstance(e, Excerpt))


def _add(digest: Any, *parts: str) -> None:
    for part in parts:
        # What is long is a body that was sent to be compared: exactly, and quickly.
        kept = part if len(part) > EXCERPT_BYTES else without_noise(part)
        digest.update(kept.encode("utf-8", "backslashreplace") + b"\0")
