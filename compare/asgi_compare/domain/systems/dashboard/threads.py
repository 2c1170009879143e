"""The dashboard for threads: what `hub.py` is for an event loop.

Each who reads holds a thread of the server. One lock is held around everything.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from threading import Condition, Thread
from time import monotonic, sleep

from asgi_compare.domain.systems.dashboard.boards import Boards, Limits, Reader
from asgi_compare.domain.systems.dashboard.figures import Change, Position, Snapshot
from asgi_compare.domain.systems.dashboard.hub import EVERY, PATIENCE, TICK
from asgi_compare.domain.systems.dashboard.shared import (
    AWAY,
    FEED,
    PREFIX,
    SCRIPT,
    BlockingBroker,
    heard,
    loaded,
    report_arguments,
    report_refused,
)
from asgi_compare.domain.systems.untrusted import Refused

PULSE = 0.3
"""Seconds after which a stream with nothing to say gives a sign of life: only who
writes hears that the client has left."""

LONGEST = 30.0
"""Seconds that a stream lasts: some servers never close one whose client has left."""


class ThreadHub:
    """All boards and readers of one process. Any thread may call it."""

    def __init__(
        self,
        open_broker: Callable[[], BlockingBroker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._boards = Boards(secrets.token_hex(4), limits)
        self._open_broker = open_broker
        self._opened: BlockingBroker | None = None
        self._asking = 0
        self._changed = Condition()
        self._thread: Thread | None = None
        self._ready = False

    def why_not(self, user: str, board: str) -> Refused | None:
        """Return why a user cannot read a board now, if so."""
        with self._changed:
            return self._boards.why_not(user, board)

    def report(self, user: str, received: str | bytes) -> Refused | None:
        """Take what a user reports, and let all readers know."""
        with self._changed:
            report = self._boards.read(user, received, monotonic())
            if isinstance(report, Refused):
                return report
            if self._open_broker is None:
                self._set(report.board, report.figures)
                return None
        limits = self._boards.limits
        try:
            answer = self._run(*report_arguments(report, limits))
        except ConnectionError:
            return AWAY
        return report_refused(answer, limits)

    def events(
        self, user: str, board: str, position: Position | None
    ) -> Iterator[Snapshot | Change | None]:
        """Yield what is new; the reader comes back when it is over."""
        reader = self._enter(user, board, position, True)
        if reader is None:
            return
        try:
            end = monotonic() + LONGEST
            while monotonic() < end:
                event = self._next(reader, PULSE)
                yield event
                if event:
                    sleep(EVERY)
        finally:
            self._leave(reader)

    def poll(
        self, user: str, board: str, position: Position | None, seconds: float
    ) -> Snapshot | Change | None:
        """Return what is new; wait for it that long."""
        reader = self._enter(user, board, position, False)
        if reader is None:
            return None
        try:
            return self._next(reader, seconds)
        finally:
            self._leave(reader)

    def _enter(
        self, user: str, board: str, position: Position | None, is_shown: bool
    ) -> Reader | None:
        with self._changed:
            reader = self._boards.enter(user, board, position, is_shown)
            if isinstance(reader, Refused):
                return None
            self._changed.notify_all()
        if self._open_broker is None or self._follows(board):
            return reader
        self._leave(reader)
        return None

    def _leave(self, reader: Reader) -> None:
        with self._changed:
            self._boards.leave(reader)
            self._changed.notify_all()

    def _next(self, reader: Reader, seconds: float) -> Snapshot | Change | None:
        with self._changed:
            return self._changed.wait_for(lambda: self._boards.next(reader), seconds)

    def _set(
        self, board: str, figures: Mapping[str, float], position: int | None = None
    ) -> None:
        if self._boards.set(board, figures, position):
            self._changed.notify_all()

    # With a broker --------------------------------------------------------------------

    def _run(self, *arguments: str) -> list[object]:
        assert self._open_broker
        with self._changed:
            if self._opened is None:
                self._opened = self._open_broker()
            opened = self._opened
            self._asking += 1
        try:
            answer: list[object] = opened.run(SCRIPT, PREFIX, *arguments)
            return answer
        finally:
            with self._changed:
                self._asking -= 1

    def _follows(self, board: str) -> bool:
        """Have a board as the broker has it; return whether it is there."""
        with self._changed:
            if self._thread is None:
                self._ready = False
                self._thread = Thread(target=self._follow, daemon=True)
                self._thread.start()
            if not self._changed.wait_for(lambda: self._ready, PATIENCE):
                return False
        try:
            self._load(board)
        except ConnectionError:
            return False
        return True

    def _load(self, board: str) -> None:
        position, figures = loaded(self._run("load", board))
        with self._changed:
            self._set(board, figures, position)

    def _follow(self) -> None:
        """Take in what others report, while somebody reads here."""
        while True:
            with self._changed:
                if not self._boards.read_now():
                    # Who comes now finds none, and begins anew. Somebody else may be
                    # asking by the connection; then it is closed the next time.
                    self._thread, opened = None, None
                    if not self._asking:
                        opened, self._opened = self._opened, None
                    break
            try:
                self._read_feed()
            except ConnectionError:
                with self._changed:
                    self._ready = False
                sleep(TICK)
        if opened:
            opened.close()

    def _read_feed(self) -> None:
        _, after, _ = self._run("position")
        for board in self._read_now():
            self._load(board)
        with self._changed:
            self._ready = True
            self._changed.notify_all()
            opened = self._opened
        while opened and self._read_now():
            for entry in opened.read(FEED, str(after), TICK):
                after = entry[0]
                position, report = heard(entry)
                if report.board in self._read_now():
                    with self._changed:
                        self._set(report.board, report.figures, position)

    def _read_now(self) -> tuple[str, ...]:
        with self._changed:
            return self._boards.read_now()
