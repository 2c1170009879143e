"""The signature of a web hook, and its verification.

Anyone can send a request to an address. The signature shows that the sender knows the
secret, that the body is as it was sent, and when. These are the headers of Standard
Webhooks (https://www.standardwebhooks.com), so its libraries verify ours:

    webhook-id: 7f3a:webhook
    webhook-timestamp: 1674087231
    webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

The id is the key of the delivery. It stays the same when the hook is sent again, so a
receiver that keeps the ids it has seen (`domain/systems/seen.py`) acts once. It must
keep them for longer than the sender retries: each attempt has a fresh timestamp.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from asgi_compare.domain.systems.untrusted import Refused, excerpt

TOLERANCE = 300
"""How many seconds a timestamp may be off, in either direction."""


def sign(key: str, body: bytes, secrets: Iterable[bytes], now: float) -> dict[str, str]:
    """Return the headers to send with `body`.

    With two secrets there are two signatures, so that a receiver may change over.
    """
    timestamp = str(int(now))
    signatures = [_signature(key, timestamp, body, secret) for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[bytes], now: float
) -> str | Refused:
    """Return the id of the web hook, if it is signed with one of `secrets` and fresh.

    `headers` has the names in lower case. Read `body` as it came: to parse and
    serialize it again changes the bytes.
    """
    key = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")
    if not re.fullmatch("[0-9]{1,15}", timestamp, re.ASCII):
        return Refused(
            "bad-timestamp",
            f"Expected seconds as webhook-timestamp, but got {excerpt(timestamp)}.",
        )
    if abs(now - int(timestamp)) > TOLERANCE:
        return Refused(
            "old-timestamp",
            f"Expected a web hook of the last {TOLERANCE} s, "
            f"but its timestamp is {timestamp}; sign it again.",
        )
    # Every pair is compared, and each in constant time: how long it takes says nothing.
    matches = [
        hmac.compare_digest(
            _signature(key, timestamp, body, secret).encode(), signature.encode()
        )
        for secret in secrets
        for signature in given
    ]
    if not any(matches):
        return Refused("bad-signature", "No webhook-signature fits the secret.")
    return key


def decode_secret(text: str) -> bytes:
    """Return the key of a secret as it is shown to people: `whsec_` and base64."""
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


def _signature(key: str, timestamp: str, body: bytes, secret: bytes) -> str:
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.digest(secret, signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
