"""Who may open a WebSocket: a short-lived signed token, and the Origin.

A browser sends cookies with a WebSocket handshake to *any* site that asks, and the
same-origin policy does not apply to it. So two things are checked. The `Origin`, which
the browser sets and a page cannot change, says which site asks. The token, which a
logged-in page fetches just before, says for which user; it is good for a few seconds
and once, because an address with a token in it ends up in logs.

A token is `payload.signature`, both in base64url, so that it may stand in a query and
in `Sec-WebSocket-Protocol`. It is signed, not encrypted: anyone can read it.

Pure functions: the time and the nonce are arguments (`time.time()`,
`secrets.token_urlsafe(16)`).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.seen import Seen
from asgi_compare.domain.systems.untrusted import Refused

LONGEST_TOKEN = 1024

FIELDS = {
    "user": untrusted.text(150),
    "expires": untrusted.number(),
    "nonce": untrusted.text(64),
}


@dataclass(frozen=True)
class Token:
    """For whom, until when (seconds since 1970), and a value used for no other."""

    user: str
    expires: int
    nonce: str


def sign(token: Token, secret: bytes) -> str:
    """Return the token as text, signed with `secret`."""
    payload = _base64url(json.dumps(asdict(token), separators=(",", ":")).encode())
    return f"{payload}.{_signature(payload, secret)}"


def verify(text: str, secrets: Iterable[bytes], now: float) -> Token | Refused:
    """Return the token that `text` holds, if one of `secrets` signed it and it is good.

    There may be several secrets, because one that is replaced must be accepted for as
    long as the tokens that it signed.
    """
    payload, dot, signature = text[: LONGEST_TOKEN + 1].partition(".")
    if len(text) > LONGEST_TOKEN or not dot or not text.isascii():
        return Refused("bad-token", "Expected a token as payload.signature.")
    # Before anything is parsed; and in the same time wherever the first error is.
    if not any(
        hmac.compare_digest(_signature(payload, secret), signature)
        for secret in secrets
    ):
        return Refused("bad-token", "The signature of the token is not ours.")
    # We signed it, so it has this form, unless the form has changed since.
    message = untrusted.read_object(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), LONGEST_TOKEN
    )
    fields = (
        message
        if isinstance(message, Refused)
        else untrusted.read_fields(message, FIELDS)
    )
    if isinstance(fields, Refused):
        return fields
    token = Token(**fields)  # type: ignore[arg-type]
    if now >= token.expires:
        return Refused("expired-token", "The token has expired; fetch a new one.")
    return token


def use_once(token: Token, seen: Seen, now: float) -> Refused | None:
    """Refuse a token that has been used before.

    `seen` must be shared by all who accept tokens; with several processes it belongs
    in the broker (`SET nonce 1 NX EX seconds`).
    """
    if seen.first(token.nonce, token.expires, now):
        return None
    return Refused("used-token", "The token has been used; fetch a new one.")


def origin_allowed(origin: str | None, allowed: Iterable[str]) -> bool:
    """Return whether a handshake with this `Origin` may go on.

    A row of `allowed` is a host ("example.org"), a host and all below it
    (".example.org"), a whole origin ("https://example.org:8443") or "*". A host alone
    allows every scheme and port, as in Django's ALLOWED_HOSTS. No Origin at all is
    refused, as Channels does: every browser sends one.
    """
    rows = [row.lower().strip("[]") for row in allowed]
    if "*" in rows:
        return True
    parsed = _parse_origin(origin or "")
    if parsed is None:
        return False
    _, host, _ = parsed
    return any(
        parsed == _parse_origin(row)
        if "://" in row
        else host == row.removeprefix(".")
        or (row.startswith(".") and host.endswith(row))
        for row in rows
    )


def _parse_origin(origin: str) -> tuple[str, str, int | None] | None:
    """Split an origin into scheme, host and port; None for "null" and for nonsense."""
    try:
        parts = urlsplit(origin)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
    if not parts.scheme or not parts.hostname or any(rest):
        return None
    return parts.scheme, parts.hostname, port


def _signature(payload: str, secret: bytes) -> str:
    return _base64url(hmac.digest(secret, payload.encode(), hashlib.sha256))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
