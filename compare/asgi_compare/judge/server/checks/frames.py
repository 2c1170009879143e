"""The checks of WebSocket frames, made as those of answers are."""

from __future__ import annotations

from collections.abc import Container

from asgi_compare.judge.server.case import Check, Problem
from asgi_compare.judge.server.checks.wire import what_came
from asgi_compare.judge.server.observed import Observed
from asgi_compare.model.sanitize import show_bytes


def close_code(allowed: Container[int], said: str) -> Check:
    """The server sent a close frame with such a code."""

    def check(seen: Observed) -> Problem | None:
        code = seen.wire.close_code
        if code is not None and code in allowed:
            return None
        came = "one without a code" if code == 1005 else str(code)
        if code is None:
            came = f"none; the client got {what_came(seen)}"
        return Problem(f"Expected a close frame with {said}, but got {came}.")

    return check


def heard(*wanted: tuple[int, bytes]) -> Check:
    """These frames came, among others perhaps, in this order: (opcode, payload)."""

    def check(seen: Observed) -> Problem | None:
        came = [(f.opcode, f.payload) for f in seen.wire.frames]
        rest = iter(came)
        if all(any(each == one for one in rest) for each in wanted):
            return None
        shown = [(op, show_bytes(data, 30)) for op, data in came]
        silent = not seen.wire.ended
        said = f"Expected the frames {list(wanted)!r}, but got {shown!r}."
        return Problem(said, "timeout" if silent else "fail")

    return check
