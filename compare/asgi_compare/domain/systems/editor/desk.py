"""The documents of one process, and who has them open: all but the waiting.

    desk.why_not(user, name)                      # Refused, or None
    desk.enter(connection, user, name, now)       # the document is in desk.sheets then
    said = desk.read(connection, received, now)   # Edit, Cursor, Beat, or Refused
    desk.leave(connection)

Not locked: threads hold a lock around each call.
"""

from collections import Counter
from dataclasses import dataclass, field

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.chat.room import Heartbeats
from asgi_compare.domain.systems.editor import protocol
from asgi_compare.domain.systems.editor.document import Accepted, Document, Edit
from asgi_compare.domain.systems.editor.operation import move_position
from asgi_compare.domain.systems.editor.protocol import NAME, Beat, Cursor, Limits
from asgi_compare.domain.systems.rate import TokenBuckets
from asgi_compare.domain.systems.untrusted import Refused


@dataclass
class Sheet:
    """A document, and who has it open here."""

    document: Document
    users: dict[str, str] = field(default_factory=dict)
    """By connection."""
    cursors: dict[str, int] = field(default_factory=dict)
    """By user, wherever that is connected."""

    def take(self, accepted: Accepted) -> bool:
        """Do an operation if it is the next one, and move the cursors by it."""
        if not self.document.take(accepted):
            return False
        for user, position in self.cursors.items():
            self.cursors[user] = move_position(position, accepted.operation)
        return True

    def place(self, user: str, cursor: Cursor) -> int | Refused:
        """Set a user's cursor; return where it is in the text as it is now."""
        missed = self.document.since(cursor.revision)
        if isinstance(missed, Refused):
            return missed
        position = cursor.position
        for accepted in missed:
            position = move_position(position, accepted.operation)
        self.cursors[user] = min(position, len(self.document.text))
        return self.cursors[user]

    def snapshot(self, since: int | None) -> str:
        """Return what one who comes must know, as a message."""
        operations = self.document.since(since) if since is not None else None
        if operations is None or isinstance(operations, Refused):
            return protocol.text(self.document, self.cursors)
        return protocol.missed(operations, self.cursors)


class Desk:
    """The documents that are open in this process."""

    def __init__(self, limits: Limits, keeps_idle: bool) -> None:
        self.limits = limits
        self.sheets: dict[str, Sheet] = {}
        """By document; the one that was opened longest ago comes first."""
        self._keeps_idle = keeps_idle
        """Whether nobody else has a document that nobody has open."""
        self._document_of: dict[str, str] = {}
        self._connections_of = Counter[str]()
        self._heartbeats = Heartbeats[str](limits.silence)
        self._buckets = TokenBuckets(limits.rate)

    def why_not(self, user: str, name: str) -> Refused | None:
        """Return why a user cannot open a document now, if so."""
        if not NAME.valid(name):
            return Refused(
                "bad-field",
                f"Expected {NAME.expected} as 'document', "
                f"but got {untrusted.excerpt(name)}.",
            )
        if self._connections_of[user] >= self.limits.connections_of_a_user:
            return Refused(
                "too-many-connections",
                f"Expected at most {self.limits.connections_of_a_user} connections "
                "of one user; close one of them first.",
            )
        sheet = self.sheets.get(name)
        if sheet and len(sheet.users) >= self.limits.connections_of_a_document:
            return Refused("full", f"Document {name!r} is full; try again later.")
        if sheet is None and not self._has_place():
            return Refused(
                "too-many-documents",
                f"There are {self.limits.documents} documents already; open one of "
                "them.",
            )
        return None

    def enter(
        self, connection: str, user: str, name: str, now: float
    ) -> Refused | None:
        """Let a connection in."""
        if refused := self.why_not(user, name):
            return refused
        if name not in self.sheets and len(self.sheets) >= self.limits.documents:
            idle = (key for key, each in self.sheets.items() if not each.users)
            del self.sheets[next(idle)]
        sheet = self.sheets.pop(name, None) or Sheet(self.document())
        self.sheets[name] = sheet
        sheet.users[connection] = user
        self._document_of[connection] = name
        self._connections_of[user] += 1
        self._heartbeats.beat(connection, now)
        return None

    def document(
        self, text: str = "", revision: int = 0, log: tuple[Accepted, ...] = ()
    ) -> Document:
        """Make a document with the limits of this desk."""
        return Document(
            text,
            revision,
            kept=self.limits.operations_kept,
            longest=self.limits.text_characters,
            log=log,
        )

    def sheet_of(self, connection: str) -> Sheet | None:
        """Return what a connection has open."""
        name = self._document_of.get(connection)
        return self.sheets[name] if name is not None else None

    def name_of(self, connection: str) -> str:
        """Return the name of the document that a connection has open."""
        return self._document_of[connection]

    def read(
        self, connection: str, received: str | bytes, now: float
    ) -> Edit | Cursor | Beat | Refused:
        """Read what a connection says."""
        sheet = self.sheet_of(connection)
        if sheet is None:
            return Refused("not-connected", "The connection has expired; come back.")
        user = sheet.users[connection]
        message = protocol.parse(received, self.limits)
        # A beat costs nothing: it comes by itself, however much else is said.
        if not isinstance(message, Beat) and not self._buckets.take(user, now):
            seconds = self._buckets.wait(user, now)
            return Refused("too-fast", f"Too many messages; wait {seconds:.1f} s.")
        self._heartbeats.beat(connection, now)
        return message

    def beat(self, connection: str, now: float) -> None:
        """Note a sign of life that is no message."""
        if connection in self._document_of:
            self._heartbeats.beat(connection, now)

    def leave(self, connection: str) -> tuple[str, str] | None:
        """Forget a connection; return document and user if it was the user's last."""
        self._heartbeats.forget(connection)
        name = self._document_of.pop(connection, None)
        if name is None:
            return None
        sheet = self.sheets[name]
        user = sheet.users.pop(connection)
        self._connections_of[user] -= 1
        if not self._connections_of[user]:
            del self._connections_of[user]
        if not sheet.users and not (self._keeps_idle and sheet.document.revision):
            del self.sheets[name]
        if user in sheet.users.values():
            return None
        sheet.cursors.pop(user, None)
        return name, user

    def expired(self, now: float) -> tuple[str, ...]:
        """Return the connections that have been silent for too long."""
        return self._heartbeats.expired(now)

    def _has_place(self) -> bool:
        return len(self.sheets) < self.limits.documents or any(
            not sheet.users for sheet in self.sheets.values()
        )
