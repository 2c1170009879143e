"""One room: what was said in it, and who is in it.

These three hold the state of a chat in one process. With several processes the same
three live in the broker: the history is a stream, the members and heartbeats are sorted
sets. The tests of the chat hold for both.
"""

from collections import Counter, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

from asgi_compare.domain.systems.chat.protocol import Message, Past

Key = TypeVar("Key", bound=Hashable)


class History:
    """The messages of a room: numbered from 1 on, the last `kept` of them kept."""

    def __init__(self, room: str, kept: int, last: int = 0) -> None:
        self.room = room
        self.last = last
        self._kept = kept
        self._messages: deque[Message] = deque()
        self._by_key: dict[tuple[str, str], Message] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, user: str, text: str, key: str = "") -> tuple[Message, bool]:
        """Add what `user` says; also return whether it is new.

        It is not when the same user said it with the same key before, and the history
        still has it: then this returns what stands there.
        """
        known = self._by_key.get((user, key))
        if known:
            return known, False
        self.last += 1
        message = Message(self.room, self.last, user, text, key)
        self._messages.append(message)
        if key:
            self._by_key[user, key] = message
        if len(self._messages) > self._kept:
            oldest = self._messages.popleft()
            self._by_key.pop((oldest.user, oldest.key), None)
        return message, True

    def since(self, number: int, users: tuple[str, ...] = ()) -> Past:
        """Return what was said after `number`.

        A number that is yet to come is from before a restart that lost the history:
        everything is new to that client then, and what it missed is not known.
        """
        restarted = number > self.last
        start = 0 if restarted else number
        messages = tuple(each for each in self._messages if each.number > start)
        complete = not restarted and len(messages) == self.last - number
        return Past(self.room, messages, self.last, complete, users)


class Members:
    """Who is in a room: a user with several connections is there once."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        self._connections_of = Counter[str]()

    def enter(self, connection: str, user: str) -> bool:
        """Add a connection; return whether its user was not there before."""
        if connection in self._users:
            return False
        self._users[connection] = user
        self._connections_of[user] += 1
        return self._connections_of[user] == 1

    def leave(self, connection: str) -> str | None:
        """Remove a connection that is there; return its user if it was the last one."""
        user = self._users.pop(connection)
        self._connections_of[user] -= 1
        if self._connections_of[user]:
            return None
        del self._connections_of[user]
        return user

    def has(self, user: str) -> bool:
        """Return whether a user is there."""
        return user in self._connections_of

    def users(self) -> tuple[str, ...]:
        """Return who is there, in alphabetical order."""
        return tuple(sorted(self._connections_of))

    def connections(self) -> tuple[str, ...]:
        """Return to whom a message of the room is sent."""
        return tuple(self._users)

    def __len__(self) -> int:
        return len(self._connections_of)


class Heartbeats(Generic[Key]):
    """When each was last heard of.

    A connection that vanishes (a train in a tunnel, a laptop that is shut) sends no
    close frame, and TCP notices after minutes. So clients send a beat now and then, and
    who has been silent for `silence` seconds is gone.
    """

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._heard: dict[Key, float] = {}

    def beat(self, key: Key, now: float) -> None:
        """Note a sign of life; a time before the last one changes nothing."""
        self._heard[key] = max(now, self._heard.get(key, now))

    def forget(self, key: Key) -> None:
        """Expect nothing more from `key`."""
        self._heard.pop(key, None)

    def expired(self, now: float) -> tuple[Key, ...]:
        """Remove and return those who have been silent for too long."""
        gone = tuple(
            key for key, heard in self._heard.items() if now - heard >= self._silence
        )
        for key in gone:
            del self._heard[key]
        return gone
