"""Correct middlewares, some of them unusual: none of them may be flagged."""

from __future__ import annotations

import asyncio
import io
import time
import zlib
from contextvars import ContextVar
from functools import partial
from typing import Any


def nothing(app: Any) -> Any:
    """Give the application itself."""
    return app


class PassesOn:
    """Call the application, and do nothing else."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        await self.app(scope, receive, send)


def in_a_task(app: Any) -> Any:
    """Run the application in a task of its own, and cancel it with the call."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        task = asyncio.ensure_future(app(scope, receive, send))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise

    return layer


def through_a_queue(app: Any) -> Any:
    """Send by way of a queue of one place, from a task of its own."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        queue: asyncio.Queue[Any] = asyncio.Queue(1)

        async def pump() -> None:
            while True:
                event, done = await queue.get()
                try:
                    await send(event)
                except OSError as error:
                    done.set_exception(error)
                else:
                    done.set_result(None)

        async def put(event: Any) -> None:
            done = asyncio.get_running_loop().create_future()
            await queue.put((event, done))
            await done

        pumping = asyncio.ensure_future(pump())
        try:
            await app(scope, receive, put)
        finally:
            pumping.cancel()
            await asyncio.wait([pumping])

    return layer


def adds_a_field(app: Any, name: str = "x-layer", value: str = "1") -> Any:
    """Add a field to the response, whatever iterable its fields are."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)

        async def out(event: Any) -> Any:
            if event["type"] == "http.response.start":
                added = (name.encode(), value.encode())
                event = {**event, "headers": [*event.get("headers", ()), added]}
            await send(event)

        await app(scope, receive, out)

    return layer


def has_a_key_of_its_own(app: Any) -> Any:
    """Put a key into a copy of the scope."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        await app({**scope, "user": object()}, receive, send)

    return layer


who: ContextVar[str] = ContextVar("who")


def sets_and_resets(app: Any) -> Any:
    """Set a context variable, and reset it."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        token = who.set("somebody")
        try:
            await app(scope, receive, send)
        finally:
            who.reset(token)

    return layer


def reads_and_gives_again(app: Any) -> Any:
    """Look at the first piece of the body, and give it again."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        kept: list[Any] = []

        async def again() -> Any:
            return kept.pop(0) if kept else await receive()

        if scope["method"] == "POST":
            kept.append(await receive())
        await app(scope, again, send)

    return layer


def takes_extensions_away(app: Any) -> Any:
    """Know the ordinary events only, and offer no others."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] in ("http.response.start", "http.response.body"):
                await send(event)

        if scope["type"] != "http":
            return await app(scope, receive, send)
        await app({**scope, "extensions": {}}, receive, out)

    return layer


def catches_errors(app: Any) -> Any:
    """Answer 500 for an application that has not begun to."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        begun = False

        async def out(event: Any) -> Any:
            nonlocal begun
            begun = True
            await send(event)

        try:
            await app(scope, receive, out)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"sorry"})

    return layer


def is_slow(app: Any) -> Any:
    """Take a moment for each event."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def late(event: Any) -> None:
            await asyncio.sleep(0.001)
            await send(event)

        await app(scope, receive, late)

    return layer


