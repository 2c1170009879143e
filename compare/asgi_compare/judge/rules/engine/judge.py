"""A `Judge` follows one connection and runs the checks.

A judge is told what happens, in order: the scope (when it is made), what the
application received and sent, and how it ended. It keeps a small state machine, one
subclass a protocol, which says where in the exchange we are. For each thing that
happens there is a *moment*, a word such as `sent http.response.start`; the rules that
name the moment are run, on the state as it was before; then the state moves on. So a
transcript is judged by feeding it to a judge, and the live validator feeds the same
judge while the events pass.

`send` may raise, and that is the server's answer. Who watches it may record that: the
received events `send.raised` (with `error`, a text, and `oserror`, a bool) and
`send.returned` speak of the event that was sent last. Without them nothing is assumed.
In the same way `call.returned` (with `value`, a text) says that the application gave
back something that cannot be awaited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from asgi_compare.judge.rules.engine.rule import Rule, registered
from asgi_compare.judge.rules.engine.values import is_a, plain
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Ending

MARKS = frozenset({"send.raised", "send.returned", "call.returned"})
NOTES = 100
"""How many notes one judge keeps; a stream may go on for ever."""

_table: dict[str, tuple[Rule, ...]] = {}


def rules_at(moment: str) -> tuple[Rule, ...]:
    """Return the rules that look at this moment."""
    if not _table:
        for rule in registered().values():
            for name in rule.on:
                _table[name] = (*_table.get(name, ()), rule)
    return _table.get(moment, ())


class Judge:
    """Follow one connection; the base of the judges of the protocols."""

    protocol: ClassVar[str] = "other"
    receives: ClassVar[frozenset[str]] = frozenset()
    """The event types that this protocol's server sends."""
    sends: ClassVar[frozenset[str]] = frozenset()
    """The event types that the application sends, without those of extensions."""
    extensions: ClassVar[Mapping[str, str]] = {}
    """Event types of the common extensions, each with its extension's name."""
    keys: ClassVar[Mapping[str, frozenset[str]]] = {}
    """By event type, the keys for which a rule of their own exists."""
    has_events: ClassVar[bool] = True
    """False where calls are written down as events (WSGI)."""

    index = -1
    """The event that is looked at, as an index into the transcript's events."""
    left = False
    """The client has gone away."""
    ending: Ending | None = None
    last_sent: Any = None
    """What was given to `send` last; what follows is known of `last_examined` only."""
    last_examined: Any = None
    last_was_invalid = False
    """It broke a rule that makes an event invalid."""
    last_had_faults = False
    """It broke any rule."""
    last_was_after_end = False
    last_was_after_leaving = False

    def __init__(self, scope: Any, name: str = "") -> None:
        self.name = name
        """The scenario, for the messages and the findings."""
        self.raw_scope = scope
        self.scope: dict[str, Any] = plain(scope) or {}
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        """Checks that could not be finished, because a value raised on being read."""

    @property
    def offered(self) -> dict[str, Any]:
        """The extensions that the server offers."""
        return plain(self.scope.get("extensions")) or {}

    @property
    def spec_version(self) -> tuple[int, ...]:
        """The version of the protocol's text; "2.0" if the server does not say."""
        asgi = plain(self.scope.get("asgi")) or {}
        version = asgi.get("spec_version", "2.0")
        if not is_a(version, str):
            return (2, 0)
        parts = version.split(".")[:2]
        return tuple(int(part) if part.isdecimal() else 0 for part in parts)

    # What the caller tells the judge -------------------------------------------------

    def begin(self) -> Sequence[Finding]:
        """Judge the scope; the judge was made with it."""
        before = len(self.findings)
        self._run("scope" if self.has_events else "environ", self.raw_scope)
        self._run(f"scope {self.protocol}", self.scope)
        return self.findings[before:]

    def received(self, event: object) -> Sequence[Finding]:
        """Judge one event that the application got from `receive`."""
        return self._examine("received", event)

    def sent(self, event: object) -> Sequence[Finding]:
        """Judge one event that the application gave to `send`."""
        self.last_sent = event
        return self._examine("sent", event)

    def answered(self, mark: dict[str, Any]) -> Sequence[Finding]:
        """Judge what `send` did: a mark, where it is not one of the events."""
        before = len(self.findings)
        self._run(mark["type"], mark)
        return self.findings[before:]

    def ended(self, ending: Ending) -> Sequence[Finding]:
        """Judge how the application ended; nothing may follow."""
        before = len(self.findings)
        self.ending = ending
        self._run(f"ended {self.protocol}", ending)
        return self.findings[before:]

    # What a protocol fills in --------------------------------------------------------

    def _is_over(self) -> bool:
        """Whether the application has sent all that there is to send."""
        return False

    def _advance(self, kind: str, event: dict[str, Any]) -> None:
        """Move the state on; `event` may hold values of any type."""

    # How it is done ------------------------------------------------------------------

    def _examine(self, way: str, event: object) -> Sequence[Finding]:
        before = len(self.findings)
        self.index += 1
        if self.has_events:
            self._run(way, event)
        body = plain(event)
        if body is None or not is_a(kind := body.get("type"), str):
            self._remember(way, event, before)
            return self.findings[before:]
        if way == "received" and kind in MARKS:
            self._run(kind, body)
            return self.findings[before:]
        known = self.receives if way == "received" else self.sends
        if way == "sent" and kind in self.extensions:
            # One finding is enough for what was never to be sent.
            if self.extensions[kind] in self.offered:
                self._run(f"sent {kind}", body)
            else:
                self._run("sent not offered", body)
        elif kind in known:
            self._run(f"{way} {kind}", body)
        else:
            self._run(f"{way} unknown", body)
        self._remember(way, event, before)
        self._advance(kind, body)
        return self.findings[before:]

    def _remember(self, way: str, event: object, before: int) -> None:
        """Keep what `send.raised` and `send.returned` may ask for."""
        if way == "sent":
            rules = registered()
            self.last_examined = event
            self.last_was_after_end = self._is_over()
            self.last_was_after_leaving = self.left
            self.last_had_faults = len(self.findings) > before
            self.last_was_invalid = any(
                rules[finding.rule].invalid for finding in self.findings[before:]
            )

    def _run(self, moment: str, subject: object) -> None:
        for rule in rules_at(moment):
            # What an application sends to a client that has gone is in vain, and no
            # fault of its own, as long as it is an event at all.
            if self.left and rule.side == "application" and not rule.invalid:
                continue
            try:
                for message in rule.check(self, subject):
                    self.findings.append(self._finding(rule, message))
            except Exception as error:
                # A target's value may raise from anything, even from `__class__`. What
                # cannot be looked at is not judged.
                if len(self.notes) < NOTES:
                    self.notes.append(f"{rule.id}: {type(error).__name__}")

    def _finding(self, rule: Rule, message: str) -> Finding:
        evidence = () if self.index < 0 or self.ending else (self.index,)
        return Finding(
            rule=rule.id,
            side=rule.side,
            level=rule.level,
            message=f"{message} ({self._where()}).",
            scenario=self.name,
            evidence=evidence,
        )

    def _where(self) -> str:
        of = f" of {self.name!r}" if self.name else ""
        if self.ending:
            return f"at the end{of}"
        if self.index < 0:
            return f"in the {'scope' if self.has_events else 'environ'}{of}"
        return f"event {self.index}{of}"
