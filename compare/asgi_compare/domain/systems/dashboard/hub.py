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

from asgi_compare.domain.systems.broker import Broker, Link, once_arguments
from asgi_compare.domain.systems.dashboard.boards import Boards, Limits
from asgi_compare.domain.systems.dashboard.figures import Change, Position, Snapshot
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
        self._link = open_broker and Link(open_broker, SCRIPT, PREFIX)
        self._bells: dict[str, asyncio.Event] = {}
        self._seen = Seen()
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def first(self, nonce: str, until: float, now: float) -> bool:
        """Return whether nobody has used a token before, in whatever process."""
        if self._link is None:
            return self._seen.first(nonce, until, now)
        code, *_ = await self._link.run("once", *once_arguments(nonce, until, now))
        return not code

    def why_not(self, user: str, board: str) -> Refused | None:
        """Return why a user cannot read a board now, if so."""
        return self.boards.why_not(user, board)

    async def report(self, user: str, received: str | bytes) -> Refused | None:
        """Take what a user reports, and let all readers know."""
        report = self.boards.read(user, received, monotonic())
        if isinstance(report, Refused):
            return report
        if self._link is None:
            self._set(report.board, report.figures)
            return None
        limits = self.boards.limits
        try:
            answer = await self._link.run(*report_arguments(report, limits))
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
            if self._link and not await self._follows(self._link, board):
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

    async def _follows(self, link: Link, board: str) -> bool:
        """Have a board as the broker has it; return whether it is there."""
        if self._task is None:
            self._ready.clear()
            self._task = asyncio.create_task(self._follow(link))
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE)
            await self._load(link, board)
        except (TimeoutError, ConnectionError):
            return False
        return True

    async def _load(self, link: Link, board: str) -> None:
        position, figures = loaded(await link.run("load", board))
        self._set(board, figures, position)

    async def _follow(self, link: Link) -> None:
        """Take in what others report, while somebody reads here."""
        try:
            while self.boards.read_now():
                try:
                    async with link.used() as broker:
                        await self._read_feed(link, broker)
                except ConnectionError:
                    # Readers stay: they are told what has changed when it is back.
                    await asyncio.sleep(TICK)
        finally:
            self._task = None

    async def _read_feed(self, link: Link, broker: Broker) -> None:
        try:
            _, after, _ = await link.run("position")
            for board in self.boards.read_now():
                await self._load(link, board)
            self._ready.set()
            while self.boards.read_now():
                for entry in await broker.read(FEED, str(after), TICK):
                    after = entry[0]
                    position, report = heard(entry)
                    if report.board in self.boards.read_now():
                        self._set(report.board, report.figures, position)
        finally:
            self._ready.clear()  # who comes now waits until it is followed again
