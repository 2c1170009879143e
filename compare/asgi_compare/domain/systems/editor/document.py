"""The server's side of the editor: it puts operations in order.

A client sends an operation with the revision of the text that it was made for. Others
may have been faster; then the operation is transformed by each of theirs, applied, gets
the next revision, and goes to everybody, its author included.

Three promises make cuts harmless. An edit with an id that is in the log is not done
again, but answered with what became of it, so a client that does not know whether its
edit arrived sends it again. `since` returns everything after a revision. And who is too
far behind for the log is told to load the text anew; so an id that has left the log
cannot come again either.

Not locked: threads that share a document must hold a lock of their own. Several
processes need one place that orders: a row that is locked, or a stream.
"""

import json
from collections import deque
from dataclasses import dataclass

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.editor.operation import Operation, apply, transform
from asgi_compare.domain.systems.untrusted import Field, Refused


@dataclass(frozen=True)
class Edit:
    """What a client asks for; `id` is different for each edit of each client."""

    id: str
    revision: int
    operation: Operation


@dataclass(frozen=True)
class Accepted:
    """An operation that has its place in the order: it leads to `revision`."""

    id: str
    revision: int
    operation: Operation


class Document:
    """The text, its revision, and the operations that led there of late."""

    def __init__(
        self,
        text: str = "",
        revision: int = 0,
        *,
        kept: int = 1_000,
        longest: int = 100_000,
        log: tuple[Accepted, ...] = (),
    ) -> None:
        self.text = text
        self.revision = revision
        self._kept = kept
        self._longest = longest
        self._log: deque[Accepted] = deque()
        self._accepted: dict[str, Accepted] = {}
        for accepted in log:
            self._remember(accepted)

    def receive(self, edit: Edit) -> Accepted | Refused:
        """Do `edit`, or find that it has been done; send what is returned to all.

        A second time does no harm: clients ignore revisions that they have.
        """
        accepted = self.propose(edit)
        if isinstance(accepted, Accepted):
            self.take(accepted)
        return accepted

    def propose(self, edit: Edit) -> Accepted | Refused:
        """Return what would come of `edit`, and do nothing yet.

        With several processes, that is for the one place that orders to say: it takes
        the proposal if its revision is the next one.
        """
        missed = self.since(edit.revision)
        if isinstance(missed, Refused):
            return missed
        if edit.id in self._accepted:
            return self._accepted[edit.id]
        operation = edit.operation
        try:
            for accepted in missed:
                operation, _ = transform(operation, accepted.operation)
            text = apply(operation, self.text)
        except ValueError as error:
            return Refused("bad-operation", str(error))
        if len(text) > self._longest:
            return Refused(
                "too-long",
                f"Expected a text of at most {self._longest} characters, "
                f"but it would have {len(text)}.",
            )
        return Accepted(edit.id, self.revision + 1, operation)

    def take(self, accepted: Accepted) -> bool:
        """Do what has its place in the order; return whether it was the next one."""
        if accepted.revision != self.revision + 1:
            return False
        self.text = apply(accepted.operation, self.text)
        self.revision += 1
        self._remember(accepted)
        return True

    @property
    def log(self) -> tuple[Accepted, ...]:
        """The operations that are kept."""
        return tuple(self._log)

    def since(self, revision: int) -> tuple[Accepted, ...] | Refused:
        """Return what came after `revision`, for a client that was away."""
        behind = self.revision - revision
        if not 0 <= behind <= len(self._log):
            return Refused(
                "unknown-revision",
                f"Expected a revision from {self.revision - len(self._log)} to "
                f"{self.revision}, but got {revision}; load the text again.",
            )
        return tuple(self._log)[len(self._log) - behind :]

    def _remember(self, accepted: Accepted) -> None:
        self._log.append(accepted)
        self._accepted[accepted.id] = accepted
        if len(self._log) > self._kept:
            self._accepted.pop(self._log.popleft().id, None)


def parse_edit(received: str | bytes, at_most: int = 65_536) -> Edit | Refused:
    """Read an edit: {"id": "ann-7", "revision": 12, "operation": [5, "tea", -3]}."""
    message = untrusted.read_object(received, at_most)
    if isinstance(message, Refused):
        return message
    found = untrusted.read_fields(message, EDIT)
    if isinstance(found, Refused):
        return found
    found["operation"] = Operation.of(found["operation"])  # type: ignore[arg-type]
    return Edit(**found)  # type: ignore[arg-type]


def to_json(accepted: Accepted) -> str:
    """Return an operation with its place in the order, as a client hears it."""
    return json.dumps(
        {
            "type": "accepted",
            "id": accepted.id,
            "revision": accepted.revision,
            "operation": accepted.operation.steps,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _is_step(value: object) -> bool:
    if isinstance(value, str):
        return not untrusted.NOT_TEXT.search(value)
    # For Python, True is the integer 1.
    return type(value) is int and abs(value) <= untrusted.LARGEST_NUMBER


EDIT = {
    "id": untrusted.name("[A-Za-z0-9_-]{1,64}"),
    "revision": untrusted.number(),
    "operation": Field(
        "a list of whole numbers and texts",
        lambda value: isinstance(value, list) and all(map(_is_step, value)),
    ),
}
