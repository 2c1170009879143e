from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.domain.systems.notices import (
    CHANNELS,
    Channel,
    Delivery,
    Notice,
    Preferences,
    QuietHours,
    deliveries,
    digest,
)
from tests.domain import quick

NOTICE = Notice("n1", "ann", "reply", "Bob replied", "Hello!")
ALL: frozenset[Channel] = frozenset(CHANNELS)


class WithSummerTime(tzinfo):
    """An hour ahead in winter, two from 29 March 2026, 01:00 UTC, on."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(hours=1) + self.dst(moment)

    def dst(self, moment: datetime | None) -> timedelta:
        assert moment is not None
        summer = moment.replace(tzinfo=None) >= datetime(2026, 3, 29, 2)
        return timedelta(hours=int(summer))

    def tzname(self, moment: datetime | None) -> str:
        raise AssertionError("nobody asks for the name")


def at(hour: int, minute: int = 0, day: int = 2, zone: tzinfo = UTC) -> float:
    return datetime(2026, 3, day, hour, minute, tzinfo=zone).timestamp()


def due(
    preferences: Preferences, now: float, notice: Notice = NOTICE
) -> dict[str, str]:
    """Return when each delivery is due, as day and hour in the user's zone."""
    return {
        each.channel: f"{datetime.fromtimestamp(each.due, preferences.zone):%d %H:%M}"
        for each in deliveries(notice, preferences, now)
    }


def test_notice_goes_by_the_channels_of_its_kind() -> None:
    preferences = Preferences(channels={"reply": frozenset({"push", "email"})})
    assert deliveries(NOTICE, preferences, now=5) == (
        Delivery("n1", "ann", "email", due=5),
        Delivery("n1", "ann", "push", due=5),
    )
    assert deliveries(NOTICE, Preferences(), now=5) == (
        Delivery("n1", "ann", "page", due=5),
    )


NIGHT = QuietHours(time(22), time(7))
WANTED: dict[str, frozenset[Channel]] = {"reply": ALL}
CASES: dict[str, tuple[Preferences, float, dict[str, str]]] = {
    "by day": (
        Preferences(channels=WANTED, quiet=NIGHT),
        at(12),
        dict.fromkeys(CHANNELS, "02 12:00"),
    ),
    "before midnight": (
        Preferences(channels=WANTED, quiet=NIGHT),
        at(23),
        {**dict.fromkeys(CHANNELS, "03 07:00"), "page": "02 23:00"},
    ),
    "after midnight": (
        Preferences(channels=WANTED, quiet=NIGHT),
        at(3),
        {**dict.fromkeys(CHANNELS, "02 07:00"), "page": "02 03:00"},
    ),
    "a digest": (
        Preferences(channels=WANTED, digest_at=time(9)),
        at(10),
        {**dict.fromkeys(CHANNELS, "02 10:00"), "email": "03 09:00"},
    ),
    "a digest in the quiet hours": (
        Preferences(channels=WANTED, quiet=NIGHT, digest_at=time(6)),
        at(12),
        {**dict.fromkeys(CHANNELS, "02 12:00"), "email": "03 07:00"},
    ),
    "the night that has no second hour": (
        Preferences(
            WithSummerTime(), WANTED, QuietHours(time(22), time(8)), time(2, 30)
        ),
        at(23, day=28, zone=WithSummerTime()),
        {**dict.fromkeys(CHANNELS, "29 08:00"), "page": "28 23:00"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_delivery_is_due_when_the_user_wants_it(case: str) -> None:
    preferences, now, expected = CASES[case]
    assert due(preferences, now) == expected


def test_urgent_notice_waits_for_nothing() -> None:
    preferences = Preferences(channels=WANTED, quiet=NIGHT, digest_at=time(9))
    urgent = Notice("n1", "ann", "reply", "Fire", "!", urgent=True)
    assert due(preferences, at(3), urgent) == dict.fromkeys(CHANNELS, "02 03:00")


@quick
@given(
    st.integers(0, 2**31),
    st.times(),
    st.times(),
    st.none() | st.times(),
    st.integers(-12, 12),
)
def test_nobody_is_woken_and_nothing_waits_for_days(
    now: int, start: time, end: time, digest_at: time | None, hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    quiet = QuietHours(start, end)
    preferences = Preferences(zone, WANTED, quiet, digest_at)
    for delivery in deliveries(NOTICE, preferences, now):
        assert now <= delivery.due <= now + 2 * 86_400
        clock = datetime.fromtimestamp(delivery.due, zone).time()
        # The page is told at once; a float of this size holds six digits of a second.
        rounded = datetime.fromtimestamp(delivery.due + 1e-5, zone).time()
        awake = not quiet.include(clock) or not quiet.include(rounded)
        assert awake or delivery.channel == "page"


def test_digest_is_one_mail() -> None:
    other = Notice("n2", "ann", "reply", "Cat replied", "Hi!")
    assert digest([NOTICE]) == ("Bob replied", "Hello!")
    assert digest([NOTICE, other]) == (
        "2 notices",
        "Bob replied\n\nHello!\n\n---\n\nCat replied\n\nHi!",
    )
