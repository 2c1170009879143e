"""What whoever runs the notices decides, in the environment.

    NOTICES_SMTP      host:port of the mail server
    NOTICES_HOOK      the address of the web hook; the user's name is added to it
    NOTICES_SECRET    what hooks are signed with, as `whsec_...`
    NOTICES_PUSH      the address below which push endpoints must be
    NOTICES_VAPID     the private key for Web Push, in base64url
    NOTICES_RETRY     seconds until the first retry
    NOTICES_PATIENCE  seconds that one attempt may take
    NOTICES_TICK      seconds between two looks into the outbox

A channel that has no setting fails, and what it fails to send is in the list of the
dead in the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asgi_compare.domain.systems.notices.outbox import Schedule
from asgi_compare.domain.systems.notices.webhook import decode_secret


@dataclass(frozen=True)
class Settings:
    """Where notices are sent to, and how often."""

    smtp: tuple[str, int] = ("localhost", 25)
    hook: str = ""
    secret: bytes = b""
    push: str = ""
    vapid: str = ""
    patience: float = 10.0
    tick: float = 0.2
    schedule: Schedule = field(default_factory=Schedule)

    @property
    def lease(self) -> float:
        """Seconds after which a claim is over: longer than any attempt takes."""
        return 2 * self.patience


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings of the environment."""
    host, _, port = environ.get("NOTICES_SMTP", "localhost:25").rpartition(":")
    return Settings(
        (host, int(port)),
        environ.get("NOTICES_HOOK", ""),
        decode_secret(environ.get("NOTICES_SECRET", "")),
        environ.get("NOTICES_PUSH", ""),
        environ.get("NOTICES_VAPID", ""),
        float(environ.get("NOTICES_PATIENCE", Settings.patience)),
        float(environ.get("NOTICES_TICK", Settings.tick)),
        Schedule(first=float(environ.get("NOTICES_RETRY", Schedule.first)), attempts=5),
    )
