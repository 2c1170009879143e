"""The dashboard for an event loop.

    hub.why_not(user, board)                     # Refused, or None
    async for event in hub.events(user, board, position):
        ...send it; None: say only that you live...
    await hub.report(user, received)             # Refused, or None

`events` lets the reader in when it is begun, and out when it is closed: one that is
never begun leaves nothing behind. What changes while an event is being sent, or within
`EVERY`, is one change then: one who reads slowly delays nobody, and nothing waits.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from time import monotonic

from asgi_compare.domain.systems.dashboard.boards import Boards, Limits
from asgi_compare.domain.systems.dashboard.figures import Change, Position, Snapshot
from asgi_compare.domain.systems.dashboard.shared import (
    AWAY,
    FEED,
    PREFIX,
    SCRIPT,
    Broker,
    heard,
    loaded,
    once_arguments,
    report_arguments,
    report_refused,
)
from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.untrusted import Refused

EVERY = 0.25
"""Seconds between two events for one reader, at least."""
PULSE = 10.0
"""Seconds after which a sign of life is due, for the proxies between."""
TICK = 0.2
PATIENCE = 5.0
"""Seconds that a reader waits for the broker."""


class Hub:
    """All boards and readers of one event loop."""

    def __init__(
        self,
        open_broker: Callable[[], Broker] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.boards = Boards(secrets.token_hex(4), limits)
        self._open_broker = open_broker
        self._opened: Broker | None = None
        self._asking = 0
        self._bells: dict[str, asyncio.Event] = {}
        self._seen = Seen()
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._open_broker is None:
            return self._seen.first(nonce, until, now)
        code, *_ = await self._run(*once_arguments(nonce, until, now))
        return not code

    def why_not(self, user: str, board: str) -> Refused | None:
        """Return why a user cannot read a board now, if so."""
        return self.boards.why_not(user, board)

    async def report(self, user: str, received: str | bytes) -> Refused | None:
        """Take what a user reports, and let all readers know."""
        report = self.boards.read(user, received, monotonic())
        if isinstance(report, Refused):
            return report
        if self._open_broker is None:
            self._set(report.board, report.figures)
            return None
        limits = self.boards.limits
        try:
            answer = await self._run(*report_arguments(report, limits))
        except ConnectionError:
            return AWAY
        return report_refused(answer, limits)

    async def events(
        self, user: str, board: str, position: Position | None
    ) -> AsyncGenerator[Snapshot | Change | None, None]:
        """Yield what is new, for as long as the reader wants it."""
        reader = self.boards.enter(user, board, position)
        if isinstance(reader, Refused):
            return
        self._ring(board)
        try:
            if self._open_broker and not await self._follows(board):
                return
            while True:
                # From here to the wait nobody else runs, so no bell is missed.
                if event := self.boards.next(reader):
                    yield event
                    await asyncio.sleep(EVERY)
                    continue
                bell = self._bells.setdefault(board, asyncio.Event())
                try:
                    await asyncio.wait_for(bell.wait(), PULSE)
                except TimeoutError:
                    yield None
        finally:
            self.boards.leave(reader)
            self._ring(board)

    def _ring(self, board: str) -> None:
        if bell := self._bells.pop(board, None):
            bell.set()

    def _set(
        self, board: str, figures: Mapping[str, float], position: int | None = None
    ) -> None:
        if self.boards.set(board, figures, position):
            self._ring(board)

    # With a broker --------------------------------------------------------------------

    async def _run(self, *arguments: str) -> list[object]:
        assert self._open_broker
        if self._opened is None:
            self._opened = self._open_broker()
        self._asking += 1
        try:
            answer: list[object] = await self._opened.run(SCRIPT, PREFIX, *arguments)
            return answer
        finally:
            self._asking -= 1

    async def _follows(self, board: str) -> bool:
        """Have a board as the broker has it; return whether it is there."""
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._follow())
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
            await self._load(board)
        except (TimeoutError, ConnectionError):
            return False
        return True

    async def _load(self, board: str) -> None:
        position, figures = loaded(await self._run("load", board))
        self._set(board, figures, position)

    async def _follow(self) -> None:
        """Take in what others report, while somebody reads here."""
        try:
            while self.boards.read_now():
                try:
                    await self._read_feed()
                except ConnectionError:
                    # Readers stay: they are told what has changed when it is back.
                    self._ready.clear()
                    await asyncio.sleep(TICK)
        finally:
            self._task = None
            # Somebody else may be asking by it now; then it is closed the next time.
            if self._opened and not self._asking:
                opened, self._opened = self._opened, None
                await opened.close()

    async def _read_feed(self) -> None:
        _, after, _ = await self._run("position")
        for board in self.boards.read_now():
            await self._load(board)
        self._ready.set()
        while self.boards.read_now():
            assert self._opened
            for entry in await self._opened.read(FEED, str(after), TICK):
                after = entry[0]
                position, report = heard(entry)
                if report.board in self.boards.read_now():
                    self._set(report.board, report.figures, position)
