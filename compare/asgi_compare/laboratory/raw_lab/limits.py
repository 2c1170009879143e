"""How much may be asked: the size of a body, and the time that an answer takes."""

import asyncio

from asgi_raw.events import Application, Event, Receive, Scope, Send, header, text


class TooLarge(Exception):
    """The body has more bytes than are taken."""


def body_limit(app: Application, limit: int = 2_621_440) -> Application:
    """Refuse bodies that are longer than `limit` bytes.

    What Content-Length says is looked at first: then nothing has to be read. But a
    chunked body has none, so the bytes are counted as well.
    """

    async def with_body_limit(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if announced(scope) > limit:
            return await text(send, "Content Too Large", status=413)
        length, started = 0, False

        async def counted() -> Event:
            nonlocal length
            event = await receive()
            length += len(event.get("body", b""))
            if length > limit:
                raise TooLarge
            return event

        async def watched(event: Event) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await app(scope, counted, watched)
        except TooLarge:
            if started:
                raise  # It cannot be answered twice; the server breaks it off.
            await text(send, "Content Too Large", status=413)

    return with_body_limit


def announced(scope: Scope) -> int:
    """Return what Content-Length says; 0 if it is not there, or is no number."""
    value = header(scope, b"content-length") or b""
    # Python reads no number of more than 4,300 digits; twenty are more than any limit.
    return int(value[:20]) if value.isdigit() else 0


def time_limit(app: Application, seconds: float = 10.0) -> Application:
    """Answer 503 if the application has not begun to answer in time.

    It is cancelled then. A response that has begun may take as long as it likes. The
    time runs from the first event on, so a slow upload counts as well.
    """

    async def with_time_limit(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)

        async def watched(event: Event) -> None:
            deadline.reschedule(None)
            await send(event)

        try:
            async with asyncio.timeout(seconds) as deadline:
                await app(scope, receive, watched)
        except TimeoutError:
            if not deadline.expired():
                raise  # somebody else's
            await text(send, "Service Unavailable", status=503)

    return with_time_limit
