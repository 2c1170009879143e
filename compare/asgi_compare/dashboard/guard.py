"""Who may talk to the dashboard: token, Host, Origin, and a strict content policy.

The dashboard drives servers, so a page of somebody else must not reach it. Its address
holds a token that nobody can guess. A name that was rebound to loopback does not pass,
since Host must be ours; and a foreign page does not, since Origin must be.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self' {frames}; base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
"""No inline script or style; frames only from the servers that we have started."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request must have to be answered."""

    token: str
    hosts: frozenset[str]
    """The values of Host that are ours: `127.0.0.1:8000`."""

    @classmethod
    def for_port(cls, port: int, token: str | None = None) -> Guard:
        """Make a guard for a dashboard on loopback, with a new token by default."""
        names = ("127.0.0.1", "localhost", "[::1]")
        hosts = frozenset(f"{name}:{port}" for name in names)
        return cls(token or secrets.token_urlsafe(24), hosts)

    def refuses(self, scope: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return status and sentence if the request must not pass."""
        fields = {
            name.lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if fields.get(b"host") not in self.hosts:
            return 421, "Expected the host that `asgi-compare serve` printed."
        token = scope["path"].split("/")[1]
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return 404, "Expected the whole address that `asgi-compare serve` printed."
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if changes and not self._is_ours(fields.get(b"origin", "")):
            return 403, "Expected a request of the dashboard's own page."
        return None

    def _is_ours(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return scheme == "http" and host in self.hosts


REPORT_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)
"""A report is a static page that somebody has named: no script of it runs here."""


def protective_headers(policy: str) -> list[tuple[bytes, bytes]]:
    """Return the fields that every response has, with this content policy."""
    return [
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"no-referrer"),  # the address holds the token
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cache-control", b"no-store"),
    ]
