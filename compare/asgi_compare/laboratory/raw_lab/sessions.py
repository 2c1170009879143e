"""What is remembered of a visitor, in a cookie that they cannot change unseen.

The session is a dict in the scope. Before the application is called it is read from the
cookie, and when the response starts it is written back. Everybody can read what is in
it, so no secret belongs there; but a signature (an HMAC with a key that only we know)
shows when it was changed. The time is signed as well: a browser may keep a cookie for
as long as it likes, and so may whoever has stolen it.

A session in a cookie cannot be taken back: who has kept an old one can use it until its
time is over, even after the visitor has signed out. For that the sessions have to be
kept on the server, and only their keys in cookies, as Django does by itself. And a
browser takes no more than about four thousand bytes.
"""

import base64
import hmac
import json
import time
from typing import Any

from asgi_compare.laboratory.raw_lab.guards import is_secure
from asgi_raw.endpoints.fields import read_cookies
from asgi_raw.events import Application, Event, Receive, Scope, Send

NAME = "session"
TWO_WEEKS = 1209600
ATTRIBUTES = f"; HttpOnly; Max-Age={TWO_WEEKS}; Path=/; SameSite=Lax"
"""Not for scripts, for two weeks, and not along with forms of other sites."""
PURPOSE = b"asgi_compare.laboratory.raw_lab.sessions:"
"""What else is signed with the same key must not pass for a session."""


def signed_sessions(app: Application, key: bytes) -> Application:
    """Put a dict into the scope, and remember what the application puts there."""

    async def with_session(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await app(scope, receive, send)
        session = opened(key, read_cookies(scope).get(NAME, ""))
        before = json.dumps(session)  # a copy that goes as deep as the session

        async def remembering(event: Event) -> None:
            if event["type"] == "http.response.start":
                # No shared cache may give this to somebody else, changed or not.
                added = [(b"vary", b"Cookie")]
                if json.dumps(session) != before:
                    added.append((b"set-cookie", cookie(scope, key, session)))
                event = {**event, "headers": [*event.get("headers", ()), *added]}
            await send(event)

        await app({**scope, "session": session}, receive, remembering)

    return with_session


def cookie(scope: Scope, key: bytes, session: dict[str, Any]) -> bytes:
    """Write the field that sets the cookie; one that was set by https stays there."""
    secure = "; Secure" if is_secure(scope) else ""
    return f"{NAME}={closed(key, session)}{ATTRIBUTES}{secure}".encode()


def closed(key: bytes, session: dict[str, Any], now: float | None = None) -> str:
    """Write a session down with the time, and sign both."""
    written = base64.urlsafe_b64encode(json.dumps(session).encode()).decode()
    dated = f"{written}.{int(time.time() if now is None else now)}"
    return f"{dated}.{signature(key, dated)}"


def opened(key: bytes, text: str) -> dict[str, Any]:
    """Read a session; an empty one if the signature is not ours, or too old."""
    dated, _, signed = text.rpartition(".")
    # Compared in constant time: how long it takes must not say how much of it is right.
    if not hmac.compare_digest(signed.encode(), signature(key, dated).encode()):
        return {}
    # From here on it is what we have written.
    written, _, then = dated.rpartition(".")
    if time.time() - int(then) > TWO_WEEKS:
        return {}
    session: dict[str, Any] = json.loads(base64.urlsafe_b64decode(written))
    return session


def signature(key: bytes, written: str) -> str:
    """Sign what is written."""
    return hmac.new(key, PURPOSE + written.encode(), "sha256").hexdigest()
