"""A client's side of the editor: it shows its own edits at once, and orders them later.

At most one edit is on its way to the server. What is typed meanwhile is composed into
one operation that waits, which keeps both sides simple: the server never transforms an
operation by another of the same client. So a client is in one of three states:

    state          on its way   waiting      an edit of one's own    it is accepted
    synchronized   -            -            send it                 -
    waiting        pending      -            keep it as buffer       synchronized
    buffering      pending      buffer       compose with buffer     send the buffer

An operation of somebody else is transformed by what is pending and buffered, which it
does not know, and they by it.

The page does the same in JavaScript; this one is what tests and load are made of. An
`Edit` that is returned must be sent. Revisions make everything else safe: what comes
twice is ignored, and `Gap` says that something is missing.
"""

from asgi_compare.domain.systems.editor.document import Accepted, Edit
from asgi_compare.domain.systems.editor.operation import (
    Operation,
    apply,
    compose,
    move_position,
    transform,
)
from asgi_compare.domain.systems.editor.undo import UndoStack


class Gap(Exception):
    """An operation came too early: ask for those since one's own revision."""


class Client:
    """One replica of the text.

    The name must be new each time: the ids of the edits are made of it. When the server
    refuses an edit, load the text again and make a new client.
    """

    def __init__(self, name: str, text: str, revision: int) -> None:
        self.name = name
        self.text = text
        self.revision = revision
        self.cursor = 0
        self._edits = 0
        self._pending: Operation | None = None
        self._buffer: Operation | None = None
        self._undo = UndoStack()

    @property
    def state(self) -> str:
        """One of the three states of the table above."""
        if self._pending is None:
            return "synchronized"
        return "waiting" if self._buffer is None else "buffering"

    def edit(self, operation: Operation) -> Edit | None:
        """Do an edit of one's own; return what to send now, if anything."""
        if operation.changes_nothing:
            return None
        self._undo.did(operation, self.text)
        return self._do(operation)

    def undo(self) -> Edit | None:
        """Take back the last edit of one's own that is not taken back yet."""
        return self._do_if_any(self._undo.undo(self.text))

    def redo(self) -> Edit | None:
        """Do again what was taken back last."""
        return self._do_if_any(self._undo.redo(self.text))

    def hear(self, accepted: Accepted) -> Edit | None:
        """Take in an operation from the server; return what to send now, if anything.

        Raise `Gap` if there is one before it that has not come.
        """
        if accepted.revision <= self.revision:
            return None
        if accepted.revision > self.revision + 1:
            raise Gap(self.revision)
        self.revision += 1
        if self._pending is not None and accepted.id == self._id:
            return self._confirm()
        self._take_in(accepted.operation)
        return None

    def resend(self) -> Edit | None:
        """Return the edit that is on its way, if any, to send it again.

        After a cut nobody knows whether it arrived; the server tells it by its id.
        """
        if self._pending is None:
            return None
        return Edit(self._id, self.revision, self._pending)

    @property
    def _id(self) -> str:
        return f"{self.name}-{self._edits}"

    def _do_if_any(self, operation: Operation | None) -> Edit | None:
        return None if operation is None else self._do(operation)

    def _do(self, operation: Operation) -> Edit | None:
        self.text = apply(operation, self.text)
        self.cursor = move_position(self.cursor, operation)
        if self._pending is None:
            return self._send(operation)
        self._buffer = (
            operation if self._buffer is None else compose(self._buffer, operation)
        )
        return None

    def _send(self, operation: Operation) -> Edit:
        self._edits += 1
        self._pending = operation
        return Edit(self._id, self.revision, operation)

    def _confirm(self) -> Edit | None:
        buffer, self._buffer, self._pending = self._buffer, None, None
        return None if buffer is None else self._send(buffer)

    def _take_in(self, operation: Operation) -> None:
        """Do what somebody else did, moved by what of ours they did not know."""
        if self._pending is not None:
            self._pending, operation = transform(self._pending, operation)
        if self._buffer is not None:
            self._buffer, operation = transform(self._buffer, operation)
        self.text = apply(operation, self.text)
        self.cursor = move_position(self.cursor, operation)
        self._undo.others_did(operation)
