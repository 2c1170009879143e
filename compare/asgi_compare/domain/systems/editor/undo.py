"""Take back one's own edits, and nobody else's.

For each edit of one's own its inverse is kept, the latest on top. The top one fits the
text as it is; the next one fits the text as it will be when the top one is undone. When
somebody else edits, all of them are moved: the top one by that operation, and the
operation by the top one before it meets the next. An inverse that has nothing left to
do (others have deleted what it would delete) is dropped.
"""

from asgi_compare.domain.systems.editor.operation import Operation, invert, transform

MOST = 200
"""How many edits can be taken back."""


class UndoStack:
    """What can be undone and redone."""

    def __init__(self) -> None:
        self._undo: list[Operation] = []
        self._redo: list[Operation] = []

    def did(self, operation: Operation, text: str) -> None:
        """Note an edit of one's own, made to `text`; what was undone is settled now."""
        self._undo.append(invert(operation, text))
        del self._undo[:-MOST]
        self._redo.clear()

    def others_did(self, operation: Operation) -> None:
        """Move everything by what somebody else has done to the text."""
        self._undo = _move(self._undo, operation)
        self._redo = _move(self._redo, operation)

    def undo(self, text: str) -> Operation | None:
        """Return what takes back the last edit; the caller must do it now."""
        return _turn(self._undo, self._redo, text)

    def redo(self, text: str) -> Operation | None:
        """Return what does again what was undone last; the caller must do it now."""
        return _turn(self._redo, self._undo, text)


def _turn(
    stack: list[Operation], other: list[Operation], text: str
) -> Operation | None:
    if not stack:
        return None
    operation = stack.pop()
    other.append(invert(operation, text))
    return operation


def _move(stack: list[Operation], operation: Operation) -> list[Operation]:
    moved = []
    for inverse in reversed(stack):
        inverse, operation = transform(inverse, operation)
        if not inverse.changes_nothing:
            moved.append(inverse)
    return moved[::-1]
