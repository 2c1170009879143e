"""What a user asks for: an order, and how to be told of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from typing import cast
from zoneinfo import ZoneInfo

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.notices.notice import CHANNELS, Channel
from asgi_compare.domain.systems.notices.preferences import Preferences, QuietHours
from asgi_compare.domain.systems.untrusted import Field, Refused

LONGEST = 4096
"""Bytes of a body."""


def _is_clock(value: object) -> bool:
    try:
        return isinstance(value, str) and time.fromisoformat(value).tzinfo is None
    except ValueError:
        return False


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value))
    except (KeyError, OSError, ValueError):  # not there, or no name of a zone
        return False


def _are_channels(value: object) -> bool:
    return isinstance(value, list) and all(each in CHANNELS for each in value)


def _are_hours(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_clock, value))


ORDER = {
    "item": untrusted.text(40),
    "count": untrusted.number(),
    "urgent": Field("true or false", lambda v: isinstance(v, bool), optional=True),
}
WISHES = {
    "channels": Field(f"a list of some of {', '.join(CHANNELS)}", _are_channels),
    "quiet": Field("a list of two times like 22:00", _are_hours, optional=True),
    "digest_at": Field("a time like 08:00", _is_clock, optional=True),
    "zone": Field("a time zone like Europe/Vienna", _is_zone, optional=True),
}
KEYS = {
    "p256dh": untrusted.name("[A-Za-z0-9_-]{87}=?"),
    "auth": untrusted.name("[A-Za-z0-9_-]{22}={0,2}"),
}


@dataclass(frozen=True)
class Order:
    """What causes a notice."""

    item: str
    count: int
    urgent: bool = False


@dataclass(frozen=True)
class Wishes:
    """How a user wants to be told."""

    channels: tuple[Channel, ...] = ("page",)
    quiet: tuple[str, str] | None = None
    digest_at: str | None = None
    zone: str = "UTC"
    push: Mapping[str, object] = field(default_factory=dict)
    """The subscription of a browser, as `PushSubscription.toJSON()` gives it."""

    @property
    def preferences(self) -> Preferences:
        """Return them as the rules take them; all kinds of notices go the same ways."""
        quiet = self.quiet and QuietHours(*map(time.fromisoformat, self.quiet))
        digest = self.digest_at and time.fromisoformat(self.digest_at)
        channels = {"order": frozenset(self.channels)}
        zone = ZoneInfo(self.zone)
        return Preferences(zone, channels, quiet or None, digest or None)

    def with_push(self, push: Mapping[str, object]) -> "Wishes":
        """Return the same with another subscription."""
        return replace(self, push=push)

    @property
    def document(self) -> str:
        """Return them as they are stored."""
        return json.dumps(
            {
                "channels": self.channels,
                "quiet": self.quiet,
                "digest_at": self.digest_at,
                "zone": self.zone,
                "push": dict(self.push),
            }
        )


def stored(document: str) -> Wishes:
    """Return what `document` holds."""
    found = json.loads(document)
    quiet = found.pop("quiet")
    channels = tuple(found.pop("channels"))
    return Wishes(channels, quiet=tuple(quiet) if quiet else None, **found)


def read_order(body: bytes) -> Order | Refused:
    """Return the order that a body asks for."""
    fields = _read(body, ORDER)
    return fields if isinstance(fields, Refused) else Order(**fields)  # type: ignore[arg-type]


def read_wishes(body: bytes, push: Mapping[str, object]) -> Wishes | Refused:
    """Return the wishes that a body holds; a subscription stays as it is."""
    fields = _read(body, WISHES)
    if isinstance(fields, Refused):
        return fields
    channels = cast("list[Channel]", fields.pop("channels"))
    quiet = cast("list[str] | None", fields.pop("quiet", None))
    hours = (quiet[0], quiet[1]) if quiet else None
    return Wishes(tuple(channels), hours, push=push, **fields)  # type: ignore[arg-type]


def read_push(body: bytes, service: str) -> Mapping[str, object] | Refused:
    """Return the subscription that a body holds.

    Its endpoint is an address that we will call. A stranger who could choose it freely
    would have us call what only we can reach; so it must be that of a push service.
    """
    message = untrusted.read_object(body, LONGEST)
    if isinstance(message, Refused):
        return message
    endpoint, keys = message.get("endpoint"), message.get("keys")
    if not service or not isinstance(endpoint, str) or not endpoint.startswith(service):
        return Refused("bad-field", "Expected the endpoint of a known push service.")
    fields = untrusted.read_fields(keys if isinstance(keys, dict) else {}, KEYS)
    if isinstance(fields, Refused):
        return fields
    return {"endpoint": endpoint, "keys": fields}


def status_of(refused: Refused) -> int:
    """Return the status by which something is refused over HTTP."""
    known = {"too-long": 413, "too-much": 409, "bad-field": 400, "not-json": 400}
    return known.get(refused.code, 400 if refused.code == "not-utf-8" else 403)


def _read(body: bytes, rows: Mapping[str, Field]) -> dict[str, object] | Refused:
    message = untrusted.read_object(body, LONGEST)
    if isinstance(message, Refused):
        return message
    return untrusted.read_fields(message, rows)
