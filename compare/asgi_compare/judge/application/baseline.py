"""Hold the exchange of a probe against the plain one, and look again.

An answer may change for reasons of its own: it tells the time, it counts its readers, a
limit has been reached. None of that is the probe's doing. So the plain exchange is
played twice at the start (`probe-http/again`). And where a probe has got something
else, the plain exchange is played once more, and then the probe, and all that twice. It
is a finding only if the plain one got the same as ever, and the probe never did.

A few probes are compared with an exchange of their own, such as cookies in two fields
with the same cookies in one. It takes the place of the plain one, and is played again
as that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from asgi_compare.judge.application import observed
from asgi_compare.judge.application import probe_findings as own
from asgi_compare.judge.application.arrange import reference
from asgi_compare.judge.application.probe import Asked, Probe, Trial
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Transcript

Drive = Callable[[Trial], Transcript]
ROUNDS = 2
"""How often it is looked at again; some applications fail now and then."""


@dataclass(slots=True)
class Yardstick:
    """What a plain server and a patient client have got."""

    plain: Trial
    first: Transcript
    stable: bool = True
    """They get the same answer each time; else only failures are compared."""
    spent: bool = False
    """By now the application fails there, too, and nothing is compared any more."""
    known: frozenset[str] = frozenset()
    """Rules that are broken there, too, and so explain no other answer."""
    second: Transcript | None = None
    """What they have got when they asked again."""
    others: dict[str, Yardstick] = field(default_factory=dict)
    """Of probes that are compared with an exchange of their own, by its changes."""

    def played_again(self, came: Transcript) -> None:
        """Take note of what the plain exchange has got this time."""
        self.second = self.second or came
        self.stable = self.stable and own.same_answer(self.first, came)
        self.spent = self.spent or bool(own.failed(came))

    def of(self, probe: Probe, asked: Asked, made: Trial, drive: Drive) -> Yardstick:
        """Return what a probe is held against; play it, if it is not the plain one."""
        if probe.against is None or self.spent:
            return self
        key = f"{probe.server} {sorted(probe.against.items())}"
        if key not in self.others:
            other = reference(probe, asked, made.deadline, made.seed)
            made_of = Yardstick(other, drive(other))
            made_of.played_again(drive(other))
            self.others[key] = made_of
        return self.others[key]

    def compared(
        self, probe: Probe, made: Trial, came: Transcript, drive: Drive
    ) -> list[Finding]:
        """Return what a probe finds by itself; play both again to be sure of it."""
        found = self._differs(probe, made, came)
        if not found or own.is_lost(came):
            return found
        for _ in range(ROUNDS):
            self.played_again(drive(self.plain))
            if not self._differs(probe, made, drive(made)):
                return []
        return found

    def _differs(self, probe: Probe, made: Trial, came: Transcript) -> list[Finding]:
        return [] if self.spent else [*self._all(probe, made, came)]

    def _all(self, probe: Probe, made: Trial, came: Transcript) -> Iterator[Finding]:
        yield from own.compared(probe, made, came, self.first, self.stable)
        if probe.compares == "head" and self.stable:
            yield from observed.head_differs(came, self.first)
