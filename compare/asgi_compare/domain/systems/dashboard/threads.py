"""The dashboard for threads: what `hub.py` is for an event loop.

Each who reads holds a thread of the server. One lock is held around everything.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from threading import Condition, Thread
from time import monotonic, sleep

from asgi_compare.domain.systems.broker import BlockingBroker, ThreadLink
from asgi_compare.domain.systems.dashboard.boards import Boards, Limits, Reader
from asgi_compare.domain.systems.dashboard.figures import Change, Position, Snapshot
from asgi_compare.domain.systems.dashboard.hub import EVERY, PATIENCE, TICK
from asgi_compare.domain.systems.dashboard.shared import (
    AWAY,
    FEED,
    PREFIX,
    SCRIPT,
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
        self._link = open_broker and ThreadLink(open_broker, SCRIPT, PREFIX)
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
            if self._link is None:
                self._set(report.board, report.figures)
                return None
        limits = self._boards.limits
        try:
            answer = self._link.run(*report_arguments(report, limits))
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
        if self._link is None or self._follows(self._link, board):
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

    def _follows(self, link: ThreadLink, board: str) -> bool:
        """Have a board as the broker has it; return whether it is there."""
        with self._changed:
            if self._thread is None:
                self._ready = False
                self._thread = Thread(target=self._follow, args=(link,), daemon=True)
                self._thread.start()
            if not self._changed.wait_for(lambda: self._ready, PATIENCE):
                return False
        try:
            self._load(link, board)
        except ConnectionError:
            return False
        return True

    def _load(self, link: ThreadLink, board: str) -> None:
        position, figures = loaded(link.run("load", board))
        with self._changed:
            self._set(board, figures, position)

    def _follow(self, link: ThreadLink) -> None:
        """Take in what others report, while somebody reads here."""
        while True:
            with self._changed:
                if not self._boards.read_now():
                    # Who comes now finds none, and begins anew.
                    self._thread = None
                    return
            try:
                with link.used() as broker:
                    self._read_feed(link, broker)
            except ConnectionError:
                with self._changed:
                    self._ready = False
                sleep(TICK)

    def _read_feed(self, link: ThreadLink, broker: BlockingBroker) -> None:
        _, after, _ = link.run("position")
        for board in self._read_now():
            self._load(link, board)
        with self._changed:
            self._ready = True
            self._changed.notify_all()
        while self._is_followed():
            for entry in broker.read(FEED, str(after), TICK):
                after = entry[0]
                position, report = heard(entry)
                if report.board in self._read_now():
                    with self._changed:
                        self._set(report.board, report.figures, position)

    def _is_followed(self) -> bool:
        """Return whether somebody reads; who comes later waits for a new start."""
        with self._changed:
            self._ready = bool(self._boards.read_now())
            return self._ready

    def _read_now(self) -> tuple[str, ...]:
        with self._changed:
            return self._boards.read_now()
