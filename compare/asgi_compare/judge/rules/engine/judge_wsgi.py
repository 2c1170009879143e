"""The state machine of one request in WSGI.

WSGI has calls; a transcript writes them down as events. The judge knows these:

* sent by the application: `start_response` (`status`, `response_headers`, `exc_info`),
  `write` (`body`), `return` (`iterable`, `len`, `close`: whether the returned object
  can be iterated over, its length if it says one, whether it has a `close`), `yield`
  (`body`), `close`, and `wsgi.input.close` or `wsgi.errors.close`, which it must not
  call;
* received by it: `wsgi.input.read` and its kin (`size`, `body`).

A recorder need not write down `return` and the rest; what is not there is not judged.
The headers are settled by the first block that is not empty (PEP 3333, The
start_response() Callable): until then they may be replaced with `exc_info`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.response import Response, head_of
from asgi_compare.judge.rules.engine.values import entries, is_a, is_bytes
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Ending

READS = frozenset(
    f"wsgi.input.{method}" for method in ("read", "readline", "readlines", "iter")
)
CLOSES = frozenset({"wsgi.input.close", "wsgi.errors.close"})


class WsgiJudge(Judge):
    """Follow one request in WSGI."""

    protocol = "wsgi"
    receives = READS
    sends = CLOSES | {"start_response", "write", "return", "yield", "close"}
    has_events = False

    started = False
    """`start_response` has been called."""
    replaced_in_vain = False
    """`start_response` was called with `exc_info` when it was too late for it."""
    too_early = False
    """A block came before `start_response`; a server has stopped at it."""
    broken_off = False
    """A block came that no server can send; it may have stopped there."""
    iterating = False
    """The application callable has returned, or its iterable has yielded."""
    yields = 0
    wrote = False
    claimed_length: int | None = None
    """What `len()` of the iterable said."""
    has_close = False
    closed = False
    bytes_read = 0

    def __init__(self, scope: Any, name: str = "") -> None:
        super().__init__(scope, name)
        self.response = Response(self.scope.get("REQUEST_METHOD"))
        self.head = head_of(None, ())

    def ended(self, ending: Ending) -> Sequence[Finding]:
        """Judge the end; here too the headers of an empty response are settled."""
        before = len(self.findings)
        self.ending = ending
        if ending.kind == "returned" and not self.left:
            if self.started:
                self._settle()
                self.response.phase = "done"
                self._run("complete", self.response)
            self._run("ended wsgi", ending)
        return self.findings[before:]

    def _advance(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "start_response":
            self._start(event)
        elif kind in ("yield", "write"):
            self._content(kind, event)
        elif kind == "return":
            self.iterating = True
            claimed = event.get("len")
            self.claimed_length = claimed if is_a(claimed, int) else None
            self.has_close = event.get("close") is True
        elif kind == "close":
            self.closed = True
        elif kind in READS and is_bytes(event.get("body")):
            self.bytes_read += len(event["body"])

    def _start(self, event: dict[str, Any]) -> None:
        replaces = event.get("exc_info") is not None
        # PEP 3333, The start_response() Callable: once the headers have been sent, a
        # call with exc_info must raise.
        self.replaced_in_vain = replaces and self.response.phase != "waiting"
        if self.response.phase == "waiting" and (replaces or not self.started):
            self.head = head_of(status_of(event.get("status")), fields_of(event))
        self.started = True

    def _content(self, kind: str, event: dict[str, Any]) -> None:
        if kind == "yield":
            self.iterating = True
            self.yields += 1
        else:
            self.wrote = True
        data = event.get("body")
        self.broken_off = self.broken_off or not is_bytes(data)
        if not self.started:
            self.too_early = self.broken_off = True
            return
        if is_bytes(data) and len(data):
            self._settle()
            self._run("content", len(data))
            self.response.length += len(data)

    def _settle(self) -> None:
        """From here on the headers count as sent."""
        if self.response.phase == "waiting":
            self.response.begin(self.head)
            self._run("head wsgi", self.response)


def headers_of(event: dict[str, Any]) -> Any:
    """Return the `response_headers` of a `start_response`, as they were."""
    return event.get("response_headers")


def status_of(status: object) -> int | None:
    """Return the three digits of a status line as a number."""
    if is_a(status, str) and status[:3].isascii() and status[:3].isdigit():
        return int(status[:3])
    return None


def fields_of(event: dict[str, Any]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the readable headers as HTTP has them: byte strings, names lower-cased."""
    found = []
    for entry in entries(headers_of(event)) or ():
        both = entries(entry)
        if both is None or len(both) != 2:
            continue
        name, value = both
        if is_a(name, str) and is_a(value, str):
            found.append(
                (
                    name.encode("latin-1", "replace").lower(),
                    value.encode("latin-1", "replace"),
                )
            )
    return tuple(found)
