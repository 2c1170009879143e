"""Layers that keep every rule, and do what layers do."""

from __future__ import annotations

import asyncio
import hashlib
import io
import sys
import time
import uuid
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from tests.kinds.common import BODY, START, Table, answer, layer

keeps = Table()


@keeps()
@layer
async def etag_buffers(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """Buffers the whole, with content-length recalculated."""
    start: Any = None
    pieces = []
    passing = False

    async def out(e: Any) -> Any:
        nonlocal start, passing
        if passing:
            return await send(e)
        if e["type"] == START:
            start = e
            if e["status"] != 200 or scope["method"] != "GET" or e.get("trailers"):
                passing = True
                await send(e)
        elif e["type"] == BODY:
            pieces.append(e.get("body", b""))
            if not e.get("more_body"):
                body = b"".join(pieces)
                hs = [
                    (n, v)
                    for n, v in start.get("headers", ())
                    if n not in (b"content-length", b"etag")
                ]
                tag = b'"' + hashlib.md5(body).hexdigest().encode() + b'"'
                await send(
                    {
                        **start,
                        "headers": [
                            *hs,
                            (b"etag", tag),
                            (b"content-length", b"%d" % len(body)),
                        ],
                    }
                )
                await send({"type": BODY, "body": body})
        else:
            if (
                start is not None
                and not passing
                and e["type"]
                in ("http.response.pathsend", "http.response.zerocopysend")
            ):
                passing = True
                await send(start)
            await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def rate_limit(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    now = time.monotonic()
    _hits[:] = [h for h in _hits if now - h < 60]
    if len(_hits) >= 20:
        return await answer(send, 429, b"slow down", (b"retry-after", b"60"))
    _hits.append(now)
    await app(scope, receive, send)


_hits: list[Any] = []


@keeps()
@layer
async def basic_auth(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if b"authorization" not in dict(scope["headers"]):
        return await answer(send, 401, b"no", (b"www-authenticate", b'Basic realm="x"'))
    await app(scope, receive, send)


@keeps()
@layer
async def maintenance(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    await answer(send, 503, b"back soon", (b"retry-after", b"120"))


@keeps()
@layer
async def cors(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if scope["method"] == "OPTIONS" and b"access-control-request-method" in h:
        return await answer(
            send,
            200,
            b"",
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-methods", b"GET"),
        )

    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    *e.get("headers", ()),
                    (b"access-control-allow-origin", b"*"),
                ],
            }
        await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def circuit_breaker(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if len(_fails) >= 3:
        return await answer(send, 503, b"open")
    try:
        await app(scope, receive, send)
    except Exception:
        _fails.append(1)
        raise


_fails: list[Any] = []


@keeps()
@layer
async def body_limit(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    total = 0
    started = False

    class TooLarge(Exception):
        pass

    async def again() -> Any:
        nonlocal total
        m = await receive()
        total += len(m.get("body", b"") or b"")
        if total > 1_000_000:
            raise TooLarge
        return m

    async def out(e: Any) -> Any:
        nonlocal started
        started = True
        await send(e)

    try:
        await app(scope, again, out)
    except TooLarge:
        if started:
            raise
        await answer(send, 413, b"too large")


@keeps()
@layer
async def timeout_504(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    started = False

    async def out(e: Any) -> Any:
        nonlocal started
        started = True
        await send(e)

    try:
        async with asyncio.timeout(1.0):
            await app(scope, receive, out)
    except TimeoutError:
        if started:
            raise
        await answer(send, 504, b"timeout")


@keeps()
@layer
async def short_timeout(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    started = False

    async def out(e: Any) -> Any:
        nonlocal started
        started = True
        await send(e)

    try:
        async with asyncio.timeout(0.05):
            await app(scope, receive, out)
    except TimeoutError:
        if started:
            raise
        await answer(send, 504, b"timeout")


rid: ContextVar[Any] = ContextVar("rid")


@keeps()
@layer
async def request_id(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    token = rid.set(h.get(b"x-request-id", uuid.uuid4().hex.encode()))

    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {**e, "headers": [*e.get("headers", ()), (b"x-request-id", rid.get())]}
        await send(e)

    try:
        await app(scope, receive, out)
    finally:
        rid.reset(token)


@keeps()
@layer
async def session_cookie(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    scope = {**scope, "session": {"n": 1}}

    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    *e.get("headers", ()),
                    (b"set-cookie", b"session=abc; Path=/; HttpOnly"),
                ],
            }
        await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def method_override(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if scope["method"] == "POST" and b"x-http-method-override" in h:
        scope = {
            **scope,
            "method": h[b"x-http-method-override"].decode("latin-1").upper(),
        }
    await app(scope, receive, send)


@keeps()
@layer
async def proxy_fix(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if b"x-forwarded-for" in h:
        scope = {
            **scope,
            "client": (
                h[b"x-forwarded-for"].decode("latin-1").split(",")[0].strip(),
                0,
            ),
        }
    if b"x-forwarded-proto" in h:
        scope = {**scope, "scheme": h[b"x-forwarded-proto"].decode("latin-1")}
    await app(scope, receive, send)


@keeps()
@layer
async def adds_prefix(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    await app(
        {
            **scope,
            "root_path": scope.get("root_path", "") + "/api",
            "path": "/api" + scope["path"],
        },
        receive,
        send,
    )


@keeps()
@layer
async def strips_slash(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if scope["path"] != "/" and scope["path"].endswith("/"):
        scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
    await app(scope, receive, send)


@keeps()
def ws_auth(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "websocket" and b"authorization" not in dict(
            scope["headers"]
        ):
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "no token"})
            return
        await app(scope, receive, send)

    return call


@keeps()
def ws_accept_header(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)

        async def out(e: Any) -> Any:
            if e["type"] == "websocket.accept":
                e = {**e, "headers": [*(e.get("headers") or ()), (b"x-layer", b"1")]}
            await send(e)

        await app(scope, receive, out)

    return call


@keeps()
def lifespan_wrapper(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        opened = False

        async def again() -> Any:
            nonlocal opened
            m = await receive()
            if m["type"] == "lifespan.startup":
                opened = True
            return m

        try:
            await app(scope, again, send)
        finally:
            opened = False

    return call


@keeps()
def lifespan_adds_state(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "lifespan" and "state" in scope:
            scope["state"]["pool"] = object()
        await app(scope, receive, send)

    return call


@keeps()
def state_copy(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            scope = {**scope, "state": {**scope.get("state", {}), "request_id": 1}}
        await app(scope, receive, send)

    return call


@keeps()
@layer
async def json_envelope(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """Wraps text of small one-piece responses, recalculating the length."""
    start = None

    async def out(e: Any) -> Any:
        nonlocal start
        if e["type"] == START:
            hs = e.get("headers", ())
            if (
                e["status"] == 200
                and scope["method"] == "GET"
                and (b"x-inside", b"As Is") in [tuple(h) for h in hs]
            ):
                start = e
                return
        elif e["type"] == BODY and start is not None:
            body = b'{"data": "' + e.get("body", b"") + b'"}'
            hs = [
                (n, v)
                for n, v in start["headers"]
                if n not in (b"content-length", b"content-type")
            ]
            await send(
                {
                    **start,
                    "headers": [
                        *hs,
                        (b"content-type", b"application/json"),
                        (b"content-length", b"%d" % len(body)),
                    ],
                }
            )
            start = None
            e = {**e, "body": body}
        await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def conditional_304(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    inm = dict(scope["headers"]).get(b"if-none-match")
    cut = False

    async def out(e: Any) -> Any:
        nonlocal cut
        if e["type"] == START and e["status"] == 200 and inm:
            tags = [v for n, v in e.get("headers", ()) if n == b"etag"]
            if tags and tags[0] == inm:
                cut = True
                hs = [
                    (n, v)
                    for n, v in e["headers"]
                    if n not in (b"content-length", b"content-type")
                ]
                await send({"type": START, "status": 304, "headers": hs})
                return await send({"type": BODY, "body": b""})
        if cut:
            return
        await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def error_pages(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    begun = False

    async def out(e: Any) -> Any:
        nonlocal begun
        begun = True
        await send(e)

    try:
        await app(scope, receive, out)
    except Exception:
        if begun:
            raise
        await answer(send, 500, b"<h1>sorry</h1>")


@keeps()
@layer
async def access_log(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    status = None

    async def out(e: Any) -> Any:
        nonlocal status
        if e["type"] == START:
            status = e["status"]
        await send(e)

    try:
        await app(scope, receive, out)
    finally:
        _log.append((scope["path"], status))
        del _log[:-100]


_log: list[Any] = []


@keeps()
@layer
async def semaphore(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    global _sem
    _sem = _sem or asyncio.Semaphore(10)
    async with _sem:
        await app(scope, receive, send)


_sem: Any = None


@keeps()
@layer
async def health(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if scope["path"] == "/health":
        return await answer(send, 200, b"ok")
    await app(scope, receive, send)


@keeps()
@layer
async def trusted_host(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    host = dict(scope["headers"]).get(b"host", b"")
    if host and b"evil" in host:
        return await answer(send, 400, b"bad host")
    await app(scope, receive, send)


@keeps()
@layer
async def no_host_400(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if not any(n.lower() == b"host" for n, _ in scope["headers"]):
        return await answer(send, 400, b"no host")
    await app(scope, receive, send)


@keeps()
@layer
async def https_redirect(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if scope.get("scheme", "http") == "http":
        return await answer(send, 307, b"", (b"location", b"https://example.org/"))
    await app(scope, receive, send)


@keeps()
@layer
async def buffers_request(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """A hash of the body is needed before the application runs (signature)."""
    events = []
    if scope["method"] == "POST":
        while True:
            m = await receive()
            events.append(m)
            if m["type"] == "http.disconnect" or not m.get("more_body"):
                break

    async def again() -> Any:
        return events.pop(0) if events else await receive()

    await app(scope, again, send)


@keeps()
def pure_class_slots(app: Any) -> Any:
    class L:
        __slots__ = ("app",)

        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
            await self.app(scope, receive, send)

    return L(app)


@keeps()
def dispatch_by_path(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http" and scope["path"].startswith("/static"):
            return await answer(send, 404, b"none")
        await app(scope, receive, send)

    return call


@keeps()
@layer
async def server_timing(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    t = time.perf_counter()

    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    *e.get("headers", ()),
                    (
                        b"server-timing",
                        b"app;dur=%.1f" % ((time.perf_counter() - t) * 1000),
                    ),
                ],
            }
        await send(e)

    await app(scope, receive, out)


@keeps()
@layer
async def disconnect_watch_ok(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """Reads in a task and hands through a queue of one."""
    q: asyncio.Queue[Any] = asyncio.Queue(1)

    async def pump() -> Any:
        while True:
            m = await receive()
            await q.put(m)
            if m["type"] == "http.disconnect":
                return

    t = asyncio.ensure_future(pump())

    async def again() -> Any:
        return await q.get()

    try:
        await app(scope, again, send)
    finally:
        t.cancel()
        await asyncio.wait([t])


@keeps()
@layer
async def waits_before_receiving(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def later() -> Any:
        await asyncio.sleep(0)
        return await receive()

    await app(scope, later, send)


# WSGI
@keeps()
class CachesByUrl:
    """A second request for the same URL is answered without the application."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.kept: dict[Any, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        key = scope["path"], scope["query_string"], tuple(map(tuple, scope["headers"]))
        if key in self.kept:
            for event in self.kept[key]:
                await send(event)
            return
        sent: list[Any] = []

        async def out(event: Any) -> Any:
            sent.append(event)
            await send(event)

        await self.app(scope, receive, out)
        if len(sent) == 2 and sent[0].get("status") == 200:
            self.kept[key] = sent


@keeps()
class RefusesEverySecond:
    """A limit of its own, with an answer of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.count = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            self.count += 1
            if self.count % 2 == 0:
                await answer(send, 429, b"later", (b"retry-after", b"1"))
                return
        await self.app(scope, receive, send)


@keeps()
@layer
async def head_by_get(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """The application knows GET only; the layer leaves the content away."""
    head = scope["method"] == "HEAD"

    async def out(e: Any) -> Any:
        if head and e["type"] == BODY:
            e = {**e, "body": b""}
        await send(e)

    await app({**scope, "method": "GET"} if head else scope, receive, out)


@keeps()
@layer
async def receives_in_the_background(
    app: Any, scope: Any, receive: Any, send: Any
) -> Any:
    """One event ahead, and the last one again and again."""
    events: asyncio.Queue[Any] = asyncio.Queue(1)
    last: Any = None

    async def pump() -> None:
        event: Any = {}
        while event.get("type") != "http.disconnect":
            event = await receive()
            await events.put(event)

    async def again() -> Any:
        nonlocal last
        event = last or await events.get()
        last = event if event["type"] == "http.disconnect" else None
        return event

    pumping = asyncio.create_task(pump())
    try:
        await app(scope, again, send)
    finally:
        pumping.cancel()
        with suppress(asyncio.CancelledError):
            await pumping


@keeps()
def w_reads_and_gives_again(app: Any) -> Any:
    def layered(environ: Any, start_response: Any) -> Any:
        if length := environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(int(length))
            environ = {**environ, "wsgi.input": io.BytesIO(body)}
        return app(environ, start_response)

    return layered


@keeps()
def w_request_id(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("X-Request-Id", "1")], exc_info)

        return app(environ, start)

    return layer


@keeps()
def w_limit(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if int(environ.get("CONTENT_LENGTH") or 0) > 1_000_000:
            start_response("413 Content Too Large", [])
            return [b""]
        return app(environ, start_response)

    return layer


@keeps()
def w_auth(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if "HTTP_AUTHORIZATION" not in environ:
            start_response("401 Unauthorized", [("WWW-Authenticate", "Basic")])
            return [b"no"]
        return app(environ, start_response)

    return layer


@keeps()
def w_rate(app: Any) -> Any:
    n = []

    def layer(environ: Any, start_response: Any) -> Any:
        n.append(1)
        if len(n) > 15:
            start_response("429 Too Many Requests", [("Retry-After", "1")])
            return [b""]
        return app(environ, start_response)

    return layer


@keeps()
def w_error(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        try:
            return app(environ, start_response)
        except Exception:
            start_response(
                "500 Internal Server Error",
                [("Content-Type", "text/plain")],
                sys.exc_info(),
            )
            return [b"sorry"]

    return layer


@keeps()
def w_mount(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if environ.get("PATH_INFO", "").startswith("/static/"):
            start_response("404 Not Found", [])
            return [b""]
        return app(environ, start_response)

    return layer


@keeps()
def w_override(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        m = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE")
        if m and environ["REQUEST_METHOD"] == "POST":
            environ = {**environ, "REQUEST_METHOD": m.upper()}
        return app(environ, start_response)

    return layer


@keeps()
def w_proxyfix(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if "HTTP_X_FORWARDED_FOR" in environ:
            environ = {
                **environ,
                "REMOTE_ADDR": environ["HTTP_X_FORWARDED_FOR"].split(",")[0].strip(),
            }
        if "HTTP_X_FORWARDED_PROTO" in environ:
            environ = {**environ, "wsgi.url_scheme": environ["HTTP_X_FORWARDED_PROTO"]}
        return app(environ, start_response)

    return layer
