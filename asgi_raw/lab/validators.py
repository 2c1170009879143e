"""Answers that need not be sent again, or not as long: ETag and gzip.

Both need the whole response before they can say its first word, so they keep it. A
stream must not be kept: as soon as a second piece is announced, both let go.
"""

import gzip
from collections.abc import Callable
from hashlib import sha256

from asgi_raw.events import Application, Event, Receive, Scope, Send, header

Change = Callable[[Scope, Event, bytes], tuple[Event, bytes]]
"""Takes the start and the body of a whole response, and gives them changed."""

WORTHWHILE = 200
"""Bytes below which a body would hardly become any shorter."""


def changing(app: Application, change: Change) -> Application:
    """Change responses that are whole; let streams pass."""

    async def with_change(scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Event] = []

        async def keeping(event: Event) -> None:
            if event["type"] == "http.response.start":
                kept.append(event)
            elif kept and event.get("more_body", False):
                await send(kept.pop())
                await send(event)
            elif kept:
                start, body = change(scope, kept.pop(), event.get("body", b""))
                await send(start)
                await send({"type": "http.response.body", "body": body})
            else:
                await send(event)

        await app(scope, receive, keeping)

    return with_change


def conditional(app: Application) -> Application:
    """Name each response by its bytes, and answer 304 to those who have them."""

    def change(scope: Scope, start: Event, body: bytes) -> tuple[Event, bytes]:
        if scope["method"] not in ("GET", "HEAD") or start["status"] != 200:
            return start, body
        etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
        start = {**start, "headers": [*start["headers"], (b"etag", etag)]}
        known = (header(scope, b"if-none-match") or b"").split(b",")
        if etag not in (each.strip().removeprefix(b"W/") for each in known):
            return start, body
        # RFC 9110, 15.4.5: no body, and no word of the one that was not sent.
        kept = [pair for pair in start["headers"] if not pair[0].startswith(b"content")]
        return {**start, "status": 304, "headers": kept}, b""

    return changing(app, change)


def compressed(app: Application) -> Application:
    """Send less to those who can unpack it.

    Beware: how well a page is packed says something of what is in it. A page with a
    secret and with text that others chose gives the secret away, letter by letter.
    """

    def change(scope: Scope, start: Event, body: bytes) -> tuple[Event, bytes]:
        takes = (header(scope, b"accept-encoding") or b"").split(b",")
        names = {each.split(b";")[0].strip() for each in takes}
        if b"gzip" not in names or len(body) < WORTHWHILE:
            return start, body
        packed = gzip.compress(body, mtime=0)
        kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        added = [
            (b"content-length", b"%d" % len(packed)),
            (b"content-encoding", b"gzip"),
            # Caches have to keep both (RFC 9110, 12.5.5).
            (b"vary", b"Accept-Encoding"),
        ]
        return {**start, "headers": [*kept, *added]}, packed

    return changing(app, change)
