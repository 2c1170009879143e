"""Who may open a connection to the chat: an Origin, and a token that is used once.

`sign_in` stands for a real one: whoever asks gets a token for the name they like.
"""

import os
import secrets
from collections.abc import Iterable

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.tokens import Token, sign, verify
from asgi_compare.domain.systems.untrusted import Refused

ALLOWED_ORIGINS = ("localhost", "127.0.0.1", "[::1]", "testserver")
"""Hosts of pages that may open a connection, as in Django's ALLOWED_HOSTS."""
LIFE = 30
"""Seconds for which a token is good."""
LONGEST_BODY = 16_384

USER = {"user": untrusted.name("[a-z][a-z0-9-]{0,31}")}


def secret() -> bytes:
    """Return what tokens are signed with, the same in all processes."""
    return os.environ.get("CHAT_SECRET", "for-loopback-only").encode()


def sign_in(body: bytes, now: float) -> str | Refused:
    """Return a token for the user that a request names."""
    message = untrusted.read_object(body, LONGEST_BODY)
    if isinstance(message, Refused):
        return message
    fields = untrusted.read_fields(message, USER)
    if isinstance(fields, Refused):
        return fields
    nonce = secrets.token_urlsafe(16)
    return sign(Token(str(fields["user"]), int(now) + LIFE, nonce), secret())


def token_in(query: Iterable[tuple[str, str]], now: float) -> Token | Refused:
    """Return the token of a query; whether it was used before is yet to be seen."""
    return verify(dict(query).get("token", ""), (secret(),), now)


def token_shown(authorization: str, now: float) -> Token | Refused:
    """Return the token of an `Authorization: Bearer` field."""
    scheme, _, text = authorization.partition(" ")
    return token_in([("token", text if scheme.lower() == "bearer" else "")], now)
