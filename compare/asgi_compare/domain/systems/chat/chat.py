"""The chat in one process, as one object: the door and the rooms behind it.

    chat.connect(connection, user, now)
    outcome = chat.receive(connection, text, now)
        outcome.to_sender          send these to the connection
        outcome.to_room            send these to all connections of the room
    chat.disconnect(connection)    the same, for whoever closed
    chat.expire(now)               the same, for whoever has been silent

Everything a stranger can make grow has a limit, and what is refused leaves nothing
behind. Not locked: with threads, hold one lock around each call. `hub.py` and
`threads.py` do the sending as well, and know rooms that are in a broker.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from asgi_compare.domain.systems.chat.door import Door
from asgi_compare.domain.systems.chat.protocol import Left, Limits, ServerMessage
from asgi_compare.domain.systems.chat.rooms import Exit, Rooms
from asgi_compare.domain.systems.untrusted import Refused


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


class Chat:
    """The whole chat, without any waiting."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._door = Door(self.limits)
        self._rooms = Rooms(self.limits)

    def connect(self, connection: str, user: str, now: float) -> Refused | None:
        """Let a connection in, by a name that is new; it has joined no room yet."""
        return self._door.connect(connection, user, now)

    def receive(self, connection: str, received: str | bytes, now: float) -> Outcome:
        """Do what a connection says; what is not possible is told to it alone."""
        asked = self._door.receive(connection, received, now)
        if asked is None:
            return Outcome()
        if isinstance(asked, Refused):
            return Outcome(to_sender=(asked,))
        reply = self._rooms.do(asked)
        return Outcome(
            self._door.answered(asked, reply),
            tuple(event.message for event in reply.events),
        )

    def disconnect(self, connection: str) -> tuple[Left, ...]:
        """Forget a connection; return what those who stay must hear."""
        return self._leave(self._door.disconnect(connection))

    def expire(self, now: float) -> Expired:
        """Forget the connections that have been silent for too long."""
        gone = self._door.expire(now)
        return Expired(
            tuple(gone),
            tuple(left for exits in gone.values() for left in self._leave(exits)),
        )

    def connections(self, room: str) -> tuple[str, ...]:
        """Return the connections in a room, to which its messages are sent."""
        return self._rooms.connections(room)

    def rooms(self) -> tuple[str, ...]:
        """Return the names of the rooms that there are."""
        return self._rooms.names()

    def _leave(self, exits: Iterable[Exit]) -> tuple[Left, ...]:
        return tuple(
            event.message
            for each in exits
            for event in self._rooms.do(each).events
            if isinstance(event.message, Left)
        )
