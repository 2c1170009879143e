"""The editor for an event loop: connections, and what is sent to them.

    client = await hub.connect(user, document, since)   # or Refused
    await hub.receive(client, text)                     # for each message
    await hub.disconnect(client)                        # come what may
    while text := await client.take(): ...              # beside it: what is to be sent
    close(*client.ended)                                # then

Nothing runs, and no connection to the broker is open, while no client is there.
"""

import asyncio
import secrets
from collections.abc import Callable
from time import monotonic
from typing import Any

from asgi_compare.domain.systems.backlog import Outgoing
from asgi_compare.domain.systems.broker import Broker, Link, once_arguments
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


class Client(Outgoing[str]):
    """One connection to one document."""


class Hub:
    """All documents and clients of one event loop."""

    def __init__(
        self,
        open_broker: Callable[[], Broker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.desk = Desk(limits or Limits(), keeps_idle=open_broker is None)
        self._link = open_broker and Link(open_broker, SCRIPT, PREFIX)
        self._clients: dict[str, Client] = {}
        self._seen = Seen()
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._link is None:
            return self._seen.first(nonce, until, now)
        code, *_ = await self._link.run("once", *once_arguments(nonce, until, now))
        return not code

    async def connect(
        self, user: str, document: str, since: int | None
    ) -> Client | Refused:
        """Let a client in, and tell it what it needs."""
        client = Client(user, secrets.token_urlsafe())
        if refused := self.desk.enter(client.name, user, document, monotonic()):
            return refused
        try:
            if self._task is None:
                self._ready.clear()
                self._task = asyncio.create_task(self._run())
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
            sheet = self.desk.sheets[document]
            if self._link:
                self._load(document, sheet, await self._link.run("load", document))
        except (TimeoutError, ConnectionError):
            self.desk.leave(client.name)
            return AWAY
        except BaseException:
            self.desk.leave(client.name)
            raise
        # From here on it hears everything; nothing is waited for between the two.
        client.put(sheet.snapshot(since))
        self._clients[client.name] = client
        return client

    async def receive(self, client: Client, received: str | bytes) -> None:
        """Do what a client says; it hears what is not possible."""
        said = self.desk.read(client.name, received, monotonic())
        if isinstance(said, Refused):
            client.put(protocol.refused(said))
        elif isinstance(said, Edit):
            if refused := await self._edit(client, said):
                client.put(protocol.refused(refused, said.id))
        elif isinstance(said, Cursor):
            await self._place(client, said)

    async def disconnect(self, client: Client) -> None:
        """Forget a client, and let the others know; a second time does nothing."""
        self._clients.pop(client.name, None)
        client.end(1000, "")
        if gone := self.desk.leave(client.name):
            await self._tell("left", *gone)

    async def _edit(self, client: Client, edit: Edit) -> Refused | None:
        for _ in range(ATTEMPTS):
            sheet = self.desk.sheet_of(client.name)
            if sheet is None:
                return None
            accepted = sheet.document.propose(edit)
            if isinstance(accepted, Refused):
                return accepted
            if accepted.revision <= sheet.document.revision:
                client.put(to_json(accepted))  # it was done before
                return None
            name = self.desk.name_of(client.name)
            if self._link:
                text = apply(accepted.operation, sheet.document.text)
                words = append_arguments(name, accepted, text, self.desk.limits)
                try:
                    answer = await self._link.run(*words)
                except ConnectionError:
                    return AWAY
                if answer[0]:
                    for each in operations(answer):
                        self._take(name, each)
                    continue
            self._take(name, accepted)
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

    async def _place(self, client: Client, cursor: Cursor) -> None:
        sheet = self.desk.sheet_of(client.name)
        assert sheet
        position = sheet.place(client.user, cursor)
        if isinstance(position, Refused):
            client.put(protocol.refused(position))
        else:
            name = self.desk.name_of(client.name)
            await self._tell("cursor", name, client.user, position)

    async def _tell(self, kind: str, name: str, user: str, position: int = 0) -> None:
        """Let all know of a cursor; if the broker is away, they come back anyway."""
        if self._link is None:
            self._hear_of(kind, name, user, position)
            return
        try:
            await self._link.run("tell", name, kind, user, str(position))
        except ConnectionError:
            return

    def _hear_of(self, kind: str, name: str, user: str, position: int) -> None:
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

    async def _run(self) -> None:
        try:
            while self._is_used():
                if self._link:
                    await self._follow(self._link)
                else:
                    self._ready.set()
                    await asyncio.sleep(TICK)
                    await self._expire()
        finally:
            self._task = None

    def _is_used(self) -> bool:
        return any(sheet.users for sheet in self.desk.sheets.values())

    async def _follow(self, link: Link) -> None:
        """Follow the broker, until it is away; then all clients have to come back."""
        try:
            async with link.used() as broker:
                await self._read_feed(link, broker)
        except ConnectionError:
            for client in tuple(self._clients.values()):
                client.end(SERVICE_RESTART, "Come back with the revision you have.")
                self._clients.pop(client.name)
                self.desk.leave(client.name)
            await asyncio.sleep(TICK)

    async def _read_feed(self, link: Link, broker: Broker) -> None:
        try:
            _, after, *_ = await link.run("position", "")
            self._ready.set()
            while self._is_used():
                for id, fields in await broker.read(FEED, after, TICK):
                    after = id
                    self._hear(id, dict(fields))
                await self._expire()
        finally:
            self._ready.clear()  # who comes now waits until it is followed again

    def _hear(self, id: str, fields: dict[str, str]) -> None:
        name, kind = fields["document"], fields["kind"]
        if kind == "accepted":
            self._take(name, heard((id, fields)))
        elif kind in ("cursor", "left"):
            self._hear_of(kind, name, fields["user"], int(fields["at"]))

    async def _expire(self) -> None:
        for name in self.desk.expired(monotonic()):
            if client := self._clients.pop(name, None):
                client.end(SILENT, "Nothing was heard of you.")
                await self.disconnect(client)
