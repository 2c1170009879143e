"""What is remembered of a visitor, in a cookie that they cannot change unseen.

The session is a dict in the scope. Before the application is called it is read from the
cookie, and when the response starts it is written back. Everybody can read what is in
it; but a signature (an HMAC with a key that only we know) shows when it was changed.
"""

import base64
import hmac
import json
from http.cookies import SimpleCookie
from typing import Any

from asgi_raw.events import Application, Event, Receive, Scope, Send, header

NAME = "session"
ATTRIBUTES = "; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax"
"""Not for scripts, for two weeks, and not along with forms of other sites."""


def signed_sessions(app: Application, key: bytes) -> Application:
    """Put a dict into the scope, and remember what the application puts there."""

    async def with_session(scope: Scope, receive: Receive, send: Send) -> None:
        session = opened(key, cookie_of(scope))
        before = dict(session)

        async def remembering(event: Event) -> None:
            if event["type"] == "http.response.start" and session != before:
                field = f"{NAME}={closed(key, session)}{ATTRIBUTES}".encode()
                # No shared cache may give this to somebody else.
                added = [(b"set-cookie", field), (b"vary", b"Cookie")]
                event = {**event, "headers": [*event["headers"], *added]}
            await send(event)

        await app({**scope, "session": session}, receive, remembering)

    return with_session


def cookie_of(scope: Scope) -> str:
    """Give the value of our cookie; empty if it is not there."""
    cookies = SimpleCookie((header(scope, b"cookie") or b"").decode("latin-1"))
    return cookies[NAME].value if NAME in cookies else ""


def closed(key: bytes, session: dict[str, Any]) -> str:
    """Write a session down, and sign it."""
    written = base64.urlsafe_b64encode(json.dumps(session).encode()).decode()
    return f"{written}.{signature(key, written)}"


def opened(key: bytes, text: str) -> dict[str, Any]:
    """Read a session; an empty one if the signature is not ours."""
    written, _, signed = text.rpartition(".")
    # Compared in constant time: how long it takes must not say how much of it is right.
    if not hmac.compare_digest(signed.encode(), signature(key, written).encode()):
        return {}
    session: dict[str, Any] = json.loads(base64.urlsafe_b64decode(written))
    return session


def signature(key: bytes, written: str) -> str:
    """Sign what is written."""
    return hmac.new(key, written.encode(), "sha256").hexdigest()
