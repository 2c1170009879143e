"""The editor for threads: what `hub.py` is for an event loop.

A client makes a connection by a request, speaks by others, and listens by long polls or
by a stream. One lock is held around everything but the questions to the broker.
"""

from collections.abc import Callable
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Any

from asgi_compare.domain.systems.backlog import Held
from asgi_compare.domain.systems.broker import (
    BlockingBroker,
    ThreadLink,
    once_arguments,
)
from asgi_compare.domain.systems.editor import protocol
from asgi_compare.domain.systems.editor.desk import Desk, Sheet
from asgi_compare.domain.systems.editor.document import Accepted, Edit, to_json
from asgi_compare.domain.systems.editor.operation import apply
from asgi_compare.domain.systems.editor.protocol import Cursor, Limits
from asgi_compare.domain.systems.editor.shared import (
    ATTEMPTS,
    AWAY,
    BUSY,
    FEED,
    PATIENCE,
    PREFIX,
    SCRIPT,
    SERVICE_RESTART,
    SILENT,
    TICK,
    append_arguments,
    heard,
    loaded,
    operations,
)
from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.untrusted import Refused


class Client(Held[str]):
    """One client, and the texts that wait for it."""


class ThreadHub:
    """All documents and clients of one process. Any thread may call it."""

    def __init__(
        self,
        open_broker: Callable[[], BlockingBroker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.desk = Desk(limits or Limits(), keeps_idle=open_broker is None)
        self._link = open_broker and ThreadLink(open_broker, SCRIPT, PREFIX)
        self._clients: dict[str, Client] = {}
        self._seen = Seen()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._ready = False

    def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._link is None:
            with self._changed:
                return self._seen.first(nonce, until, now)
        code, *_ = self._link.run("once", *once_arguments(nonce, until, now))
        return not code

    def connect(self, user: str, document: str, since: int | None) -> Client | Refused:
        """Let a client in, and tell it what it needs."""
        client = Client(user)
        with self._changed:
            refused = self.desk.enter(client.name, user, document, monotonic())
            if refused:
                return refused
            if self._thread is None:
                self._ready = False
                self._thread = Thread(target=self._run, daemon=True)
                self._thread.start()
            is_ready = self._changed.wait_for(lambda: self._ready, PATIENCE)
        try:
            answer = self._link.run("load", document) if self._link else None
        except ConnectionError:
            is_ready = False
        with self._changed:
            if not is_ready:
                self.desk.leave(client.name)
                return AWAY
            sheet = self.desk.sheets[document]
            if answer:
                self._load(document, sheet, answer)
            client.put(sheet.snapshot(since))
            self._clients[client.name] = client
            return client

    def find(self, name: str) -> Client | None:
        """Return the client of that name; that it asks is a sign of life."""
        with self._changed:
            self.desk.beat(name, monotonic())
            return self._clients.get(name)

    def receive(self, client: Client, received: str | bytes) -> None:
        """Do what a client says; it hears what is not possible."""
        with self._changed:
            said = self.desk.read(client.name, received, monotonic())
        if isinstance(said, Refused):
            self._put(client, protocol.refused(said))
        elif isinstance(said, Edit):
            if refused := self._edit(client, said):
                self._put(client, protocol.refused(refused, said.id))
        elif isinstance(said, Cursor):
            self._place(client, said)

    def take(self, client: Client, seconds: float) -> list[str]:
        """Return what waits for a client; wait for it that long."""
        with self._changed:
            self._changed.wait_for(lambda: client.backlog or client.ended, seconds)
            return client.backlog.take_all()

    def disconnect(self, client: Client) -> None:
        """Forget a client, and let the others know; a second time does nothing."""
        with self._changed:
            self._clients.pop(client.name, None)
            client.ended = client.ended or (1000, "")
            gone = self.desk.leave(client.name)
            self._changed.notify_all()
        if gone:
            self._tell("left", *gone)

    def _put(self, client: Client, text: str) -> None:
        with self._changed:
            client.put(text)
            self._changed.notify_all()

    def _edit(self, client: Client, edit: Edit) -> Refused | None:
        for _ in range(ATTEMPTS):
            with self._changed:
                sheet = self.desk.sheet_of(client.name)
                if sheet is None:
                    return None
                accepted = sheet.document.propose(edit)
                if isinstance(accepted, Refused):
                    return accepted
                if accepted.revision <= sheet.document.revision:
                    self._put(client, to_json(accepted))  # it was done before
                    return None
                name = self.desk.name_of(client.name)
                if self._link is None:
                    self._take(name, accepted)
                    return None
                text = apply(accepted.operation, sheet.document.text)
            words = append_arguments(name, accepted, text, self.desk.limits)
            try:
                answer = self._link.run(*words)
            except ConnectionError:
                return AWAY
            with self._changed:
                for each in operations(answer) if answer[0] else (accepted,):
                    self._take(name, each)
            if not answer[0]:
                return None
        return BUSY

    def _take(self, name: str, accepted: Accepted) -> None:
        """Do the next operation, and send it to all; ignore one that was done."""
        sheet = self.desk.sheets.get(name)
        if sheet and sheet.take(accepted):
            self._send(sheet, to_json(accepted))

    def _send(self, sheet: Sheet, text: str) -> None:
        for name in sheet.users:
            if name in self._clients:
                self._clients[name].put(text)
        self._changed.notify_all()

    def _place(self, client: Client, cursor: Cursor) -> None:
        with self._changed:
            sheet = self.desk.sheet_of(client.name)
            if sheet is None:
                return
            position = sheet.place(client.user, cursor)
            name = self.desk.name_of(client.name)
        if isinstance(position, Refused):
            self._put(client, protocol.refused(position))
        else:
            self._tell("cursor", name, client.user, position)

    def _tell(self, kind: str, name: str, user: str, position: int = 0) -> None:
        """Let all know of a cursor; if the broker is away, they come back anyway."""
        if self._link is None:
            self._hear_of(kind, name, user, position)
            return
        try:
            self._link.run("tell", name, kind, user, str(position))
        except ConnectionError:
            return

    def _hear_of(self, kind: str, name: str, user: str, position: int) -> None:
        with self._changed:
            sheet = self.desk.sheets.get(name)
            if sheet is None:
                return
            if kind == "cursor":
                sheet.cursors[user] = position
                self._send(sheet, protocol.cursor(user, position))
            elif user not in sheet.users.values():
                sheet.cursors.pop(user, None)
                self._send(sheet, protocol.left(user))

    # What runs while somebody is there ------------------------------------------------

    def _load(self, name: str, sheet: Sheet, answer: list[Any]) -> None:
        """Bring a document up to where the broker is."""
        text, revision, log = loaded(answer)
        if sheet.document.revision == 0:
            sheet.document = self.desk.document(text, revision, log)
        for accepted in log:
            self._take(name, accepted)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._is_used():
                    # Who comes now finds none, and begins anew.
                    self._thread = None
                    return
            if self._link:
                self._follow(self._link)
            else:
                self._be_ready(True)
                sleep(TICK)
                self._expire()

    def _is_used(self) -> bool:
        return any(sheet.users for sheet in self.desk.sheets.values())

    def _be_ready(self, is_ready: bool) -> None:
        with self._changed:
            self._ready = is_ready
            self._changed.notify_all()

    def _follow(self, link: ThreadLink) -> None:
        """Follow the broker, until it is away; then all clients have to come back."""
        try:
            with link.used() as broker:
                self._read_feed(link, broker)
        except ConnectionError:
            with self._changed:
                self._ready = False
                for client in tuple(self._clients.values()):
                    client.ended = (SERVICE_RESTART, "Come back with your revision.")
                    self._clients.pop(client.name)
                    self.desk.leave(client.name)
                self._changed.notify_all()
            sleep(TICK)

    def _read_feed(self, link: ThreadLink, broker: BlockingBroker) -> None:
        _, after, *_ = link.run("position", "")
        self._be_ready(True)
        while True:
            with self._changed:
                if not self._is_used():
                    self._ready = False  # who comes now waits for a new start
                    return
            for id, fields in broker.read(FEED, after, TICK):
                after = id
                self._hear(id, dict(fields))
            self._expire()

    def _hear(self, id: str, fields: dict[str, str]) -> None:
        name, kind = fields["document"], fields["kind"]
        if kind == "accepted":
            with self._changed:
                self._take(name, heard((id, fields)))
        elif kind in ("cursor", "left"):
            self._hear_of(kind, name, fields["user"], int(fields["at"]))

    def _expire(self) -> None:
        with self._changed:
            names = self.desk.expired(monotonic())
            gone = [self._clients[name] for name in names if name in self._clients]
        for client in gone:
            client.ended = (SILENT, "Nothing was heard of you.")
            self.disconnect(client)
