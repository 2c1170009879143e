"""Who may come in and speak: what one process knows of its own connections.

It checks all that can be checked without the rooms, which may be in another process:
the rate, the form of a message, whether a room was joined. What is left is an `Ask`, to
be put to the rooms (`rooms.py`, or `rooms.lua` in a broker), whose answer comes back
here.

    asked = door.receive(connection, text, now)      # Refused, an Ask, or nothing
    reply = rooms.do(asked)
    for message in door.answered(asked, reply): ...  # to the connection
    for event in reply.events:                       # or as they come from the broker
        for connection in door.hear(event): ...      # who is to be sent it

Between the snapshot that one who joins gets and the events that follow there must be
neither a gap nor a double. So each event has a position, and the snapshot says at which
it was taken. What comes while the answer is under way is held back until then.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.chat.protocol import (
    Beat,
    Join,
    Leave,
    Limits,
    Say,
    ServerMessage,
    parse,
)
from asgi_compare.domain.systems.chat.room import Heartbeats
from asgi_compare.domain.systems.chat.rooms import Ask, Enter, Event, Exit, Reply, Tell
from asgi_compare.domain.systems.rate import TokenBuckets
from asgi_compare.domain.systems.untrusted import Refused


@dataclass
class Connection:
    """One connection, and the rooms that it has joined."""

    user: str
    rooms: dict[str, int] = field(default_factory=dict)
    """Each with the position of what was told at the entrance."""
    held: dict[str, list[Event]] = field(default_factory=dict)
    """By room, what has come since it was asked to be let in."""


class Door:
    """The connections of one process, and what they may do."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._connections: dict[str, Connection] = {}
        self._connections_of = Counter[str]()
        self._heartbeats = Heartbeats[str](limits.silence)
        self._buckets = TokenBuckets(limits.rate)

    def connect(self, connection: str, user: str, now: float) -> Refused | None:
        """Let a connection in, by a name that is new; it has joined no room yet."""
        if self._connections_of[user] >= self.limits.connections_of_a_user:
            return Refused(
                "too-many-connections",
                f"Expected at most {self.limits.connections_of_a_user} connections "
                f"of {untrusted.excerpt(user)}; close one of them first.",
            )
        self._connections[connection] = Connection(user)
        self._connections_of[user] += 1
        self._heartbeats.beat(connection, now)
        return None

    def receive(
        self, connection: str, received: str | bytes, now: float
    ) -> Ask | Refused | None:
        """Return what is to be asked of the rooms, if anything."""
        if connection not in self._connections:
            return Refused("not-connected", "The connection has expired; come back.")
        user = self._connections[connection].user
        if not self._buckets.take(user, now):
            seconds = self._buckets.wait(user, now)
            return Refused("too-fast", f"Too many messages; wait {seconds:.1f} s.")
        message = parse(received, self.limits)
        if isinstance(message, Refused):
            return message
        self._heartbeats.beat(connection, now)
        rooms = self._connections[connection].rooms
        match message:
            case Beat():
                return None
            case Join():
                return self._join(connection, message)
            case _ if message.room not in rooms:
                return Refused("not-joined", f"Join room {message.room!r} first.")
            case Say():
                return Tell(connection, message.room, user, message.text, message.key)
            case Leave():
                del rooms[message.room]
                return Exit(connection, message.room, user)

    def _join(self, connection: str, join: Join) -> Ask | Refused:
        joined = self._connections[connection]
        if join.room not in joined.rooms:
            if len(joined.rooms) >= self.limits.rooms_of_a_connection:
                return Refused(
                    "too-many-rooms",
                    f"Expected at most {self.limits.rooms_of_a_connection} rooms at "
                    "once; leave one first.",
                )
            joined.rooms[join.room] = 0
            joined.held[join.room] = []
        return Enter(connection, join.room, joined.user, join.since)

    def answered(self, ask: Ask, reply: Reply) -> tuple[ServerMessage, ...]:
        """Return what whoever asked is to be sent now, in order."""
        connection = self._connections.get(ask.connection)
        if connection is None:
            return ()
        if not isinstance(ask, Enter) or ask.room not in connection.held:
            return reply.to_sender
        held = connection.held.pop(ask.room)
        if reply.is_refused:
            del connection.rooms[ask.room]
            return reply.to_sender
        connection.rooms[ask.room] = reply.position
        missed = (each.message for each in held if each.position > reply.position)
        return (*reply.to_sender, *missed)

    def hear(self, event: Event) -> Iterator[str]:
        """Yield the connections that are to be sent an event now."""
        for name in tuple(self._connections):
            if self.hears(name, event):
                yield name

    def hears(self, name: str, event: Event) -> bool:
        """Return whether this one is to be sent an event now; hold it back if not."""
        connection, room = self._connections.get(name), event.message.room
        if connection is None or room not in connection.rooms:
            return False
        if room in connection.held:
            connection.held[room].append(event)
            return False
        # Whoever reads the feed may be behind those who have come in meanwhile.
        return event.position > connection.rooms[room]

    def beat(self, connection: str, now: float) -> None:
        """Note a sign of life that is no message."""
        if connection in self._connections:
            self._heartbeats.beat(connection, now)

    def is_in(self, connection: str) -> bool:
        """Return whether a connection is here still."""
        return connection in self._connections

    def disconnect(self, connection: str) -> tuple[Exit, ...]:
        """Forget a connection; return what is to be asked of the rooms for it."""
        gone = self._connections.pop(connection, None)
        self._heartbeats.forget(connection)
        if gone is None:
            return ()
        self._connections_of[gone.user] -= 1
        if not self._connections_of[gone.user]:
            del self._connections_of[gone.user]
        return tuple(Exit(connection, room, gone.user) for room in sorted(gone.rooms))

    def expire(self, now: float) -> dict[str, tuple[Exit, ...]]:
        """Forget the connections that have been silent for too long, as above."""
        return {name: self.disconnect(name) for name in self._heartbeats.expired(now)}
