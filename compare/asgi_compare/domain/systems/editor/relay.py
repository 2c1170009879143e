"""The other engine: documents of Yjs, which need nobody to put edits in order.

Each replica of such a document takes updates in any order, any number of times, and
comes to the same. So all the server does is to have a replica itself, give newcomers
what they miss, and pass on what it is sent. What it costs: all that was ever deleted
stays in the state in short.

The messages are those of y-protocols, so y-websocket speaks to this. Each is bytes:

    0 0 LENGTH STATE    sync, step 1: this is what I have
    0 1 LENGTH UPDATE   sync, step 2: this is what you miss
    0 2 LENGTH UPDATE   an edit
    1 LENGTH AWARENESS  who is where; passed on, and not kept

Lengths are numbers in groups of seven bits, the lowest first. The documents themselves
are made by whoever makes a `Relay`, for instance by pycrdt.
"""

import asyncio
import secrets
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from asgi_compare.domain.systems.backlog import Outgoing
from asgi_compare.domain.systems.broker import Broker, Link
from asgi_compare.domain.systems.editor.protocol import NAME, Limits
from asgi_compare.domain.systems.editor.shared import (
    AWAY,
    FEED,
    PATIENCE,
    PREFIX,
    SCRIPT,
    SERVICE_RESTART,
    TICK,
)
from asgi_compare.domain.systems.rate import TokenBuckets
from asgi_compare.domain.systems.untrusted import Refused

SYNC, AWARENESS = 0, 1
STEP_1, STEP_2, UPDATE = 0, 1, 2
NOTHING = b"\x00\x00"
"""An update with nothing in it."""
COMPACT_AT = 200
"""Updates that are kept one by one, before they are made one state."""

UNSUPPORTED_DATA = 1003
POLICY = 1008
TOO_BIG = 1009


class SharedDocument(Protocol):
    """A document of Yjs."""

    def state(self) -> bytes:
        """Return what it has, in short."""
        ...

    def update(self, state: bytes = NOTHING[:1]) -> bytes:
        """Return what who has that state misses. Raise `ValueError` if it is none."""
        ...

    def apply(self, update: bytes) -> None:
        """Take an update in. Raise `ValueError` if it is none."""
        ...


class Client(Outgoing[bytes]):
    """One connection to one document."""


@dataclass
class Room:
    """A document, and who has it open here."""

    document: SharedDocument
    clients: set[Client] = field(default_factory=set)
    size: int = 0
    """Bytes of the state, at most."""
    updates: int = 0
    last: str = ""
    """Of the updates in the broker, the last that the document has."""


