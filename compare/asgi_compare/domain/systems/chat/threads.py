"""The chat for threads: what `hub.py` is for an event loop.

Under WSGI a client has no connection of its own: it makes one by a request, and its
messages wait under that name until it asks for them (long poll), or are sent as they
come (server-sent events). One lock is held around everything; who waits, waits for it
to be told of a change.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from time import monotonic, sleep

from asgi_compare.domain.systems.backlog import Held
from asgi_compare.domain.systems.broker import (
    BlockingBroker,
    ThreadLink,
    once_arguments,
)
from asgi_compare.domain.systems.chat.door import Door
from asgi_compare.domain.systems.chat.hub import (
    AWAY,
    PATIENCE,
    SERVICE_RESTART,
    SILENT,
    TICK,
)
from asgi_compare.domain.systems.chat.protocol import Limits, to_json
from asgi_compare.domain.systems.chat.rooms import Ask, Event, Reply, Rooms
from asgi_compare.domain.systems.chat.shared import (
    FEED,
    PREFIX,
    SCRIPT,
    START,
    arguments,
    event,
    reply_to,
)
from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.untrusted import Refused


class Client(Held[str]):
    """One client, and the texts that wait for it."""


class ThreadHub:
    """All clients of one process. Any thread may call it."""

    def __init__(
        self,
        open_broker: Callable[[], BlockingBroker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._link = open_broker and ThreadLink(open_broker, SCRIPT, PREFIX)
        self._door = Door(self.limits)
        self._rooms = Rooms(self.limits)
        self._clients: dict[str, Client] = {}
        self._seen = Seen()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._ready = False
        self._process = ""

    def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._link is None:
            with self._changed:
                return self._seen.first(nonce, until, now)
        words = ("once", "", *once_arguments(nonce, until, now))
        code, *_ = self._link.run(*words)
        return not code

    def connect(self, user: str) -> Client | Refused:
        """Let a client in."""
        client = Client(user)
        with self._changed:
            if refused := self._door.connect(client.name, user, monotonic()):
                return refused
            self._clients[client.name] = client
            if self._thread is None:
                self._ready = False
                self._thread = Thread(target=self._run, daemon=True)
                self._thread.start()
            if self._changed.wait_for(lambda: self._ready, PATIENCE):
                return client
        self.disconnect(client)
        return AWAY

    def find(self, name: str) -> Client | None:
        """Return the client of that name; that it asks is a sign of life."""
        with self._changed:
            self._door.beat(name, monotonic())
            return self._clients.get(name)

    def receive(self, client: Client, received: str | bytes) -> None:
        """Do what a client says; it hears what is not possible."""
        with self._telling():
            asked = self._door.receive(client.name, received, monotonic())
            if isinstance(asked, Refused):
                client.put(to_json(asked))
        if asked and not isinstance(asked, Refused):
            self._ask(asked, client)

    def take(self, client: Client, seconds: float) -> list[str]:
        """Return what waits for a client; wait for it that long."""
        with self._changed:
            self._changed.wait_for(lambda: client.backlog or client.ended, seconds)
            return client.backlog.take_all()

    def disconnect(self, client: Client) -> None:
        """Forget a client, and let the others know; a second time does nothing."""
        with self._telling():
            if not self._clients.pop(client.name, None):
                return
            client.ended = client.ended or (1000, "")
            exits = self._door.disconnect(client.name)
        for asked in exits:
            self._ask(asked)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Hold the lock, and wake all that wait."""
        with self._changed:
            yield
            self._changed.notify_all()

    def _hear(self, event: Event) -> None:
        text = to_json(event.message)
        for name in self._door.hear(event):
            self._clients[name].put(text)

    def _ask(self, asked: Ask, client: Client | None = None) -> None:
        if self._link is None:
            with self._telling():
                reply = self._rooms.do(asked)
                self._answer(asked, reply, client)
                for each in reply.events:
                    self._hear(each)
            return
        words = arguments(asked, self._process, self.limits)
        try:
            answer = self._link.run(*words)
        except ConnectionError:
            if client:
                with self._telling():
                    client.put(to_json(AWAY))
            return
        with self._telling():
            self._answer(asked, reply_to(asked, answer, self.limits), client)

    def _answer(self, asked: Ask, reply: Reply, client: Client | None) -> None:
        if client:
            for message in self._door.answered(asked, reply):
                client.put(to_json(message))

    # What runs while somebody is there ------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._clients:
                    # Who comes now finds none, and begins anew.
                    self._thread = None
                    return
            if self._link:
                self._with(self._link)
            else:
                with self._telling():
                    self._ready = True
                sleep(TICK)
                self._expire()

    def _with(self, link: ThreadLink) -> None:
        """Follow the broker, until it is away; then all clients have to come back."""
        self._process = secrets.token_hex(8)
        try:
            with link.used() as broker:
                self._read_feed(link, broker)
        except ConnectionError:
            with self._telling():
                self._ready = False
                for client in tuple(self._clients.values()):
                    client.ended = (SERVICE_RESTART, "Come back with your last number.")
                    self._door.disconnect(client.name)
                    self._clients.pop(client.name)
            sleep(TICK)

    def _read_feed(self, link: ThreadLink, broker: BlockingBroker) -> None:
        after = self._tick(link) or START
        with self._telling():
            self._ready = True
        due = monotonic() + TICK
        while self._is_used():
            entries = broker.read(FEED, after, TICK)
            with self._telling():
                for entry in entries:
                    after = entry[0]
                    self._hear(event(entry))
            if monotonic() >= due:
                due = monotonic() + TICK
                self._expire()
                if self._tick(link) is None:
                    raise ConnectionError("The others have taken us for dead.")

    def _is_used(self) -> bool:
        """Return whether somebody is here; who comes later waits for a new start."""
        with self._changed:
            self._ready = bool(self._clients)
            return self._ready

    def _tick(self, link: ThreadLink) -> str | None:
        """Say that we live; return the position, or None if we were thought dead."""
        words = ("tick", self._process, str(self.limits.silence))
        code, before, *_ = link.run(*words)
        return None if code and self._ready else str(before)

    def _expire(self) -> None:
        with self._telling():
            gone = self._door.expire(monotonic())
            for name in gone:
                if client := self._clients.pop(name, None):
                    client.ended = (SILENT, "Nothing was heard of you.")
        for exits in gone.values():
            for asked in exits:
                self._ask(asked)
