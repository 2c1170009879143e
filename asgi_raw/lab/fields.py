"""Header fields that make a browser careful, put on every response."""

from asgi_raw.events import Application, Event, Receive, Scope, Send

CAREFUL = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
HSTS = (b"strict-transport-security", b"max-age=3600")


def careful_fields(app: Application) -> Application:
    """Add fields to each response, unless it has them already.

    A middleware that changes a response puts its own `send` in the place of the
    server's, and waits for the start to come by. HSTS counts over https only: over http
    a browser has to ignore it (RFC 6797, 8.1).
    """

    async def with_fields(scope: Scope, receive: Receive, send: Send) -> None:
        wanted = (*CAREFUL, HSTS) if scope["scheme"] == "https" else CAREFUL

        async def adding(event: Event) -> None:
            if event["type"] == "http.response.start":
                there = {name.lower() for name, _ in event["headers"]}
                missing = [pair for pair in wanted if pair[0] not in there]
                event = {**event, "headers": [*event["headers"], *missing]}
            await send(event)

        await app(scope, receive, adding)

    return with_fields
