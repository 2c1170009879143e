"""All boards of one process: what is reported, and who reads.

    report = boards.read(user, received, now)   # Report, or Refused
    boards.set(report.board, report.figures)

    reader = boards.enter(user, "sales", position)    # Reader, or Refused
    event = boards.next(reader)                 # Snapshot, Change, or None: nothing new
    boards.leave(reader)                        # come what may

A reader is nothing but the position it has, so nothing is ever queued for it. Each
board has a figure of its own making, `readers`: it shows that who has left is gone.

Whatever a stranger can make grow has a limit. Not locked: threads hold a lock around
each call.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.dashboard.figures import (
    Change,
    Figures,
    Position,
    Snapshot,
)
from asgi_compare.domain.systems.rate import Rate, TokenBuckets
from asgi_compare.domain.systems.untrusted import Field, Refused

READERS = "readers"
RATE = Rate(per_second=20, burst=40)
"""Of reports of a user, over all boards."""


@dataclass(frozen=True)
class Limits:
    """How much of everything the dashboard allows."""

    report_bytes: int = 16_384
    figures_of_a_board: int = 50
    boards: int = 1_000
    readers_of_a_user: int = 5
    rate: Rate = RATE


@dataclass(frozen=True)
class Report:
    """Figures that somebody has measured, for a board."""

    board: str
    figures: Mapping[str, float]


@dataclass(eq=False)
class Reader:
    """One who reads a board, and how far it is."""

    user: str
    board: str
    position: Position | None
    is_shown: bool
    """Whether it counts among the readers; one that polls comes and goes."""


@dataclass
class Board:
    """The figures of a board, and who reads them."""

    figures: Figures
    values: dict[str, float] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    """By figure, the position of what was reported last, if a broker orders them."""
    readers: set[Reader] = field(default_factory=set)


BOARD = untrusted.name("[a-z0-9][a-z0-9-]{0,31}")
FIGURE = untrusted.name("[a-z][a-z0-9-]{0,31}")


def _is_figure(name: object, value: object) -> bool:
    # For Python, True is the integer 1; and 1e999 is infinite, which JSON cannot say.
    return (
        FIGURE.valid(name)
        and name != READERS
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= untrusted.LARGEST_NUMBER
        and isfinite(value)
    )


REPORT = {
    "board": BOARD,
    "figures": Field(
        f"an object of names and numbers, none of them {READERS!r},",
        lambda value: (
            isinstance(value, dict) and all(_is_figure(*item) for item in value.items())
        ),
    ),
}


class Boards:
    """The boards that there are."""

    def __init__(self, run: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._run = run
        self._made = 0
        # The one that was told of longest ago comes first.
        self._boards: dict[str, Board] = {}
        self._readers_of = Counter[str]()
        self._buckets = TokenBuckets(self.limits.rate)

    def read(self, user: str, received: str | bytes, now: float) -> Report | Refused:
        """Read what a user reports."""
        if not self._buckets.take(user, now):
            seconds = self._buckets.wait(user, now)
            return Refused("too-fast", f"Too many reports; wait {seconds:.1f} s.")
        message = untrusted.read_object(received, self.limits.report_bytes)
        if isinstance(message, Refused):
            return message
        found = untrusted.read_fields(message, REPORT)
        if isinstance(found, Refused):
            return found
        report = Report(**found)  # type: ignore[arg-type]
        board = self._boards.get(report.board)
        names = {*(board.values if board else ()), *report.figures}
        if len(names - {READERS}) > self.limits.figures_of_a_board:
            return too_many_figures(self.limits)
        return report if board or self._has_place() else self._full

    def set(
        self, board: str, figures: Mapping[str, float], position: int | None = None
    ) -> bool:
        """Set figures; return whether anything has changed.

        With a position, a figure that was told of later is left as it is: whatever the
        order in which snapshots and changes arrive, all end up with the same.
        """
        there = self._board(board)
        if there is None:
            return False
        if position is not None:
            figures = {
                name: value
                for name, value in figures.items()
                if there.at.get(name, -1) <= position
            }
            there.at |= dict.fromkeys(figures, position)
        there.values |= figures
        return there.figures.update(figures) is not None

    def why_not(self, user: str, board: str) -> Refused | None:
        """Return why a user cannot read a board now, if so."""
        if not BOARD.valid(board):
            return Refused(
                "bad-field",
                f"Expected {BOARD.expected} as 'board', "
                f"but got {untrusted.excerpt(board)}.",
            )
        if self._readers_of[user] >= self.limits.readers_of_a_user:
            return Refused(
                "too-many-readers",
                f"Expected at most {self.limits.readers_of_a_user} pages of one user; "
                "close one of them first.",
            )
        return None if board in self._boards or self._has_place() else self._full

    def enter(
        self, user: str, board: str, position: Position | None, is_shown: bool = True
    ) -> Reader | Refused:
        """Let a reader in."""
        if refused := self.why_not(user, board):
            return refused
        there = self._board(board)
        assert there
        reader = Reader(user, board, position, is_shown)
        there.readers.add(reader)
        self._readers_of[user] += 1
        self._count(there)
        return reader

    def leave(self, reader: Reader) -> None:
        """Forget a reader."""
        there = self._boards[reader.board]
        there.readers.remove(reader)
        self._readers_of[reader.user] -= 1
        if not self._readers_of[reader.user]:
            del self._readers_of[reader.user]
        self._count(there)
        if not there.readers and not there.values:
            del self._boards[reader.board]

    def next(self, reader: Reader) -> Snapshot | Change | None:
        """Return what is new to a reader, and take it that it has it then."""
        event = self._boards[reader.board].figures.since(reader.position)
        if event:
            reader.position = event.position
        return event

    def read_now(self) -> tuple[str, ...]:
        """Return the boards that somebody reads."""
        return tuple(name for name, board in self._boards.items() if board.readers)

    def _count(self, board: Board) -> None:
        shown = sum(reader.is_shown for reader in board.readers)
        board.figures.update({READERS: shown})

    @property
    def _full(self) -> Refused:
        return Refused(
            "too-many-boards",
            f"There are {self.limits.boards} boards already; use one of them.",
        )

    def _has_place(self) -> bool:
        """Return whether there may be another board, if one is dropped for it."""
        return len(self._boards) < self.limits.boards or any(
            not board.readers for board in self._boards.values()
        )

    def _board(self, name: str) -> Board | None:
        """Return a board, as the one told of last; make it if there is place."""
        board = self._boards.pop(name, None)
        if board is None:
            if not self._has_place():
                return None
            if len(self._boards) >= self.limits.boards:
                unread = (key for key, each in self._boards.items() if not each.readers)
                del self._boards[next(unread)]
            # Its versions begin at 0, as those of a board of that name did before.
            self._made += 1
            board = Board(Figures(f"{self._run}{self._made:x}"))
        self._boards[name] = board
        return board


def too_many_figures(limits: Limits) -> Refused:
    """Return in words why a report is not taken."""
    return Refused(
        "too-many-figures",
        f"Expected at most {limits.figures_of_a_board} figures on a board.",
    )


def refused_to_json(refused: Refused) -> str:
    """Return a refusal as a message of a WebSocket."""
    content = {"type": "refused", "code": refused.code, "sentence": refused.sentence}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
