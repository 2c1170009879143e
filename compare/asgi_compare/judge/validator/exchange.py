"""One connection under observation, with its judge.

Whatever crosses is told to the judge, and what the judge has to say goes on to
`Findings`. If that wants an exception raised, it is raised here, out of the call in
which the violation happened; from then on the exchange is only passed through, because
an event that was not sent does not count, and what follows would be judged wrongly.

`send` may raise, and that is the server's answer: it is judged as well. An OSError
means that the client has gone (HTTP & WebSocket, "Disconnected Client"), and an
application that was told so may stop where it likes.

What the application gives back has to be awaited. If that cannot be done, Python raises
a TypeError, as it would without a wrapper; here it is told from one that the
application has raised, by what was given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from inspect import CO_ITERABLE_COROUTINE
from types import GeneratorType
from typing import Any

from asgi_compare.drive.in_process.recorder import described
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.values import is_a, shown
from asgi_compare.judge.validator.findings import Findings, Violation
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import RETURNED, Direction, Ending

RECENT = 6
"""How many events a finding shows."""
LONGEST_PLACE = 200
"""How many characters of a place are kept; a client chooses the path."""
CALLED = object()
"""Stands for what an application gives, until it has given something."""


class JudgedExchange:
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

    def failed(self, error: BaseException, given: Any) -> None:
        """Judge that the application raised, or gave what cannot be awaited.

        `given` is what calling it gave; `CALLED`, if it raised there already.
        """
        if not is_promise(given):
            value = None if given is None else type(given).__name__
            self.received({"type": "call.returned", "value": str(value)})
        self.raised(error)

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


def is_promise(given: Any) -> bool:
    """Return whether `await` can do something with what an application gave."""
    # `await` looks at the type; an object may say anything of itself.
    if given is CALLED or hasattr(type(given), "__await__"):
        return True
    if type(given) is not GeneratorType:
        return False
    return bool(given.gi_code.co_flags & CO_ITERABLE_COROUTINE)  # types.coroutine


def place(*words: Any) -> str:
    """Return what was asked for: the place of a finding, such as `GET /items`."""
    said = " ".join(word for word in words if is_a(word, str))
    return said if len(said) <= LONGEST_PLACE else f"{said[: LONGEST_PLACE - 3]}..."
