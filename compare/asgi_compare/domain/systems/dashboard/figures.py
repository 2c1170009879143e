"""Figures that change, and how a reader that comes and goes keeps them right.

Who first takes a snapshot and then subscribes misses what changes in between; who does
it the other way round hears some changes twice. Numbers make both harmless. The figures
have a version that goes up by one with each update; a snapshot says which version it
is, and a change says from which version to which it leads. So a reader is nothing but
the version it has, and `since` gives what brings it up to date:

    figures = Figures(run="b1c2")
    event = figures.since(position)     # Snapshot, Change, or None: nothing new
    ...send it, then...
    position = event.position

A change leads over as many versions as needed: a slow reader gets fewer and larger
ones, and nothing has to be queued for it. Where changes arrive by themselves (from a
broker), `fits` says what to do with each.

Not locked: threads that share figures must hold a lock of their own.
"""

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from asgi_compare.domain.systems import sse


@dataclass(frozen=True)
class Position:
    """The version that a reader has, and of which run of the server.

    After a restart the versions begin again. Without `run`, a reader that had version
    7 of the old run would be given the changes since version 7 of the new one.
    """

    run: str
    version: int


@dataclass(frozen=True)
class Snapshot:
    """All figures, as of a position."""

    position: Position
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Change:
    """The figures that are different at `position` from what they were at `after`."""

    after: int
    position: Position
    figures: Mapping[str, float]


class Fit(Enum):
    """What a reader does with an event that has arrived."""

    APPLY = "apply"
    IGNORE = "ignore"
    """It is known already: the event came twice, or late."""
    ASK_AGAIN = "ask again"
    """Something is missing before it: ask for what came since the own position."""


class Figures:
    """The figures, their version, and the last `kept` updates."""

    def __init__(self, run: str, kept: int = 100) -> None:
        self._run = run
        self._version = 0
        self._figures: dict[str, float] = {}
        self._updates: deque[Mapping[str, float]] = deque(maxlen=kept)

    @property
    def position(self) -> Position:
        """Where the figures are now."""
        return Position(self._run, self._version)

    def update(self, figures: Mapping[str, float]) -> Change | None:
        """Set `figures`; return what has really changed, or None if nothing has."""
        changed = {
            name: value
            for name, value in figures.items()
            if name not in self._figures or self._figures[name] != value
        }
        if not changed:
            return None
        self._figures.update(changed)
        self._updates.append(changed)
        self._version += 1
        return Change(self._version - 1, self.position, changed)

    def snapshot(self) -> Snapshot:
        """Return all figures as they are now."""
        return Snapshot(self.position, dict(self._figures))

    def since(self, position: Position | None) -> Snapshot | Change | None:
        """Return what a reader at `position` needs, or None if it is up to date.

        A reader without a position, of another run, or too far behind for the log gets
        a snapshot.
        """
        if position is None or position.run != self._run:
            return self.snapshot()
        behind = self._version - position.version
        if behind == 0:
            return None
        if not 0 < behind <= len(self._updates):
            return self.snapshot()
        merged: dict[str, float] = {}
        for changed in list(self._updates)[-behind:]:
            merged.update(changed)
        return Change(position.version, self.position, merged)


def fits(event: Snapshot | Change, position: Position | None) -> Fit:
    """Return what a reader at `position` does with `event`."""
    same_run = position is not None and position.run == event.position.run
    if position is not None and same_run and event.position.version <= position.version:
        return Fit.IGNORE
    if isinstance(event, Snapshot):
        return Fit.APPLY
    if position is None or not same_run or event.after > position.version:
        return Fit.ASK_AGAIN
    return Fit.APPLY


def format_event(event: Snapshot | Change) -> str:
    """Return `event` as a server-sent event, with its position as the id."""
    return sse.format_event(to_json(event), event=event_name(event), id=event_id(event))


def event_name(event: Snapshot | Change) -> str:
    """Return what kind of event it is: "snapshot" or "change"."""
    return type(event).__name__.lower()


def event_id(event: Snapshot | Change) -> str:
    """Return what a reader says as `Last-Event-ID` when it comes back."""
    return f"{event.position.run}-{event.position.version}"


def to_json(event: Snapshot | Change) -> str:
    """Return `event` as a message of a WebSocket."""
    message: dict[str, object] = {
        "type": event_name(event),
        "run": event.position.run,
        "version": event.position.version,
        "figures": dict(event.figures),
    }
    if isinstance(event, Change):
        message["after"] = event.after
    return json.dumps(message, separators=(",", ":"), sort_keys=True)


def parse_last_event_id(value: str | None) -> Position | None:
    """Read a `Last-Event-ID`; one that we cannot have sent counts as none.

    The reader gets a snapshot then, which is always right.
    """
    match = re.fullmatch("([0-9a-z]{1,32})-([0-9]{1,15})", value or "", re.ASCII)
    return Position(match[1], int(match[2])) if match else None
