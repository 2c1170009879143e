"""Which deliveries come of a notice, and when each is due.

The page is told at once: who looks at it is awake. The other channels keep the quiet
hours of the user, and e-mail may be gathered into one digest a day. An urgent notice
waits for neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from asgi_compare.domain.systems.notices.notice import (
    CHANNELS,
    Channel,
    Delivery,
    Notice,
)


@dataclass(frozen=True)
class QuietHours:
    """From `start` until before `end`, by the user's clock; it may span midnight."""

    start: time
    end: time

    def include(self, clock: time) -> bool:
        """Return whether the user is to be left alone when the clock shows this."""
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True)
class Preferences:
    """What a user wants to be told, and how."""

    zone: tzinfo = UTC
    channels: Mapping[str, frozenset[Channel]] = field(default_factory=dict)
    """By kind of notice; a kind that is not here goes to the page alone."""
    quiet: QuietHours | None = None
    digest_at: time | None = None
    """When to send the mails of a day as one; None: each by itself."""


def deliveries(
    notice: Notice, preferences: Preferences, now: float
) -> tuple[Delivery, ...]:
    """Return the rows to write into the outbox, together with the notice."""
    wanted = preferences.channels.get(notice.kind, frozenset({"page"}))
    return tuple(
        Delivery(
            notice.id,
            notice.user,
            channel,
            due=_due(notice, channel, preferences, now),
        )
        for channel in CHANNELS
        if channel in wanted
    )


def digest(notices: Iterable[Notice]) -> tuple[str, str]:
    """Return the subject and body of one mail that tells all of these."""
    several = list(notices)
    if len(several) == 1:
        return several[0].title, several[0].body
    parts = [f"{each.title}\n\n{each.body}" for each in several]
    return f"{len(several)} notices", "\n\n---\n\n".join(parts)


def _due(
    notice: Notice, channel: Channel, preferences: Preferences, now: float
) -> float:
    if notice.urgent or channel == "page":
        return now
    due = now
    if channel == "email" and preferences.digest_at is not None:
        due = _next(preferences.digest_at, preferences.zone, due)
    quiet = preferences.quiet
    if quiet and quiet.include(datetime.fromtimestamp(due, preferences.zone).time()):
        due = _next(quiet.end, preferences.zone, due)
    return due


def _next(clock: time, zone: tzinfo, now: float) -> float:
    """Return when the clock of `zone` shows `clock` next, from now on.

    Computed by the calendar and not with 24 hours: a day may have 23 or 25 of them.
    """
    today = datetime.fromtimestamp(now, zone).date()
    for days in range(3):
        then = datetime.combine(today + timedelta(days), clock, zone).timestamp()
        if then >= now:
            return then
    raise AssertionError("a day is shorter than 72 hours")
