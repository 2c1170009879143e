"""All rooms and connections of the chat, and what each may do.

The edge (a WebSocket, a server-sent stream, a long poll) does three things with it: it
passes on what a connection says, sends the outcome, and asks now and then who has
vanished.

    chat.connect(connection, user, now)
    outcome = chat.receive(connection, text, now)
        outcome.to_sender          send these to the connection
        outcome.to_room            send these to all connections of the room
    chat.disconnect(connection)    the same, for whoever closed
    chat.expire(now)               the same, for whoever has been silent

Everything a stranger can make grow has a limit, and what is refused leaves nothing
behind. Not locked: with threads, hold one lock around each call.
"""

from collections import Counter
from dataclasses import dataclass, field

from asgi_compare.domain.chat.protocol import (
    Beat,
    ClientMessage,
    Here,
    Join,
    Leave,
    Left,
    Limits,
    Say,
    ServerMessage,
    parse,
)
from asgi_compare.domain.chat.room import Heartbeats, History, Members
from asgi_compare.domain.rate import TokenBuckets
from asgi_compare.domain.untrusted import Refused


@dataclass(frozen=True)
class Outcome:
    """What is to be sent, and to whom; each message to a room names the room."""

    to_sender: tuple[ServerMessage, ...] = ()
    to_room: tuple[ServerMessage, ...] = ()


@dataclass(frozen=True)
class Expired:
    """Whose connections are to be closed, and who has left which room by that."""

    connections: tuple[str, ...]
    left: tuple[Left, ...]


@dataclass
class Room:
    """The state of one room."""

    history: History
    members: Members = field(default_factory=Members)


@dataclass
class Connection:
    """One connection, and the rooms that it has joined."""

    user: str
    rooms: set[str] = field(default_factory=set)


class Chat:
    """The whole chat, as far as one process knows it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._rooms: dict[str, Room] = {}
        self._connections: dict[str, Connection] = {}
        self._connections_of = Counter[str]()
        self._heartbeats = Heartbeats[str](self.limits.silence)
        self._buckets = TokenBuckets(self.limits.rate)
        # Empty rooms with a history, the one that has been empty longest first.
        self._idle: dict[str, None] = {}
        # No number is given twice in a room that was dropped and made again.
        self._highest_dropped = 0

    def connect(self, connection: str, user: str, now: float) -> Refused | None:
        """Let a connection in, by a name that is new; it has joined no room yet."""
        if self._connections_of[user] >= self.limits.connections_of_a_user:
            return Refused(
                "too-many-connections",
                f"Expected at most {self.limits.connections_of_a_user} connections "
                f"of {user!r}; close one of them first.",
            )
        self._connections[connection] = Connection(user)
        self._connections_of[user] += 1
        self._heartbeats.beat(connection, now)
        return None

    def receive(self, connection: str, received: str | bytes, now: float) -> Outcome:
        """Do what a connection says; what is not possible is told to it alone."""
        if connection not in self._connections:
            return _refuse("not-connected", "The connection has expired; come back.")
        user = self._connections[connection].user
        if not self._buckets.take(user, now):
            seconds = self._buckets.wait(user, now)
            return _refuse("too-fast", f"Too many messages; wait {seconds:.1f} s.")
        message = parse(received, self.limits)
        if isinstance(message, Refused):
            return Outcome(to_sender=(message,))
        self._heartbeats.beat(connection, now)
        return self._act(connection, message)

    def disconnect(self, connection: str) -> tuple[Left, ...]:
        """Forget a connection; return what those who stay must hear."""
        gone = self._connections.pop(connection, None)
        self._heartbeats.forget(connection)
        if gone is None:
            return ()
        self._connections_of[gone.user] -= 1
        if not self._connections_of[gone.user]:
            del self._connections_of[gone.user]
        return tuple(
            left
            for room in sorted(gone.rooms)
            if (left := self._leave_room(connection, room))
        )

    def expire(self, now: float) -> Expired:
        """Forget the connections that have been silent for too long."""
        gone = self._heartbeats.expired(now)
        return Expired(
            gone, tuple(left for each in gone for left in self.disconnect(each))
        )

    def connections(self, room: str) -> tuple[str, ...]:
        """Return the connections in a room, to which its messages are sent."""
        return self._rooms[room].members.connections() if room in self._rooms else ()

    def rooms(self) -> tuple[str, ...]:
        """Return the names of the rooms that there are."""
        return tuple(self._rooms)

    def _act(self, connection: str, message: ClientMessage) -> Outcome:
        match message:
            case Beat():
                return Outcome()
            case Join():
                return self._join(connection, message)
            case _ if message.room not in self._connections[connection].rooms:
                return _refuse("not-joined", f"Join room {message.room!r} first.")
            case Say():
                return self._say(connection, message)
            case Leave():
                left = self._leave(connection, message.room)
                return Outcome(to_room=(left,) if left else ())

    def _join(self, connection: str, join: Join) -> Outcome:
        joined = self._connections[connection]
        refused = self._refuse_join(joined, join.room)
        if refused:
            return Outcome(to_sender=(refused,))
        if join.room not in self._rooms:
            self._make_place()
            self._rooms[join.room] = Room(
                History(join.room, self.limits.messages_kept, self._highest_dropped)
            )
        room = self._rooms[join.room]
        self._idle.pop(join.room, None)
        joined.rooms.add(join.room)
        new = room.members.enter(connection, joined.user)
        return Outcome(
            to_sender=(room.history.since(join.since, room.members.users()),),
            to_room=(Here(join.room, joined.user),) if new else (),
        )

    def _refuse_join(self, joined: Connection, name: str) -> Refused | None:
        limits = self.limits
        room = self._rooms.get(name)
        if name in joined.rooms:
            return None
        if len(joined.rooms) >= limits.rooms_of_a_connection:
            return Refused(
                "too-many-rooms",
                f"Expected at most {limits.rooms_of_a_connection} rooms at once; "
                "leave one first.",
            )
        if room is None and len(self._rooms) >= limits.rooms and not self._idle:
            return Refused(
                "too-many-rooms",
                f"There are {limits.rooms} rooms already; join one of them.",
            )
        if (
            room is not None
            and len(room.members) >= limits.users_in_a_room
            and not room.members.has(joined.user)
        ):
            return Refused("room-full", f"Room {name!r} is full; try again later.")
        return None

    def _make_place(self) -> None:
        """Drop the room that has been empty longest, if there are too many."""
        if len(self._rooms) >= self.limits.rooms:
            name = next(iter(self._idle))
            del self._idle[name]
            dropped = self._rooms.pop(name)
            self._highest_dropped = max(self._highest_dropped, dropped.history.last)

    def _say(self, connection: str, say: Say) -> Outcome:
        user = self._connections[connection].user
        message, new = self._rooms[say.room].history.add(user, say.text, say.key)
        if new:
            return Outcome(to_room=(message,))
        return Outcome(to_sender=(message,))

    def _leave(self, connection: str, room: str) -> Left | None:
        self._connections[connection].rooms.discard(room)
        return self._leave_room(connection, room)

    def _leave_room(self, connection: str, name: str) -> Left | None:
        room = self._rooms[name]
        user = room.members.leave(connection)
        if not room.members.connections():
            if len(room.history):
                self._idle[name] = None
            else:
                del self._rooms[name]
        return Left(name, user) if user else None


def _refuse(code: str, sentence: str) -> Outcome:
    return Outcome(to_sender=(Refused(code, sentence),))
