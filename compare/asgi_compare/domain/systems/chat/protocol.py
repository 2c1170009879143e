"""What clients and the server of the chat say to each other.

Each message is a JSON object with a `type`, whether it travels in a WebSocket, as a
server-sent event or in the body of a request. A client says join, say, beat and leave;
the server says message, here, left, history and refused.

    > {"type": "join", "room": "tea", "since": 41}
    < {"type": "history", "room": "tea", "messages": [...], "last": 43, ...}
    < {"type": "here", "room": "tea", "user": "ann"}
    > {"type": "say", "room": "tea", "text": "Hello", "key": "7f3a"}
    < {"type": "message", "room": "tea", "number": 44, "user": "ann", ...}

The numbers of a room go up by one. A client that comes back joins with the last number
it has in `since`, ignores numbers that it has already, and so has no gap and no double.
A client that does not know whether its message arrived sends it again with the same
`key`: it will stand in the room once.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.domain.systems.untrusted import Field, Refused

ROOM_NAME = "[a-z0-9][a-z0-9-]{0,31}"
KEY = "[A-Za-z0-9_-]{1,64}"


RATE = Rate(per_second=5, burst=10)
"""Of messages of a user, over all connections."""


@dataclass(frozen=True)
class Limits:
    """How much of everything the chat allows. Times are in seconds."""

    frame_bytes: int = 16_384
    text_characters: int = 2_000
    rate: Rate = RATE
    connections_of_a_user: int = 5
    rooms_of_a_connection: int = 10
    users_in_a_room: int = 100
    rooms: int = 1_000
    messages_kept: int = 500
    silence: float = 1.5
    """Who says nothing for so long, not even a beat, has left."""


# What clients say.


@dataclass(frozen=True)
class Join:
    """Come into a room; `since` is the number of the last message that one has."""

    room: str
    since: int = 0


@dataclass(frozen=True)
class Say:
    """Say something to a room."""

    room: str
    text: str
    key: str = ""


@dataclass(frozen=True)
class Beat:
    """Be there still, in every room that one has joined."""


@dataclass(frozen=True)
class Leave:
    """Go out of a room."""

    room: str


ClientMessage = Join | Say | Beat | Leave


# What the server says.


@dataclass(frozen=True)
class Message:
    """What a user said to a room, and the how-manieth it is there."""

    room: str
    number: int
    user: str
    text: str
    key: str = ""


@dataclass(frozen=True)
class Here:
    """A user has come into the room."""

    room: str
    user: str


@dataclass(frozen=True)
class Left:
    """A user has gone from the room, with the last connection."""

    room: str
    user: str


@dataclass(frozen=True)
class Past:
    """What one who joins must know: what was said, and who is there ("history")."""

    room: str
    messages: tuple[Message, ...]
    last: int
    complete: bool
    """Whether `messages` is all that was said since the number asked for."""
    users: tuple[str, ...]


ServerMessage = Message | Here | Left | Past | Refused


Rows = Mapping[str, tuple[type[ClientMessage], Mapping[str, Field]]]


@cache
def _rows(limits: Limits) -> Rows:
    """Return what a client may say: the record and the fields of each type."""
    room = untrusted.name(ROOM_NAME)
    return {
        "join": (Join, {"room": room, "since": untrusted.number(optional=True)}),
        "say": (
            Say,
            {
                "room": room,
                "text": untrusted.text(limits.text_characters),
                "key": untrusted.name(KEY, optional=True),
            },
        ),
        "beat": (Beat, {}),
        "leave": (Leave, {"room": room}),
    }


def parse(received: str | bytes, limits: Limits) -> ClientMessage | Refused:
    """Read what a client says."""
    message = untrusted.read_object(received, limits.frame_bytes)
    if isinstance(message, Refused):
        return message
    rows = _rows(limits)
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in rows:
        return Refused(
            "unknown-type",
            f"Expected one of {', '.join(rows)} as 'type', "
            f"but got {untrusted.excerpt(kind)}.",
        )
    record, fields = rows[kind]
    found = untrusted.read_fields(message, fields)
    return found if isinstance(found, Refused) else record(**found)  # type: ignore[arg-type]


TYPES: Mapping[type[ServerMessage], str] = {
    Message: "message",
    Here: "here",
    Left: "left",
    Past: "history",
    Refused: "refused",
}


def to_json(message: ServerMessage) -> str:
    """Return what the server says as text."""
    return json.dumps(
        {"type": TYPES[type(message)], **asdict(message)},
        ensure_ascii=False,
        separators=(",", ":"),
    )
