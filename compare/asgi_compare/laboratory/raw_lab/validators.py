"""Answers that need not be sent again, or not as long: ETag and gzip.

Both need the whole response before they can say its first word, so they keep it. A
stream must not be kept: as soon as a second piece is announced, or something comes that
is not a piece (an extension has events of its own), both let go.
"""

import gzip
from collections.abc import Callable
from hashlib import sha256

from asgi_raw.events import Application, Event, Headers, Receive, Scope, Send, header

Change = Callable[[Scope, Event, bytes], tuple[Event, bytes]]
"""Takes the start and the body of a whole response, and gives them changed."""

WORTHWHILE = 200
"""Bytes below which a body would hardly become any shorter."""
OF_A_BODY = frozenset(
    {b"content-length", b"content-type", b"content-encoding", b"content-range"}
)
"""Fields that describe a body, and have no business where there is none."""


def changing(app: Application, change: Change) -> Application:
    """Change responses that are whole; let streams pass."""

    async def with_change(scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Event] = []

        async def keeping(event: Event) -> None:
            if event["type"] == "http.response.start":
                kept.append({**event, "headers": list(event.get("headers", ()))})
            elif kept and is_whole(event):
                start, body = change(scope, kept.pop(), event.get("body", b""))
                await send(start)
                await send({"type": "http.response.body", "body": body})
            else:
                if kept:
                    await send(kept.pop())
                await send(event)

        await app(scope, receive, keeping)

    return with_change


def is_whole(event: Event) -> bool:
    """Return whether this is the only piece of a body."""
    return event["type"] == "http.response.body" and not event.get("more_body", False)


def has(headers: Headers, name: bytes) -> bool:
    """Return whether a field is there."""
    return any(key.lower() == name for key, _ in headers)


def conditional(app: Application) -> Application:
    """Name each response by its bytes, and answer 304 to those who have them.

    Only those to GET: what comes to HEAD may be without the bytes, and would get
    another name.
    """

    def change(scope: Scope, start: Event, body: bytes) -> tuple[Event, bytes]:
        named = has(start["headers"], b"etag")
        if scope["method"] != "GET" or start["status"] != 200 or named:
            return start, body
        etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
        start = {**start, "headers": [*start["headers"], (b"etag", etag)]}
        if not is_known(header(scope, b"if-none-match") or b"", etag):
            return start, body
        # RFC 9110, 15.4.5: no body, and no word of the one that was not sent.
        kept = [pair for pair in start["headers"] if pair[0].lower() not in OF_A_BODY]
        return {**start, "status": 304, "headers": kept}, b""

    return changing(app, change)


def is_known(known: bytes, etag: bytes) -> bool:
    """Compare weakly: whether it was packed does not matter (RFC 9110, 13.1.2)."""
    names = [each.strip().removeprefix(b"W/") for each in known.split(b",")]
    return names == [b"*"] or etag in names


def compressed(app: Application) -> Application:
    """Send less to those who can unpack it.

    Beware: how well a page is packed says something of what is in it. A page with a
    secret and with text that others chose gives the secret away, letter by letter.
    """

    def change(scope: Scope, start: Event, body: bytes) -> tuple[Event, bytes]:
        headers = start["headers"]
        is_a_part = start["status"] == 206
        if is_a_part or len(body) < WORTHWHILE or has(headers, b"content-encoding"):
            return start, body
        # Caches have to keep both (RFC 9110, 12.5.5), whichever of them this is.
        headers = [*headers, (b"vary", b"Accept-Encoding")]
        if not accepts_gzip(header(scope, b"accept-encoding") or b""):
            return {**start, "headers": headers}, body
        packed = gzip.compress(body, mtime=0)
        kept = [weaker(*p) for p in headers if p[0].lower() != b"content-length"]
        framing = (b"content-length", b"%d" % len(packed))
        added = [framing, (b"content-encoding", b"gzip")]
        return {**start, "headers": [*kept, *added]}, packed

    return changing(app, change)


def accepts_gzip(accepted: bytes) -> bool:
    """Return whether gzip is in the list, and not as something unwanted."""
    for each in accepted.lower().split(b","):
        name, weighed, weight = each.replace(b" ", b"").partition(b";q=")
        if name == b"gzip":
            return not weighed or bool(weight.strip(b"0."))  # 0 is never
    return False


def weaker(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Make an ETag a weak one: the bytes are others now (RFC 9110, 8.8.1)."""
    if name.lower() == b"etag" and not value.startswith(b"W/"):
        return name, b"W/" + value
    return name, value
