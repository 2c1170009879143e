"""Header fields: those that make a browser careful, and those that must not get out.

A middleware that changes a response puts its own `send` in the place of the server's,
and waits for the start to come by. The key `headers` of it is optional, and may be any
iterable (www, "Response Start"), so it is made a list before anything else.
"""

import re

from asgi_compare.laboratory.raw_lab.guards import is_secure
from asgi_raw.events import Application, Event, Receive, Scope, Send

CAREFUL = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
HSTS = (b"strict-transport-security", b"max-age=3600")
"""For an hour, to begin with: a browser that has heard a year cannot be talked out of
it. When all works over https, say a year."""
OURS_ONLY = (b"content-security-policy", b"default-src 'self'")
"""Scripts, styles and pictures from us, and none that stands in the page itself.

It says nothing of frames around us, of where forms go, and of `<base>`: those want
words of their own (`frame-ancestors`, `form-action`, `base-uri`)."""
BREAK = re.compile(rb"[\r\n\0]")
"""What ends a field, or a response, or is no text at all (RFC 9110, 5.5)."""


def careful_fields(
    app: Application, more: tuple[tuple[bytes, bytes], ...] = ()
) -> Application:
    """Add fields to each response, unless it has them already.

    HSTS counts over https only: over http a browser has to ignore it (RFC 6797, 8.1).
    """

    async def with_fields(scope: Scope, receive: Receive, send: Send) -> None:
        hsts = (HSTS,) if is_secure(scope) else ()

        async def adding(event: Event) -> None:
            if event["type"] == "http.response.start":
                headers = list(event.get("headers", ()))
                there = {name.lower() for name, _ in headers}
                wanted = (*CAREFUL, *more, *hsts)
                headers += [pair for pair in wanted if pair[0] not in there]
                event = {**event, "headers": headers}
            await send(event)

        await app(scope, receive, adding)

    return with_fields


def unbroken_fields(app: Application) -> Application:
    """Raise before a field with a line break in it gets out.

    What comes from a client must not end a field and begin the next one. Most servers
    look as well, but not all of them do.
    """

    async def with_unbroken_fields(scope: Scope, receive: Receive, send: Send) -> None:
        async def looking(event: Event) -> None:
            if "headers" in event:  # of a response, of trailers, of a WebSocket
                event = {**event, "headers": list(event["headers"])}
                for name, value in event["headers"]:
                    if BREAK.search(name + value):
                        raise ValueError(f"Expected one line in {name!r}.")
            await send(event)

        await app(scope, receive, looking)

    return with_unbroken_fields
