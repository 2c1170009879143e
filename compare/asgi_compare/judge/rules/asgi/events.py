"""Rules of the main ASGI text on events: "Events" and "Error Handling".

They hold for every protocol and for both directions: what an event is, which types it
may be made of, and what the server does with one that is not valid.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.event_keys import keys_of
from asgi_compare.judge.rules.engine.examples import (
    BODY,
    OK,
    REQUEST,
    START,
    http,
    received,
    sent,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import MAIN, rule
from asgi_compare.judge.rules.engine.values import kind, plain, shown, walk

EVENTS = MAIN + "events"
DICT = "Each event is a dict with a top-level type key"
TYPES = "they are only allowed to contain the following types"


@rule(
    "asgi/event-not-dict",
    "application",
    "must",
    "sent",
    quote=DICT,
    link=EVENTS,
    statement="The application gives `send` one dict.",
    why="A server looks up `type` in it first, and fails on anything else.",
    hint="Send a dict such as `{'type': 'http.response.body'}`.",
    breaks=http(REQUEST, ("send", "http.response.start"), START, BODY),
    keeps=OK,
    invalid=True,
)
@rule(
    "asgi/received-event-not-dict",
    "server",
    "must",
    "received",
    quote=DICT,
    link=EVENTS,
    statement="The server answers `receive` with a dict.",
    why="An application looks up `type` in it first.",
    hint="Return a dict with a `type` from `receive`.",
    breaks=http(("receive", ("http.request", b"")), START, BODY),
    keeps=OK,
)
def event_not_dict(judge: Judge, event: Any) -> Iterator[str]:
    if not isinstance(event, dict):
        yield f"Expected an event that is a dict, but got {kind(event)}, {shown(event)}"


@rule(
    "asgi/event-without-type",
    "application",
    "must",
    "sent",
    quote="a dict with a top-level type key that contains a Unicode string",
    link=EVENTS,
    statement="Every event has a `type`, a Unicode string.",
    why="Nothing else says what the event is.",
    hint="Add `'type'` with the name of the event as a str.",
    breaks=http(REQUEST, ("send", {"status": 200}), START, BODY),
    keeps=OK,
    invalid=True,
)
@rule(
    "asgi/received-event-without-type",
    "server",
    "must",
    "received",
    quote="a dict with a top-level type key that contains a Unicode string",
    link=EVENTS,
    statement="Every event from the server has a `type`, a Unicode string.",
    why="Nothing else says what the event is.",
    hint="Add `'type'` with the name of the event as a str.",
    breaks=http(("receive", {"body": b""}), START, BODY),
    keeps=OK,
)
def event_without_type(judge: Judge, event: Any) -> Iterator[str]:
    keys = plain(event)
    if keys is None:
        return
    if "type" not in keys:
        yield f"Expected an event with a 'type', but got {shown(event)}"
    elif not isinstance(keys["type"], str):
        yield f"Expected a 'type' that is a str, but got {shown(keys['type'])}"


@rule(
    "asgi/event-key-not-str",
    "application",
    "must",
    "sent",
    quote="Dicts (keys must be Unicode strings)",
    link=EVENTS,
    statement="All keys of an event, and of the dicts in it, are Unicode strings.",
    why="Events are made to be sent over a network, and few formats have other keys.",
    hint="Write the keys as str.",
    breaks=http(
        REQUEST, ("send", {"type": "http.response.start", "status": 200, b"x": 1}), BODY
    ),
    keeps=OK,
    invalid=True,
)
@rule(
    "asgi/received-event-key-not-str",
    "server",
    "must",
    "received",
    quote="Dicts (keys must be Unicode strings)",
    link=EVENTS,
    statement="All keys of an event from the server are Unicode strings.",
    why="Applications look keys up by str, and never find others.",
    hint="Write the keys as str.",
    breaks=http(("receive", {"type": "http.request", b"body": b"x"}), START, BODY),
    keeps=OK,
)
def event_key_not_str(judge: Judge, event: Any) -> Iterator[str]:
    if not isinstance(event, dict):
        return
    for key, value in dict.items(event):
        if not isinstance(key, str):
            yield f"Expected keys of type str, but got {shown(key)}"
        elif key not in keys_of(event):
            bad = [wrong for what, wrong in walk(value) if what == "key"]
            for wrong in bad:
                yield f"Expected keys of type str in {key!r}, but got {shown(wrong)}"


def _extra_values(event: Any, fault: str) -> Iterator[tuple[str, object]]:
    """Walk the values that no rule of their own looks after."""
    keys = plain(event) or {}
    for key, value in keys.items():
        if key not in keys_of(event):
            for what, wrong in walk(value):
                if what == fault:
                    yield key, wrong


@rule(
    "asgi/event-value-type",
    "application",
    "must",
    "sent",
    quote=TYPES,
    link=EVENTS,
    statement="An event holds bytes, str, int, float, list, dict, bool and None only.",
    why="Events must survive being written to a network and read again.",
    hint="Turn the value into one of the allowed types before it is sent.",
    breaks=http(REQUEST, START, sent("http.response.body", body=b"", extra={1, 2})),
    keeps=http(REQUEST, START, sent("http.response.body", body=b"", extra=[1, 2])),
    invalid=True,
)
@rule(
    "asgi/received-value-type",
    "server",
    "must",
    "received",
    quote=TYPES,
    link=EVENTS,
    statement="An event from the server holds only the types that the text lists.",
    why="Events must survive being written to a network and read again.",
    hint="Put objects into the scope of your own extension, not into events.",
    breaks=http(received("http.request", body=b"", socket=object()), START, BODY),
    keeps=http(received("http.request", body=b"", number=1), START, BODY),
)
def value_type(judge: Judge, event: Any) -> Iterator[str]:
    for key, wrong in _extra_values(event, "type"):
        yield (
            f"Expected only bytes, str, int, float, list, dict, bool and None "
            f"in {key!r}, but got {kind(wrong)}, {shown(wrong)}"
        )


@rule(
    "asgi/event-integer-range",
    "application",
    "must",
    "sent",
    quote="Integers (within the signed 64-bit range)",
    link=EVENTS,
    statement="Integers in events fit into 64 bits with a sign.",
    why="Many formats and languages have no larger ones.",
    hint="Send a larger number as text.",
    breaks=http(REQUEST, START, sent("http.response.body", n=2**63)),
    keeps=http(REQUEST, START, sent("http.response.body", n=2**63 - 1)),
    invalid=True,
)
@rule(
    "asgi/received-integer-range",
    "server",
    "must",
    "received",
    quote="Integers (within the signed 64-bit range)",
    link=EVENTS,
    statement="Integers in events from the server fit into 64 bits with a sign.",
    why="Many formats and languages have no larger ones.",
    hint="Send a larger number as text.",
    breaks=http(received("http.request", n=-(2**63) - 1), START, BODY),
    keeps=http(received("http.request", n=-(2**63)), START, BODY),
)
def integer_range(judge: Judge, event: Any) -> Iterator[str]:
    for key, wrong in _extra_values(event, "range"):
        yield f"Expected integers of 64 bits in {key!r}, but got {shown(wrong)}"


@rule(
    "asgi/event-not-finite",
    "application",
    "must",
    "sent",
    quote="no Nan or infinities",
    link=EVENTS,
    statement="Floating point numbers in events are finite.",
    why="JSON, for one, cannot carry the others.",
    hint="Send None or a text instead.",
    breaks=http(REQUEST, START, sent("http.response.body", seconds=float("nan"))),
    keeps=http(REQUEST, START, sent("http.response.body", seconds=1.5)),
    invalid=True,
)
@rule(
    "asgi/received-not-finite",
    "server",
    "must",
    "received",
    quote="no Nan or infinities",
    link=EVENTS,
    statement="Floating point numbers in events from the server are finite.",
    why="JSON, for one, cannot carry the others.",
    hint="Send None or a text instead.",
    breaks=http(received("http.request", age=float("inf")), START, BODY),
    keeps=http(received("http.request", age=0.5), START, BODY),
)
def not_finite(judge: Judge, event: Any) -> Iterator[str]:
    for key, wrong in _extra_values(event, "finite"):
        yield f"Expected a finite number in {key!r}, but got {shown(wrong)}"
