"""All rooms of the chat, in one process.

What can be asked of them is data, and so is the answer: `rooms.lua` does the same in a
Redis or Valkey for several processes, and `shared.py` writes the one and reads the
other.
"""

from dataclasses import dataclass, field

from asgi_compare.domain.systems.chat.protocol import (
    Here,
    Left,
    Limits,
    Message,
    ServerMessage,
)
from asgi_compare.domain.systems.chat.room import History, Members
from asgi_compare.domain.systems.untrusted import Refused


@dataclass(frozen=True)
class Enter:
    """Be let into a room, and be told what was said after message `since`."""

    connection: str
    room: str
    user: str
    since: int


@dataclass(frozen=True)
class Tell:
    """Say something to a room."""

    connection: str
    room: str
    user: str
    text: str
    key: str


@dataclass(frozen=True)
class Exit:
    """Go out of a room."""

    connection: str
    room: str
    user: str


Ask = Enter | Tell | Exit


@dataclass(frozen=True)
class Event:
    """What all in a room hear; positions go up, over all rooms."""

    position: int
    message: Message | Here | Left


@dataclass(frozen=True)
class Reply:
    """What has come of an ask."""

    to_sender: tuple[ServerMessage, ...] = ()
    position: int = 0
    """Of the last event before `events`."""
    events: tuple[Event, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done."""
        return any(isinstance(each, Refused) for each in self.to_sender)


@dataclass
class Room:
    """The state of one room."""

    history: History
    members: Members = field(default_factory=Members)


def refused(code: str, room: str, limits: Limits) -> Refused:
    """Return in words why nobody else is let into a room."""
    return Refused(
        code,
        {
            "too-many-rooms": f"There are {limits.rooms} rooms already; join one of "
            "them.",
            "room-full": f"Room {room!r} is full; try again later.",
        }[code],
    )


class Rooms:
    """The rooms that there are, and who is in them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._rooms: dict[str, Room] = {}
        # Empty rooms with a history, the one that has been empty longest first.
        self._idle: dict[str, None] = {}
        # No number is given twice in a room that was dropped and made again.
        self._highest_dropped = 0
        self._position = 0

    def do(self, ask: Ask) -> Reply:
        """Do what is asked, and return what the asker and the room must hear."""
        match ask:
            case Enter():
                return self._enter(ask)
            case Tell():
                return self._tell(ask)
            case Exit():
                return self._exit(ask)

    def connections(self, room: str) -> tuple[str, ...]:
        """Return the connections in a room."""
        return self._rooms[room].members.connections() if room in self._rooms else ()

    def names(self) -> tuple[str, ...]:
        """Return the names of the rooms that there are."""
        return tuple(self._rooms)

    def _enter(self, ask: Enter) -> Reply:
        if code := self._why_not(ask):
            return Reply((refused(code, ask.room, self.limits),))
        if ask.room not in self._rooms:
            self._make_place()
            history = History(
                ask.room, self.limits.messages_kept, self._highest_dropped
            )
            self._rooms[ask.room] = Room(history)
        room = self._rooms[ask.room]
        self._idle.pop(ask.room, None)
        new = room.members.enter(ask.connection, ask.user)
        past = room.history.since(ask.since, room.members.users())
        return self._reply((past,), Here(ask.room, ask.user) if new else None)

    def _why_not(self, ask: Enter) -> str:
        room = self._rooms.get(ask.room)
        if room is None:
            full = len(self._rooms) >= self.limits.rooms and not self._idle
            return "too-many-rooms" if full else ""
        members = room.members
        if len(members) >= self.limits.users_in_a_room and not members.has(ask.user):
            return "room-full"
        return ""

    def _make_place(self) -> None:
        """Drop the room that has been empty longest, if there are too many."""
        if len(self._rooms) >= self.limits.rooms:
            name = next(iter(self._idle))
            del self._idle[name]
            dropped = self._rooms.pop(name)
            self._highest_dropped = max(self._highest_dropped, dropped.history.last)

    def _tell(self, ask: Tell) -> Reply:
        room = self._rooms[ask.room]
        message, new = room.history.add(ask.user, ask.text, ask.key)
        return self._reply((), message) if new else self._reply((message,))

    def _exit(self, ask: Exit) -> Reply:
        room = self._rooms[ask.room]
        user = room.members.leave(ask.connection)
        if not room.members.connections():
            if len(room.history):
                self._idle[ask.room] = None
            else:
                del self._rooms[ask.room]
        return self._reply((), Left(ask.room, user) if user else None)

    def _reply(
        self,
        to_sender: tuple[ServerMessage, ...],
        message: Message | Here | Left | None = None,
    ) -> Reply:
        before = self._position
        if message is None:
            return Reply(to_sender, before)
        self._position += 1
        return Reply(to_sender, before, (Event(self._position, message),))
