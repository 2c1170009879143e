"""Broken middlewares: each breaks one rule, by a mistake that people make.

`BROKEN` says of each which rule that is.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

START, BODY = "http.response.start", "http.response.body"
BROKEN: dict[Any, str] = {}
Made = TypeVar("Made")
Change = Callable[[Any, dict[str, Any]], Iterator[Any]]


def breaks(name: str, interface: str = "asgi") -> Callable[[Made], Made]:
    """Note which rule a middleware breaks."""

    def note(made: Made) -> Made:
        BROKEN[made] = name if "/" in name else f"{interface}-middleware/{name}"
        return made

    return note


def sends(change: Change) -> Any:
    """Make a middleware of what becomes of an event, and the list that it goes to."""

    def made(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> Any:
            if scope["type"] != "http":
                return await app(scope, receive, send)
            kept: dict[str, Any] = {"scope": scope}

            async def out(event: Any) -> Any:
                for each in change(event, kept):
                    await send(each)

            await app(scope, receive, out)

        return layer

    made.__name__ = change.__name__
    return made


@breaks("asgi-http/start-twice")
@sends
def start_before_each_piece(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == START:
        kept["start"] = event
    elif event["type"] == BODY and "begun" in kept:
        yield kept["start"]
    elif event["type"] == BODY:
        kept["begun"] = True
    yield event


@breaks("extension-lost")
@sends
def drops_what_it_does_not_know(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] in (START, BODY):
        yield event


@breaks("content-changed")
@sends
def stops_at_an_empty_piece(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == BODY and kept.get("over"):
        return
    if event["type"] == BODY and not event.get("body") and event.get("more_body"):
        kept["over"] = True
        event = {**event, "more_body": False}
    yield event


@breaks("content-changed")
@sends
def says_the_first_piece_twice(event: Any, kept: Any) -> Iterator[Any]:
    yield event
    if event["type"] == BODY and event.get("more_body") and "one" not in kept:
        kept["one"] = True
        yield event


@breaks("held-back")
@sends
def gathers_all(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == BODY:
        kept["body"] = kept.get("body", b"") + event.get("body", b"")
        if event.get("more_body"):
            return
        event = {**event, "body": kept["body"]}
    yield event


@breaks("response-fields-lost")
@sends
def fields_as_a_dict(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == START:
        event = {**event, "headers": list(dict(event.get("headers", ())).items())}
    yield event


@breaks("http/content-too-long")
@sends
def adds_a_line(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == START:
        kept["small"] = any(n == b"x-inside" for n, _ in event.get("headers", ()))
        kept["small"] &= event["status"] == 200
    elif event["type"] == BODY and kept["small"]:
        event = {**event, "body": event.get("body", b"") + b"\n"}
    yield event


@breaks("fails")
@sends
def needs_fields(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == START:
        event["headers"].append((b"x-layer", b"1"))
    yield event


def compresses(status: bool, tag: bool, vary: bool) -> Any:
    """Make a compressor that leaves something out."""

    def change(event: Any, kept: Any) -> Iterator[Any]:
        accepted = dict(kept["scope"]["headers"]).get(b"accept-encoding", b"")
        wanted = b"gzip," in accepted and kept["scope"]["method"] == "GET"
        if event["type"] == START:
            fields = list(event.get("headers", ()))
            names = [name for name, _ in fields]
            kept["wanted"] = (
                wanted
                and (event["status"] == 200 or (not status and event["status"] == 206))
                and b"content-encoding" not in names
                and b"etag" in names
            )
            kept["start"] = {**event, "headers": fields}
            if not kept["wanted"]:
                yield event
        elif event["type"] == BODY and kept["wanted"]:
            body = gzip.compress(event.get("body", b""))
            fields = [
                (n, b"W/" + v if n == b"etag" and tag else v)
                for n, v in kept["start"]["headers"]
                if n != b"content-length"
            ]
            fields += [(b"content-encoding", b"gzip")]
            fields += [(b"content-length", b"%d" % len(body))]
            fields += [(b"vary", b"accept-encoding")] if vary else []
            yield from ({**kept["start"], "headers": fields}, {**event, "body": body})
        else:
            yield event

    return sends(change)


keeps_the_etag = breaks("etag-kept")(compresses(True, False, True))
forgets_vary = breaks("vary-missing")(compresses(True, True, False))
compresses_parts = breaks("range-changed")(compresses(False, True, True))


@breaks("scope-changed")
def writes_into_the_scope(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        scope["user"] = "somebody"
        await app(scope, receive, send)

    return layer


@breaks("scope-changed")
def adds_to_the_fields_of_the_request(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if isinstance(scope.get("headers"), list):
            scope["headers"].append((b"x-layer", b"1"))
        await app(scope, receive, send)

    return layer


@breaks("request-fields-lost")
def fields_of_the_request_as_a_dict(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if "headers" in scope:
            fields = {bytes(n): bytes(v) for n, v in scope["headers"]}
            scope = {**scope, "headers": list(fields.items())}
        await app(scope, receive, send)

    return layer


@breaks("headers-read-once")
def fields_of_the_request_as_a_generator(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if "headers" in scope:
            scope = {**scope, "headers": ((n, v) for n, v in scope["headers"])}
        await app(scope, receive, send)

    return layer


def only(kind: str) -> Any:
    """Make a middleware that returns from all scopes but those of one kind."""

    def made(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> Any:
            if scope["type"] != kind:
                return await app(scope, receive, send)

        return layer

    return made


swallows_the_lifespan = breaks("lifespan-swallowed")(only("lifespan"))
swallows_websockets = breaks("websocket-swallowed")(only("websocket"))
swallows_the_unknown = breaks("unknown-scope-swallowed")(only("compare.unknown"))


@breaks("lifespan-answer-changed")
def starts_whatever_happens(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] == "lifespan.startup.failed":
                event = {"type": "lifespan.startup.complete"}
            await send(event)

        await app(scope, receive, out)

    return layer


@breaks("state-lost")
def has_a_state_of_its_own(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            scope = {**scope, "state": {}}
        await app(scope, receive, send)

    return layer


@breaks("request-body-lost")
def reads_the_body(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await app(scope, receive, send)
        await receive()
        await app(scope, receive, send)

    return layer


@breaks("disconnect-lost")
def receives_only_the_body(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        over = False

        async def again() -> Any:
            nonlocal over
            if over:
                await asyncio.Event().wait()
            event = await receive()
            over = not event.get("more_body")
            return event

        await app(scope, again, send)

    return layer


@breaks("disconnect-error-lost")
def swallows_the_error_of_send(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            try:
                await send(event)
            except OSError:
                await asyncio.sleep(0)

        await app(scope, receive, out if scope["type"] == "http" else send)

    return layer


@breaks("cancellation-lost")
def leaves_a_task_behind(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        await asyncio.shield(asyncio.ensure_future(app(scope, receive, send)))

    return layer


@breaks("exception-lost")
def swallows_exceptions(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        begun = False

        async def out(event: Any) -> Any:
            nonlocal begun
            begun = True
            await send(event)

        try:
            await app(scope, receive, out)
        except Exception:
            if not begun or scope["type"] != "http":
                raise
            await send({"type": BODY, "body": b""})

    return layer


@breaks("back-pressure-lost")
def never_waits(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        queue: asyncio.Queue[Any] = asyncio.Queue()

        async def pump() -> None:
            while (event := await queue.get()) is not None:
                await send(event)

        async def put(event: Any) -> None:
            if pumping.done():
                pumping.result()
            queue.put_nowait(event)

        pumping = asyncio.ensure_future(pump())
        try:
            await app(scope, receive, put)
            queue.put_nowait(None)
            await pumping
        finally:
            pumping.cancel()
            await asyncio.wait([pumping])

    return layer


@breaks("requests-mixed")
class KeepsTheStartOnItself:
    def __init__(self, app: Any) -> None:
        self.app = app
        self.start: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.send = send

        async def out(event: Any) -> Any:
            await self.send(event)

        await self.app(scope, receive, out)


@breaks("called-twice")
def tries_again(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def nowhere(event: Any) -> None:
            """Drop it."""

        async def nothing() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await app(scope, nothing, nowhere)
        await app(scope, receive, send)

    return layer


@breaks("websocket-changed")
def closes_without_a_reason(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] == "websocket.close":
                event = {"type": "websocket.close"}
            await send(event)

        await app(scope, receive, out)

    return layer


@breaks("coding-lost")
@sends
def names_no_coding(event: Any, kept: Any) -> Iterator[Any]:
    if event["type"] == START:
        fields = [f for f in event.get("headers", ()) if f[0] != b"content-encoding"]
        event = {**event, "headers": fields}
    yield event


@breaks("request-held-back")
def waits_for_the_whole_request(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        events = [await receive()]
        while events[-1].get("more_body"):
            events.append(await receive())

        async def again() -> Any:
            return events.pop(0) if events else await receive()

        await app(scope, again, send)

    return layer


who: ContextVar[str] = ContextVar("who")


@breaks("context-left")
def leaves_a_variable_set(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        who.set("somebody")
        await app(scope, receive, send)

    return layer


@breaks("task-left")
def watches_for_ever(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> Any:
        kept.append(asyncio.ensure_future(asyncio.sleep(3600)))
        await app(scope, receive, send)

    kept: list[Any] = []
    return layer


# WSGI


@breaks("close-lost", "wsgi")
def never_closes(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        return (block for block in app(environ, start_response))

    return layer


@breaks("block-held-back", "wsgi")
def joins_all_blocks(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        inner = app(environ, start_response)
        try:
            return [b"".join(inner)]
        finally:
            if hasattr(inner, "close"):
                inner.close()

    return layer


@breaks("request-body-lost", "wsgi")
def reads_the_input(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return app(environ, start_response)

    return layer


@breaks("exc-info-lost", "wsgi")
def swallows_exc_info(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        begun: list[Any] = []

        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            if not begun:
                begun.append(start_response(status, headers))
            return begun[0]

        return app(environ, start)

    return layer


@breaks("fails", "wsgi")
def wants_the_status_at_once(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        said: list[Any] = []

        def start(*args: Any) -> Any:
            said.append(args)
            return start_response(*args)

        inner = app(environ, start)
        assert said[0]
        return inner

    return layer


@breaks("fails", "wsgi")
def has_no_write(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(*args: Any) -> None:
            start_response(*args)

        return app(environ, start)

    return layer


@breaks("exception-lost", "wsgi")
def ends_quietly(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        inner = app(environ, start_response)
        blocks = iter(inner)
        try:
            while True:  # not `yield from`, which closes it
                yield next(blocks)
        except StopIteration:
            return
        except Exception:
            return
        finally:
            if hasattr(inner, "close"):
                inner.close()

    return layer


@breaks("response-fields-lost", "wsgi")
def wsgi_fields_as_a_dict(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, *exc_info: Any) -> Any:
            return start_response(status, list(dict(headers).items()), *exc_info)

        return app(environ, start)

    return layer


@breaks("input-closed", "wsgi")
def closes_the_input(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        given = environ["wsgi.input"]
        try:
            return app(environ, start_response)
        finally:
            given.close()

    return layer


ASGI = tuple(made for made, rule in BROKEN.items() if not rule.startswith("wsgi"))
WSGI = tuple(made for made, rule in BROKEN.items() if rule.startswith("wsgi"))