class Relay:
    """All documents of Yjs of one event loop."""

    def __init__(
        self,
        make: Callable[[], SharedDocument],
        open_broker: Callable[[], Broker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.rooms: dict[str, Room] = {}
        self._make = make
        self._link = open_broker and Link(open_broker, SCRIPT, PREFIX)
        self._process = secrets.token_hex(8)
        self._room_of: dict[Client, str] = {}
        self._connections_of = Counter[str]()
        self._buckets = TokenBuckets(self.limits.rate)
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    def why_not(self, user: str, name: str) -> Refused | None:
        """Return why a user cannot open a document now, if so."""
        room = self.rooms.get(name)
        if not NAME.valid(name):
            return Refused("bad-field", f"Expected {NAME.expected} as 'document'.")
        if self._connections_of[user] >= self.limits.connections_of_a_user:
            return Refused("too-many-connections", "Close one of the others first.")
        if room and len(room.clients) >= self.limits.connections_of_a_document:
            return Refused("full", f"Document {name!r} is full; try again later.")
        is_full = len(self.rooms) >= self.limits.documents
        if room is None and is_full and all(r.clients for r in self.rooms.values()):
            return Refused("too-many-documents", "Open one of those that there are.")
        return None

    async def connect(self, user: str, name: str) -> Client | Refused:
        """Let a client in, and ask it what it has."""
        if refused := self.why_not(user, name):
            return refused
        client = Client(user)
        if name not in self.rooms and len(self.rooms) >= self.limits.documents:
            idle = (key for key, each in self.rooms.items() if not each.clients)
            del self.rooms[next(idle)]
        room = self.rooms.pop(name, None) or Room(self._make())
        self.rooms[name] = room
        room.clients.add(client)
        self._room_of[client] = name
        self._connections_of[user] += 1
        try:
            if self._link:
                await self._load(self._link, name, room)
        except (TimeoutError, ConnectionError):
            self.disconnect(client)
            return AWAY
        except BaseException:
            self.disconnect(client)
            raise
        client.put(bytes([SYNC, STEP_1]) + _with_length(room.document.state()))
        return client

    async def receive(self, client: Client, received: str | bytes) -> None:
        """Do what a client says; one that speaks no Yjs is closed."""
        name = self._room_of.get(client)
        if name is None:
            return
        if not self._buckets.take(client.user, monotonic()):
            return client.end(POLICY, "Too many messages; come back later.")
        if isinstance(received, str) or not received:
            return client.end(UNSUPPORTED_DATA, "Expected the bytes of y-protocols.")
        if len(received) > self.limits.frame_bytes:
            return client.end(TOO_BIG, f"Send {self.limits.frame_bytes} bytes at most.")
        try:
            await self._do(client, name, received)
        except (ValueError, IndexError):
            client.end(UNSUPPORTED_DATA, "Expected the bytes of y-protocols.")
        except ConnectionError:
            client.end(SERVICE_RESTART, "Come back with what you have.")

    def disconnect(self, client: Client) -> None:
        """Forget a client; a second time does nothing."""
        client.end(1000, "")
        name = self._room_of.pop(client, None)
        if name is None:
            return
        room = self.rooms[name]
        room.clients.remove(client)
        self._connections_of[client.user] -= 1
        if not self._connections_of[client.user]:
            del self._connections_of[client.user]
        if not room.clients and (self._link or not room.updates):
            del self.rooms[name]

    async def _do(self, client: Client, name: str, received: bytes) -> None:
        room = self.rooms[name]
        if received[0] == AWARENESS:
            _without_length(received[1:])
            self._send(room, received, client)
            if self._link:
                await self._link.run("relay", name, *self._encoded(received))
            return
        if received[0] != SYNC:
            return  # of a later version: what it says is not for us
        step, content = received[1], _without_length(received[2:])
        if step == STEP_1:
            update = room.document.update(content)
            client.put(bytes([SYNC, STEP_2]) + _with_length(update))
        elif content != NOTHING:
            await self._update(client, name, room, content)

    async def _update(
        self, client: Client, name: str, room: Room, update: bytes
    ) -> None:
        if room.size + len(update) > self.limits.shared_bytes:
            room.size = len(room.document.update())
            if room.size + len(update) > self.limits.shared_bytes:
                return client.end(TOO_BIG, "The document is full.")
        self._apply(room, update, client)
        if self._link:
            await self._link.run("update", name, *self._encoded(update))
            if room.updates >= COMPACT_AT and room.last:
                room.updates = 0
                state = b64encode(room.document.update()).decode()
                await self._link.run("compact", name, state, room.last)

    def _apply(self, room: Room, update: bytes, author: Client | None = None) -> None:
        room.document.apply(update)
        room.size += len(update)
        room.updates += 1
        message = bytes([SYNC, UPDATE]) + _with_length(update)
        self._send(room, message, author)

    def _send(self, room: Room, message: bytes, author: Client | None) -> None:
        for client in room.clients - {author}:
            client.put(message)

    # With a broker --------------------------------------------------------------------

    def _encoded(self, content: bytes) -> tuple[str, str]:
        return b64encode(content).decode(), self._process

    async def _load(self, link: Link, name: str, room: Room) -> None:
        """Bring a document up to where the broker is; what it has is ignored."""
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._run(link))
        await asyncio.wait_for(self._ready.wait(), PATIENCE)
        _, _, state, _, entries = await link.run("shared", name)
        for update in (state, *(entry[2] for entry in entries)):
            if update:
                self._apply(room, b64decode(update))
        if entries:
            room.last = entries[-1][0]

    async def _run(self, link: Link) -> None:
        try:
            while self._room_of:
                try:
                    async with link.used() as broker:
                        await self._follow(link, broker)
                except ConnectionError:
                    for client in tuple(self._room_of):
                        client.end(SERVICE_RESTART, "Come back with what you have.")
                        self.disconnect(client)
                    await asyncio.sleep(TICK)
        finally:
            self._task = None

    async def _follow(self, link: Link, broker: Broker) -> None:
        try:
            _, after, *_ = await link.run("position", "")
            self._ready.set()
            while self._room_of:
                for id, fields in await broker.read(FEED, after, TICK):
                    after = id
                    self._hear(id, dict(fields))
        finally:
            self._ready.clear()  # who comes now waits until it is followed again

    def _hear(self, id: str, fields: dict[str, str]) -> None:
        room = self.rooms.get(fields["document"])
        if room is None:
            return
        if fields["kind"] == "update":
            room.last = id
        if fields.get("process") == self._process:
            return
        content = b64decode(fields.get("update", ""))
        if fields["kind"] == "update":
            self._apply(room, content)
        elif fields["kind"] == "awareness":
            self._send(room, content, None)


def _with_length(content: bytes) -> bytes:
    length, groups = len(content), bytearray()
    while length > 127:
        groups.append(128 | (length & 127))
        length >>= 7
    return bytes([*groups, length]) + content


def _without_length(content: bytes) -> bytes:
    """Return what stands behind a length. Raise `ValueError` if it is not as long."""
    length = shift = start = 0
    while True:
        group = content[start]
        length |= (group & 127) << shift
        start, shift = start + 1, shift + 7
        if group < 128:
            break
    if length != len(content) - start:
        raise ValueError(f"Expected {length} bytes, but got {len(content) - start}.")
    return content[start:]
