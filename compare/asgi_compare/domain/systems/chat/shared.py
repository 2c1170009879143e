"""The chat of several processes: what is asked of the rooms that are in a broker.

`SCRIPT` is run in the broker by whatever client an application has. Here are its
arguments, and its answer as the records of `rooms.py`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asgi_compare.domain.systems.broker import Entry
from asgi_compare.domain.systems.chat.protocol import (
    TYPES,
    Here,
    Left,
    Limits,
    Message,
    Past,
)
from asgi_compare.domain.systems.chat.rooms import (
    Ask,
    Enter,
    Event,
    Exit,
    Reply,
    Tell,
    refused,
)

SCRIPT = Path(__file__).with_name("rooms.lua").read_text("utf-8")
PREFIX = "asgi-compare:chat"
"""Begins the names of all keys."""
FEED = f"{PREFIX}:feed"
START = "0-0"


def arguments(ask: Ask, process: str, limits: Limits) -> tuple[str, ...]:
    """Return the arguments of the script for an ask."""
    common = (process, ask.connection, ask.room, ask.user)
    match ask:
        case Enter():
            allowed = (str(limits.rooms), str(limits.users_in_a_room))
            return ("enter", *common, str(ask.since), *allowed)
        case Tell():
            return ("tell", *common, ask.text, ask.key, str(limits.messages_kept))
        case Exit():
            return ("exit", *common)


def reply_to(ask: Ask, answer: Sequence[Any], limits: Limits) -> Reply:
    """Read what the script has returned for an ask."""
    code, before, last, users, said, events = answer
    if code:
        return Reply((refused(code, ask.room, limits),))
    messages = tuple(
        Message(ask.room, int(number), user, text, key)
        for number, user, text, key in said
    )
    heard = events_of(events)
    if not isinstance(ask, Enter):
        return Reply(messages, position(before), heard)
    past = Past(
        ask.room,
        messages,
        int(last),
        ask.since <= int(last) and len(messages) == int(last) - ask.since,
        tuple(users),
    )
    return Reply((past,), position(before), heard)


def events_of(rows: Sequence[Sequence[str]]) -> tuple[Event, ...]:
    """Read the events that a script has returned."""
    names = ("kind", "room", "user", "number", "text", "key")
    return tuple(event((id, dict(zip(names, row, strict=True)))) for id, *row in rows)


def event(entry: Entry) -> Event:
    """Read one entry of the feed."""
    id, fields = entry
    room, user = fields["room"], fields["user"]
    message: Message | Here | Left
    match fields["kind"]:
        case "message":
            number, text, key = int(fields["number"]), fields["text"], fields["key"]
            message = Message(room, number, user, text, key)
        case "here":
            message = Here(room, user)
        case _:
            message = Left(room, user)
    return Event(position(id), message)


def entry_of(event: Event) -> tuple[str, dict[str, str]]:
    """Write an event as an entry of the feed, for whoever passes it on otherwise."""
    message = event.message
    id = f"{event.position >> 20}-{event.position & ((1 << 20) - 1)}"
    fields = {"kind": TYPES[type(message)]}
    return id, fields | {name: str(value) for name, value in asdict(message).items()}


def position(id: str) -> int:
    """Return the id of an entry as one number: milliseconds, and a count in them."""
    milliseconds, _, count = id.partition("-")
    return (int(milliseconds) << 20) + int(count)