def upper_case(app: Any) -> Any:
    """Change every piece, to one of the same length."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] == "http.response.start":
                fields = [(n, v) for n, v in event.get("headers", ()) if n != b"etag"]
                event = {**event, "headers": fields}
            if event["type"] == "http.response.body" and scope["type"] == "http":
                event = {**event, "body": event.get("body", b"").upper()}
            await send(event)

        extensions = {
            name: value
            for name, value in (scope.get("extensions") or {}).items()
            if name not in ("http.response.pathsend", "http.response.zerocopysend")
        }
        if scope["type"] == "http":
            scope = {**scope, "extensions": extensions}
        await app(scope, receive, out)

    return layer


def compresses(app: Any) -> Any:
    """Compress, a piece at a time, with all that belongs to it."""

    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        accepted = dict(scope.get("headers") or ()).get(b"accept-encoding", b"")
        if scope["type"] != "http" or b"gzip," not in accepted + b",":
            return await app(scope, receive, send)
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)  # 16: as gzip writes it
        leave = scope["method"] == "HEAD"

        async def out(event: Any) -> Any:
            nonlocal leave
            if event["type"] == "http.response.start":
                fields = list(event.get("headers", ()))
                names = [name for name, _ in fields]
                leave |= event["status"] != 200 or b"content-encoding" in names
                if not leave:
                    fields = [f for f in fields if f[0] != b"content-length"]
                    fields = [(n, weak(v) if n == b"etag" else v) for n, v in fields]
                    fields += [(b"content-encoding", b"gzip")]
                fields += [(b"vary", b"accept-encoding")]
                return await send({**event, "headers": fields})
            if leave or event["type"] != "http.response.body":
                return await send(event)
            how = zlib.Z_SYNC_FLUSH if event.get("more_body") else zlib.Z_FINISH
            body = packer.compress(event.get("body", b"")) + packer.flush(how)
            await send({**event, "body": body})

        extensions = {
            name: value
            for name, value in (scope.get("extensions") or {}).items()
            if name not in ("http.response.pathsend", "http.response.zerocopysend")
        }
        await app({**scope, "extensions": extensions}, receive, out)

    return layer


def weak(tag: bytes) -> bytes:
    """Make a weak ETag."""
    return tag if tag.startswith(b"W/") else b"W/" + tag


class Closing:
    """Iterate, and close what is inside, once."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.blocks = iter(inner)

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return next(self.blocks)

    def close(self) -> None:
        """Close it."""
        close, self.inner = getattr(self.inner, "close", None), None
        if close is not None:
            close()


def wsgi_nothing(app: Any) -> Any:
    """Call the WSGI application, and do nothing else."""

    def layer(environ: Any, start_response: Any) -> Any:
        return app(environ, start_response)

    return layer


def wsgi_iterates(app: Any) -> Any:
    """Iterate itself, and close what is inside."""

    def layer(environ: Any, start_response: Any) -> Any:
        return Closing(app(environ, start_response))

    return layer


def wsgi_generator(app: Any) -> Any:
    """Call the application when the first block is asked for."""

    def layer(environ: Any, start_response: Any) -> Any:
        inner = app(environ, start_response)
        try:
            yield from inner
        finally:
            if hasattr(inner, "close"):
                inner.close()

    return layer


def wsgi_adds_a_field(app: Any) -> Any:
    """Add a field, with exc_info passed on."""

    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, *exc_info: Any) -> Any:
            return start_response(status, [*headers, ("X-Layer", "1")], *exc_info)

        return app(environ, start)

    return layer


def wsgi_reads_and_gives_again(app: Any) -> Any:
    """Read the body, and put a new file in its place."""

    def layer(environ: Any, start_response: Any) -> Any:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            body = environ["wsgi.input"].read(length)
            environ = {**environ, "wsgi.input": io.BytesIO(body)}
        return app(environ, start_response)

    return layer


def wsgi_is_slow(app: Any) -> Any:
    """Take a moment."""

    def layer(environ: Any, start_response: Any) -> Any:
        time.sleep(0.001)
        return app(environ, start_response)

    return layer


def factory() -> Any:
    """Make a middleware."""
    return partial(adds_a_field, name="x-made")


ASGI = (
    nothing,
    PassesOn,
    in_a_task,
    through_a_queue,
    adds_a_field,
    has_a_key_of_its_own,
    sets_and_resets,
    reads_and_gives_again,
    takes_extensions_away,
    catches_errors,
    is_slow,
    upper_case,
    compresses,
)
WSGI = (
    wsgi_nothing,
    wsgi_iterates,
    wsgi_generator,
    wsgi_adds_a_field,
    wsgi_reads_and_gives_again,
    wsgi_is_slow,
)
