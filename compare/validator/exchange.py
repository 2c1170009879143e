"""Beside the stages: one connection under observation, with its judge.

Whatever crosses is told to the judge, and what the judge has to say goes on to
`Findings`. If that wants an exception raised, it is raised here, out of the call in
which the violation happened; from then on the exchange is only passed through, because
an event that was not sent does not count, and what follows would be judged wrongly.

`send` may raise, and that is the server's answer: it is judged as well. An OSError
means that the client has gone (HTTP & WebSocket, "Disconnected Client"), and an
application that was told so may stop where it likes.

This module does not know how it is called, nor by whom.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from compare.drivers.recorder import described
from compare.results import Finding
from compare.rules.engine import Judge
from compare.rules.values import shown
from compare.transcript import RETURNED, Direction, Ending
from compare.validator.findings import Findings, Violation

RECENT = 6
"""How many events a finding shows."""


class Exchange:
    """One connection, and what is thought of it."""

    def __init__(self, judge: Judge, findings: Findings) -> None:
        self.judge = judge
        self.findings = findings
        self.recent: deque[tuple[Direction, Any]] = deque(maxlen=RECENT)
        self.violation: Violation | None = None
        """What was raised; nothing is judged any more."""

    def begin(self) -> None:
        """Judge the scope."""
        self._told(self.judge.begin())

    def received(self, event: Any) -> None:
        """Judge what the application is about to receive."""
        if self.violation is None:
            self.recent.append(("receive", event))
            self._told(self.judge.received(event))

    def sent(self, event: Any) -> None:
        """Judge what the application is about to send."""
        if self.violation is None:
            self.recent.append(("send", event))
            self._told(self.judge.sent(event))

    async def sends(self, send: Callable[[Any], Awaitable[Any]], event: Any) -> Any:
        """Judge an event, pass it on, and judge how the server takes it."""
        self.sent(event)
        try:
            result = await send(event)
        except Exception as error:
            self._refused(event, error)
            raise
        self._answered(event, {"type": "send.returned"})
        return result

    def _refused(self, event: Any, error: Exception) -> None:
        """Judge that the server raised; this never raises over it."""
        gone = isinstance(error, OSError)
        mark = {"type": "send.raised", "error": described(error), "oserror": gone}
        self._answered(event, mark, aloud=False)
        self.judge.left = self.judge.left or gone

    def _answered(self, event: Any, mark: dict[str, Any], aloud: bool = True) -> None:
        # With two calls of `send` at a time, it may be about the other one.
        if self.violation is None and self.judge.last_examined is event:
            self._told(self.judge.answered(mark), aloud)

    def returned(self, aloud: bool = True) -> None:
        """Judge that the application has returned."""
        if self.violation is None:
            self._told(self.judge.ended(RETURNED), aloud)
        elif aloud:
            raise self.violation  # the application has swallowed it

    def raised(self, error: BaseException) -> None:
        """Judge that the application raised; this never raises over it."""
        if self.violation is None:
            self._told(self.judge.ended(Ending("raised", described(error))), False)

    def _told(self, found: Iterable[Finding], aloud: bool = True) -> None:
        if not found:
            return
        lines = tuple(f"{way:7} {shown(event)}" for way, event in self.recent)
        violation = self.findings.take(found, lines)
        self.judge.findings.clear()  # they would pile up in a stream without end
        if violation is not None and aloud:
            self.violation = violation
            raise violation
