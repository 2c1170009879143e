"""What an edit is, and how two of them go together.

An operation walks over a whole text from left to right, in steps:

    5        keep five characters
    "tea"    insert these
    -3       delete three characters

    apply((5, "tea", -3), "Have cup") == "Have tea"

It fits texts of one length only, which is what makes mistakes visible at once. Lengths
count code points, as Python does; a page in JavaScript must count them too
(`[...text].length`), or every emoji shifts what follows by one.

Four functions make a collaborative editor:

    apply       do it
    compose     make one operation of two that follow each other
    invert      take it back
    transform   make two operations of two that were made for the same text
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

Step = int | str


@dataclass(frozen=True)
class Operation:
    """The steps of an edit; build one with `Operation.of`, which tidies them."""

    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "Operation":
        """Join like steps, drop empty ones, put each insertion before a deletion.

        "Insert, then delete" and "delete, then insert" do the same. With one form for
        both, operations that do the same are equal.
        """
        tidy: list[Step] = []
        for step in steps:
            if not step:
                continue
            if tidy and _alike(tidy[-1], step):
                tidy[-1] += step  # type: ignore[operator]
            elif isinstance(step, str) and tidy and _deletes(tidy[-1]):
                deleted = tidy.pop()
                if tidy and isinstance(tidy[-1], str):
                    tidy[-1] += step
                else:
                    tidy.append(step)
                tidy.append(deleted)
            else:
                tidy.append(step)
        return cls(tuple(tidy))

    @property
    def length_before(self) -> int:
        """The length of the texts that this can be applied to."""
        return sum(abs(step) for step in self.steps if isinstance(step, int))

    @property
    def length_after(self) -> int:
        """The length of the text that comes out."""
        return sum(
            step if isinstance(step, int) else len(step)
            for step in self.steps
            if not _deletes(step)
        )

    @property
    def changes_nothing(self) -> bool:
        """Whether the text stays as it is."""
        return all(isinstance(step, int) and step > 0 for step in self.steps)


def apply(operation: Operation, text: str) -> str:
    """Return `text` after `operation`."""
    _check_length("text", operation.length_before, len(text))
    parts, position = [], 0
    for step in operation.steps:
        if isinstance(step, str):
            parts.append(step)
            continue
        if step > 0:
            parts.append(text[position : position + step])
        position += abs(step)
    return "".join(parts)


def invert(operation: Operation, text: str) -> Operation:
    """Return what leads back to `text`, to which `operation` has been applied."""
    _check_length("text", operation.length_before, len(text))
    steps: list[Step] = []
    position = 0
    for step in operation.steps:
        if isinstance(step, str):
            steps.append(-len(step))
        elif step > 0:
            steps.append(step)
            position += step
        else:
            steps.append(text[position : position - step])
            position -= step
    return Operation.of(steps)


def compose(first: Operation, second: Operation) -> Operation:
    """Return one operation that does `first` and then `second`."""
    _check_length("second operation", first.length_after, second.length_before)
    a, b = _Steps(first), _Steps(second)
    steps: list[Step] = []
    while a or b:
        if a and _deletes(a.next):
            steps.append(a.take())
        elif b and isinstance(b.next, str):
            steps.append(b.take())
        else:
            # Both speak of the same characters, of the text in the middle.
            size = min(a.size, b.size)
            made, used = a.take(size), b.take(size)
            if not _deletes(used):
                steps.append(made)
            elif isinstance(made, int):
                steps.append(used)
            # What the first has inserted and the second deletes was never there.
    return Operation.of(steps)


def transform(left: Operation, right: Operation) -> tuple[Operation, Operation]:
    """Return `left` as it is after `right`, and `right` as it is after `left`.

    Both were made for the same text. Either way around, the same text comes out:

        apply(right2, apply(left, text)) == apply(left2, apply(right, text))

    Where both insert at one place, the text of `left` comes first. It must be decided
    in the same way everywhere, or the replicas drift apart for good.
    """
    _check_length("second operation", left.length_before, right.length_before)
    a, b = _Steps(left), _Steps(right)
    left2: list[Step] = []
    right2: list[Step] = []
    while a or b:
        if a and isinstance(a.next, str):
            right2.append(a.size)
            left2.append(a.take())
        elif b and isinstance(b.next, str):
            left2.append(b.size)
            right2.append(b.take())
        else:
            # Both speak of the same characters of the text that they were made for.
            size = min(a.size, b.size)
            ours, theirs = a.take(size), b.take(size)
            if not _deletes(theirs):
                left2.append(ours)
            if not _deletes(ours):
                right2.append(theirs)
            # What both delete is gone already when the second comes.
    return Operation.of(left2), Operation.of(right2)


def move_position(position: int, operation: Operation) -> int:
    """Return where a cursor at `position` stands after `operation`.

    Text inserted right at the cursor pushes it to the right.
    """
    before, after = 0, position
    for step in operation.steps:
        if before > position:
            break
        if isinstance(step, str):
            after += len(step)
        elif step > 0:
            before += step
        else:
            after -= min(-step, position - before)
            before -= step
    return after


class _Steps:
    """The steps of an operation, of which any part can be taken off the front."""

    def __init__(self, operation: Operation) -> None:
        self._steps = deque(operation.steps)

    def __bool__(self) -> bool:
        return bool(self._steps)

    @property
    def next(self) -> Step:
        return self._steps[0]

    @property
    def size(self) -> int:
        return _size(self.next)

    def take(self, size: int | None = None) -> Step:
        """Take the first `size` characters of the next step, or all of it."""
        step = self._steps.popleft()
        if size is None or size == _size(step):
            return step
        if isinstance(step, str):
            self._steps.appendleft(step[size:])
            return step[:size]
        signed = size if step > 0 else -size
        self._steps.appendleft(step - signed)
        return signed


def _size(step: Step) -> int:
    return len(step) if isinstance(step, str) else abs(step)


def _deletes(step: Step) -> bool:
    return isinstance(step, int) and step < 0


def _alike(one: Step, other: Step) -> bool:
    """Return whether two steps can be joined into one."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str)
    return (one > 0) == (other > 0)


def _check_length(what: str, expected: int, got: int) -> None:
    if expected != got:
        raise ValueError(f"Expected a {what} of length {expected}, but got {got}.")
