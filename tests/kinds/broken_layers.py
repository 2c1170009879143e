"""Layers with a fault that people make, and what finds it."""

from __future__ import annotations

import asyncio
import copy
import gzip
import hashlib
import io
import json
import sys
import time
import urllib.parse
from contextvars import ContextVar
from typing import Any

from tests.kinds.common import BODY, START, Table, layer

breaks = Table()


@breaks("asgi-headers/not-bytes", trials=("plain",))
@layer
async def str_header(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {**e, "headers": [*e.get("headers", ()), (b"x-time", "1")]}
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-headers/not-lowercase", trials=("plain",))
@layer
async def capital_header(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {**e, "headers": [*e.get("headers", ()), (b"X-Time", b"1")]}
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/range-changed", trials=("a part",))
@layer
async def gzip_keeps_length(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    *e.get("headers", ()),
                    (b"content-encoding", b"gzip"),
                    (b"vary", b"accept-encoding"),
                ],
            }
        elif e["type"] == BODY:
            e = {**e, "body": gzip.compress(e.get("body", b""))}
        await send(e)

    if b"gzip" not in dict(scope["headers"]).get(b"accept-encoding", b""):
        return await app(scope, receive, send)
    await app(scope, receive, out)


@breaks("http/401-without-challenge", trials=("plain",))
@layer
async def auth_answers_badly(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if b"authorization" not in dict(scope["headers"]):
        await send({"type": START, "status": 401, "headers": []})
        await send({"type": BODY, "body": b"no"})
        return
    await app(scope, receive, send)


@breaks("asgi-http/start-without-body", trials=("plain",))
@layer
async def auth_forgets_body(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    if b"authorization" not in dict(scope["headers"]):
        await send({"type": START, "status": 403, "headers": []})
        return
    await app(scope, receive, send)


@breaks("asgi-http/body-type", trials=("plain",))
@layer
async def maintenance_str_body(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 503, "headers": []})
    await send({"type": BODY, "body": "maintenance"})


@breaks("asgi-middleware/status-changed", trials=("a response that has no content",))
@layer
async def always_200(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {**e, "status": 200}
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/response-field-dropped", trials=("plain",))
@layer
async def drops_content_type(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    (n, v)
                    for n, v in e.get("headers", ())
                    if n.startswith(b"x-")
                    or n
                    in (
                        b"set-cookie",
                        b"content-length",
                        b"location",
                        b"etag",
                        b"content-range",
                        b"content-encoding",
                    )
                ],
            }
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/response-field-dropped", trials=("a response that redirects",))
@layer
async def drops_location(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                **e,
                "headers": [
                    (n, v) for n, v in e.get("headers", ()) if n != b"location"
                ],
            }
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/scope-keys-lost", trials=("plain",))
def new_scope(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        new = {
            k: scope[k]
            for k in (
                "type",
                "asgi",
                "http_version",
                "method",
                "path",
                "query_string",
                "headers",
            )
            if k in scope
        }
        await app(new, receive, send)

    return call


@breaks(
    "asgi-middleware/disconnect-invented",
    trials=("a client that leaves, and is waited for",),
)
@layer
async def false_disconnect(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    body = b""
    more = True
    while more:
        m = await receive()
        if m["type"] == "http.disconnect":
            break
        body += m.get("body", b"")
        more = m.get("more_body", False)
    done = False

    async def again() -> Any:
        nonlocal done
        if not done:
            done = True
            return {"type": "http.request", "body": body, "more_body": False}
        return {"type": "http.disconnect"}

    await app(scope, again, send)


@breaks(
    "asgi-http/request-after-complete",
    trials=("a client that leaves, and is waited for",),
)
@layer
async def repeats_the_body(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    body = b""
    more = True
    while more:
        m = await receive()
        if m["type"] == "http.disconnect":
            break
        body += m.get("body", b"")
        more = m.get("more_body", False)

    async def again() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    await app(scope, again, send)


@breaks("asgi-middleware/request-body-lost", trials=("a slow upload",))
@layer
async def eats_events_in_background(
    app: Any, scope: Any, receive: Any, send: Any
) -> Any:
    gone = asyncio.Event()

    async def watch() -> Any:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    t = asyncio.ensure_future(watch())
    try:
        await app(scope, receive, send)
    finally:
        t.cancel()


@breaks("asgi-middleware/content-changed", trials=("a stream that is compressed",))
@layer
async def drops_more_body(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == BODY:
            e = {"type": BODY, "body": e.get("body", b"")}
        await send(e)

    await app(scope, receive, out)


@breaks(
    "asgi-extensions/trailers-not-announced", trials=("http.response.trailers offered",)
)
@layer
async def rebuilds_start(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {
                "type": START,
                "status": e["status"],
                "headers": list(e.get("headers", ())),
            }
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-http/start-twice", trials=("an exception in the middle",))
@layer
async def error_page_after_start(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    try:
        await app(scope, receive, send)
    except Exception:
        await send({"type": START, "status": 500, "headers": []})
        await send({"type": BODY, "body": b"sorry"})


@breaks("asgi-middleware/exception-lost", trials=("an upload that fails",))
@layer
async def logs_and_returns(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    try:
        await app(scope, receive, send)
    except Exception:
        print("failed")


@breaks("asgi-middleware/loop-blocked", trials=("plain, again",))
@layer
async def blocks(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    time.sleep(0.12)
    await app(scope, receive, send)


_lock: Any = None


@breaks("asgi-middleware/one-at-a-time", trials=("two at once",))
@layer
async def global_lock(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    global _lock
    _lock = _lock or asyncio.Lock()
    async with _lock:
        await app(scope, receive, send)


_seen: list[Any] = []


@breaks("asgi-middleware/memory-grows")
@layer
async def grows(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    _seen.append(bytearray(3000))
    await app(scope, receive, send)


@breaks("asgi-scope/client", trials=("behind a proxy",))
@layer
async def forwarded_port_str(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if b"x-forwarded-for" in h:
        scope = {**scope, "client": [h[b"x-forwarded-for"].decode().split(",")[0], "0"]}
    await app(scope, receive, send)


@breaks("asgi-scope/scheme", trials=("behind a proxy",))
@layer
async def forwarded_scheme_bytes(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if b"x-forwarded-proto" in h:
        scope = {**scope, "scheme": h[b"x-forwarded-proto"]}
    await app(scope, receive, send)


@breaks("asgi-scope/method", trials=("behind a proxy",))
@layer
async def method_override_lower(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if b"x-http-method-override" in h:
        scope = {**scope, "method": h[b"x-http-method-override"].decode().lower()}
    await app(scope, receive, send)


@breaks("asgi-middleware/fails", trials=("probe-http/without-client",))
@layer
async def client_required(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    ip = scope["client"][0]
    await app(scope, receive, send)


@breaks("asgi-middleware/fails", trials=("probe-http/header-names-in-upper-case",))
@layer
async def host_required(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    h[b"host"]
    await app(scope, receive, send)


@breaks("asgi-middleware/fails", trials=("plain",))
@layer
async def ua_required(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    h: Any = dict(scope["headers"])
    h.get(b"user-agent").decode()
    await app(scope, receive, send)


@breaks("asgi-http/start-without-body", trials=("echo",))
def forgets_await(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        asyncio.ensure_future(app(scope, receive, send))

    return call


@breaks("asgi-middleware/back-pressure-lost", trials=("a slow reader",))
@layer
async def returns_coroutine_late(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        asyncio.ensure_future(send(e))

    await app(scope, receive, out)


@breaks("asgi-middleware/fails", trials=("echo",))
@layer
async def json_parses_body(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    m = await receive()
    json.loads(m.get("body") or b"{}")
    sent = False

    async def again() -> Any:
        nonlocal sent
        if not sent:
            sent = True
            return m
        return await receive()

    await app(scope, again, send)


@breaks("http/content-too-long", trials=("plain",))
@layer
async def injects_script(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == BODY:
            e = {**e, "body": e.get("body", b"") + b"<script></script>"}
        await send(e)

    await app(scope, receive, out)


@breaks("http/etag", trials=("plain",))
@layer
async def etag_first_piece(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    kept = {}

    async def out(e: Any) -> Any:
        if e["type"] == START:
            kept["s"] = e
        elif e["type"] == BODY:
            if "s" in kept:
                s = kept.pop("s")
                await send(
                    {
                        **s,
                        "headers": [
                            *s.get("headers", ()),
                            (
                                b"etag",
                                hashlib.md5(e.get("body", b"")).hexdigest().encode(),
                            ),
                        ],
                    }
                )
            await send(e)
        else:
            await send(e)

    await app(scope, receive, out)


@breaks("http/content-too-long", trials=("echo",))
@layer
async def length_of_first_piece(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    kept = {}

    async def out(e: Any) -> Any:
        if e["type"] == START:
            kept["s"] = e
        elif e["type"] == BODY:
            if "s" in kept:
                s = kept.pop("s")
                hs = [(n, v) for n, v in s.get("headers", ()) if n != b"content-length"]
                await send(
                    {
                        **s,
                        "headers": [
                            *hs,
                            (b"content-length", b"%d" % len(e.get("body", b""))),
                        ],
                    }
                )
            await send(e)
        else:
            await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/cancellation-lost", trials=("a cancelled request",))
@layer
async def swallows_cancel(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    try:
        await app(scope, receive, send)
    except asyncio.CancelledError:
        pass


@breaks("asgi-middleware/exception-lost", trials=("an upload that fails",))
@layer
async def timeout_never_cancels(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    t = asyncio.ensure_future(app(scope, receive, send))
    await asyncio.wait([t], timeout=10)


@breaks(
    "asgi-middleware/disconnect-lost",
    trials=("a client that leaves a stream that listens",),
)
@layer
async def disconnect_raises(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def again() -> Any:
        m = await receive()
        if m["type"] == "http.disconnect":
            raise RuntimeError("client gone")
        return m

    await app(scope, again, send)


@breaks(
    "asgi-middleware/disconnect-lost",
    trials=("a client that leaves, and is looked for",),
)
@layer
async def waits_after_receiving(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    done = asyncio.Event()

    async def either() -> Any:
        over = asyncio.ensure_future(done.wait())
        try:
            event = await receive()
        finally:
            over.cancel()
            await asyncio.wait([over])  # cancelled here, the event is gone
        return event

    await app(scope, either, send)


@breaks("asgi-middleware/websocket-changed", trials=("messages",))
def websocket_drops_bytes(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)

        async def again() -> Any:
            m = await receive()
            if m["type"] == "websocket.receive":
                return {"type": "websocket.receive", "text": m.get("text") or ""}
            return m

        await app(scope, again, send)

    return call


@breaks("asgi-websocket/accept-twice", trials=("messages",))
def websocket_accepts_itself(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)
        await receive()
        await send({"type": "websocket.accept"})
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/websocket-changed", trials=("messages",))
def websocket_loses_subprotocol(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)

        async def out(e: Any) -> Any:
            if e["type"] == "websocket.accept":
                e = {"type": "websocket.accept"}
            await send(e)

        await app(scope, receive, out)

    return call


@breaks("asgi-middleware/disconnect-lost", trials=("messages",))
def websocket_swallows_disconnect(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "websocket":
            return await app(scope, receive, send)

        async def again() -> Any:
            m = await receive()
            if m["type"] == "websocket.disconnect":
                await asyncio.sleep(3600)
            return m

        await app(scope, again, send)

    return call


@breaks("asgi-middleware/fails", trials=("a close",))
def assumes_method(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        m = scope["method"]
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/lifespan-swallowed", trials=("a lifespan that lives",))
def asserts_http_or_ws(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        assert scope["type"] in ("http", "websocket")
        await app(scope, receive, send)

    return call


@breaks(
    "asgi-middleware/lifespan-answer-changed",
    trials=("a lifespan that declines the lifespan",),
)
def lifespan_catches(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "lifespan":
            try:
                await app(scope, receive, send)
            except Exception:
                await send({"type": "lifespan.startup.failed", "message": "x"})
            return
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/lifespan-swallowed", trials=("a lifespan that lives",))
def lifespan_own(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/lifespan-answer-changed", trials=("a lifespan that lives",))
def lifespan_completes_twice(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "lifespan":

            async def out(e: Any) -> Any:
                await send(e)
                if e["type"] == "lifespan.startup.complete":
                    await send(e)

            return await app(scope, receive, out)
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/state-lost", trials=("plain",))
def deepcopies(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        await app(copy.deepcopy(scope), receive, send)

    return call


@breaks("asgi-middleware/state-lost", trials=("plain",))
def state_replaced(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        scope = {**scope, "state": {"request_id": 1}}
        await app(scope, receive, send)

    return call


@breaks("asgi-scope/headers-not-pairs", trials=("plain",))
def headers_object(app: Any) -> Any:
    class H(dict[bytes, bytes]):
        pass

    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "headers": H(scope["headers"])}
        await app(scope, receive, send)

    return call


@breaks("asgi-scope/headers-not-bytes", trials=("plain",))
def headers_str(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] in ("http", "websocket"):
            scope = {
                **scope,
                "headers": [
                    (n.decode(), v.decode("latin-1")) for n, v in scope["headers"]
                ],
            }
        await app(scope, receive, send)

    return call


@breaks("asgi-scope/headers-not-bytes", trials=("plain",))
def adds_header_to_request_str(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], ("x-request-id", "1")]}
        await app(scope, receive, send)

    return call


@breaks("asgi-scope/query-string", trials=("plain",))
def query_as_str(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            scope = {**scope, "query_string": scope["query_string"].decode("latin-1")}
        await app(scope, receive, send)

    return call


@breaks("asgi-scope/path-type", trials=("plain",))
def path_bytes(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].encode()}
        await app(scope, receive, send)

    return call


@breaks("asgi-middleware/requests-mixed", trials=("two at once",))
class InstanceScope:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        self.scope, self.receive, self.send = scope, receive, send
        await self.app(scope, receive, self.out)

    async def out(self, e: Any) -> Any:
        await self.send(e)


@breaks("asgi-middleware/called-twice", trials=("an upload that fails",))
def retry_on_error(app: Any) -> Any:
    async def call(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        for i in range(3):
            try:
                return await app(scope, receive, send)
            except Exception:
                if i == 2:
                    raise

    return call


@breaks("asgi-middleware/response-fields-lost", trials=("plain",))
@layer
async def caches_start_headers_list(
    app: Any, scope: Any, receive: Any, send: Any
) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            h = dict(e.get("headers", ()))
            h[b"x-cache"] = b"miss"
            e = {**e, "headers": list(h.items())}
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-http/start-twice", trials=("echo",))
@layer
async def body_limit_counts_wrong(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    total = 0

    async def again() -> Any:
        nonlocal total
        m = await receive()
        total += len(m.get("body", b""))
        if total > 10:
            await send({"type": START, "status": 413, "headers": []})
            await send({"type": BODY, "body": b"too large"})
            return {"type": "http.disconnect"}
        return m

    await app(scope, again, send)


@breaks("asgi-middleware/response-fields-lost", trials=("plain",))
@layer
async def csp_overwrites(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e["headers"] = [(b"content-security-policy", b"default-src 'self'")]
        await send(e)

    await app(scope, receive, out)


@breaks("http/content-too-long", trials=("echo",))
@layer
async def length_zero_for_stream(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            hs = list(e.get("headers", ()))
            if not any(n == b"content-length" for n, _ in hs):
                hs.append((b"content-length", b"0"))
            e = {**e, "headers": hs}
        await send(e)

    await app(scope, receive, out)


var: ContextVar[int] = ContextVar("var")


@breaks("asgi-middleware/context-left", trials=("plain",))
@layer
async def sets_var(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    var.set(1)
    await app(scope, receive, send)


@breaks("asgi-middleware/gathered", trials=("a stream",))
@layer
async def gathers_for_the_length(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    start: Any = None
    body = b""

    async def out(e: Any) -> Any:
        nonlocal start, body
        if e["type"] == START:
            start = e
        elif e["type"] == BODY:
            body += e.get("body", b"")
            if not e.get("more_body"):
                length = (b"content-length", b"%d" % len(body))
                fields = [f for f in start.get("headers", ()) if f[0] != length[0]]
                await send({**start, "headers": [*fields, length]})
                await send({"type": BODY, "body": body})

    await app({**scope, "extensions": {}}, receive, out)


# WSGI ---------------------------------------------------------------------
@breaks("wsgi-middleware/close-lost", trials=("plain",))
def w_generator_no_close(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        for b in app(environ, start_response):
            yield b

    return layer


@breaks("wsgi-middleware/close-lost", trials=("plain",))
def w_list(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        return list(app(environ, start_response))

    return layer


@breaks("wsgi-middleware/exc-info-lost", trials=("begins again",))
def w_start_two_args(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any) -> Any:
            return start_response(status, headers)

        return app(environ, start)

    return layer


@breaks("wsgi-middleware/fails", trials=("probe-wsgi/positional-arguments",))
def w_start_kw(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            return start_response(
                status=status, response_headers=headers, exc_info=exc_info
            )

        return app(environ, start)

    return layer


@breaks("wsgi/variable-not-str", trials=("plain",))
def w_int_length(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        environ = dict(environ, CONTENT_LENGTH=int(environ.get("CONTENT_LENGTH") or 0))
        return app(environ, start_response)

    return layer


@breaks("wsgi/variable-not-str", trials=("plain",))
def w_user_none(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        environ["REMOTE_USER"] = None
        return app(environ, start_response)

    return layer


@breaks("wsgi/hop-by-hop-header", trials=("plain",))
def w_connection_close(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            return start_response(status, headers + [("Connection", "close")], exc_info)

        return app(environ, start)

    return layer


@breaks("wsgi-middleware/range-changed", trials=("a part",))
def w_gzip_length(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return app(environ, start_response)

        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            return start_response(
                status,
                headers + [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")],
                exc_info,
            )

        it = app(environ, start)
        try:
            return [gzip.compress(b"".join(it))]
        finally:
            if hasattr(it, "close"):
                it.close()

    return layer


@breaks("wsgi/read-not-bytes", trials=("plain",))
def w_text_input(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        n = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(n)
        environ["wsgi.input"] = io.StringIO(body.decode("latin-1"))
        return app(environ, start_response)

    return layer


@breaks("wsgi/path-without-slash", trials=("plain",))
def w_prefix(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        environ["SCRIPT_NAME"] = "api"
        return app(environ, start_response)

    return layer


@breaks("wsgi-middleware/exception-lost", trials=("an upload that fails",))
def w_catches(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        try:
            return app(environ, start_response)
        except Exception:
            return [b"error"]

    return layer


@breaks("wsgi-middleware/close-lost", trials=("plain",))
def w_catches_start_twice(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        try:
            for b in app(environ, start_response):
                yield b
        except Exception:
            start_response("500 Oops", [])
            yield b"error"

    return layer


@breaks("wsgi-middleware/fails", trials=("two at once",))
class WKeeps:
    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.start_response = start_response
        return self.app(environ, self.start)

    def start(self, *a: Any) -> Any:
        return self.start_response(*a)


@breaks("wsgi-middleware/content-changed", trials=("plain",))
def w_str_blocks(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        it = app(environ, start_response)
        try:
            for b in it:
                yield b.decode("latin-1")
        finally:
            if hasattr(it, "close"):
                it.close()

    return layer


@breaks("http/content-too-long", trials=("plain",))
def w_appends(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        it = app(environ, start_response)
        try:
            yield from it
            yield b"<script>"
        finally:
            if hasattr(it, "close"):
                it.close()

    return layer


@breaks("wsgi-middleware/fails", trials=("few keys",))
def w_drops_empty(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        it = app(environ, start_response)
        first = next(iter(it))

        def rest() -> Any:
            try:
                yield first
                yield from it
            finally:
                if hasattr(it, "close"):
                    it.close()

        return rest()

    return layer


@breaks("wsgi-middleware/response-fields-lost", trials=("plain",))
def w_headers_capital_dict(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            d = {}
            for k, v in headers:
                d[k] = v
            return start_response(status, list(d.items()), exc_info)

        return app(environ, start)

    return layer


@breaks("wsgi/header-not-tuple", trials=("plain",))
def w_header_int(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("X-Time", 1)], exc_info)

        return app(environ, start)

    return layer


@breaks("wsgi/status-format", trials=("plain",))
def w_auth_bad(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if "HTTP_AUTHORIZATION" not in environ:
            start_response("401", [])
            return [b"no"]
        return app(environ, start_response)

    return layer


@breaks("wsgi-middleware/request-body-lost", trials=("echo",))
def w_reads_form(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            urllib.parse.parse_qs(
                environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
            )
        return app(environ, start_response)

    return layer


@breaks("wsgi-middleware/fails", trials=("probe-wsgi/optional-variables-absent",))
def w_needs_remote(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        environ["REMOTE_ADDR"].split(".")
        return app(environ, start_response)

    return layer


@breaks("wsgi/variable-not-latin-1", trials=("probe-wsgi/encoded-path",))
def w_path_utf8(app: Any) -> Any:
    def layer(environ: Any, start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].encode("latin-1").decode("utf-8")
        return app(environ, start_response)

    return layer


# adapters
@breaks("asgi-middleware/wsgi-on-the-loop", trials=("plain",))
def wsgi_in_asgi_blocking(wsgi_app: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            raise NotImplementedError
        body = b""
        more = True
        while more:
            m = await receive()
            body += m.get("body", b"")
            more = m.get("more_body", False)
        environ = make_environ(scope, body)
        got = {}

        def start(status: Any, headers: Any, exc_info: Any = None) -> Any:
            got["s"] = (status, headers)
            return lambda b: None

        blocks = list(wsgi_app(environ, start))
        status, headers = got["s"]
        await send(
            {
                "type": START,
                "status": int(status[:3]),
                "headers": [
                    (n.lower().encode(), v.encode("latin-1")) for n, v in headers
                ],
            }
        )
        await send({"type": BODY, "body": b"".join(blocks)})

    return app


def make_environ(scope: Any, body: Any) -> Any:
    env = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for n, v in scope["headers"]:
        n = n.decode("latin-1").upper().replace("-", "_")
        v = v.decode("latin-1")
        if n not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            n = "HTTP_" + n
        env[n] = env[n] + "," + v if n in env else v
    return env


@breaks("asgi-scope/http-version", trials=("plain",))
def asgi_in_wsgi_simple(asgi_app: Any) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": environ["SERVER_PROTOCOL"],
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "query_string": environ["QUERY_STRING"].encode(),
            "headers": [
                (k[5:].lower().replace("_", "-").encode(), v.encode("latin-1"))
                for k, v in environ.items()
                if k.startswith("HTTP_")
            ],
        }
        events = []

        async def receive() -> Any:
            return {
                "type": "http.request",
                "body": environ["wsgi.input"].read(
                    int(environ.get("CONTENT_LENGTH") or 0)
                ),
                "more_body": False,
            }

        async def send(e: Any) -> Any:
            events.append(e)

        asyncio.run(asgi_app(scope, receive, send))
        start_response(
            f"{events[0]['status']} OK",
            [
                (n.decode(), v.decode("latin-1"))
                for n, v in events[0].get("headers", ())
            ],
        )
        return [e.get("body", b"") for e in events[1:]]

    return app


@breaks("asgi-middleware/path-decoded-twice", trials=("probe-http/encoded-path",))
@layer
async def decodes_the_path(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    await app({**scope, "path": urllib.parse.unquote(scope["path"])}, receive, send)


@breaks("wsgi-middleware/path-decoded-twice", trials=("probe-wsgi/encoded-path",))
def w_decodes_the_path(app: Any) -> Any:
    def layered(environ: Any, start_response: Any) -> Any:
        path = urllib.parse.unquote(environ["PATH_INFO"], "latin-1")
        return app({**environ, "PATH_INFO": path}, start_response)

    return layered


@breaks("asgi-middleware/requests-mixed", trials=("two in a row",))
class CachesByPath:
    """It forgets the query, which is a part of the URL."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.kept: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kept = self.kept.get(scope["path"])
        for event in kept or ():
            await send(event)
        if kept is None:
            kept = self.kept[scope["path"]] = []

            async def out(event: Any) -> Any:
                kept.append(event)
                await send(event)

            await self.app(scope, receive, out)


@breaks("asgi-middleware/response-fields-lost", trials=("plain",))
@layer
async def lowers_values(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    async def out(e: Any) -> Any:
        if e["type"] == START:
            e = {**e, "headers": [(n, v.lower()) for n, v in e.get("headers", ())]}
        await send(e)

    await app(scope, receive, out)


@breaks("asgi-middleware/disconnect-lost", trials=("a client that leaves, and is w*",))
@layer
async def replays_for_ever(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    """After the body that it has read there is nothing more, not even the end."""
    event, body = await receive(), b""
    while event["type"] == "http.request":
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
        event = await receive()
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            await asyncio.Event().wait()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    await app(scope, again, send)


@breaks("asgi-middleware/websocket-changed", trials=("a close",))
def closes_with_1000(app: Any) -> Any:
    async def layered(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] == "websocket.close":
                event = {"type": "websocket.close", "code": 1000}
            await send(event)

        await app(scope, receive, out)

    return layered


@breaks("asgi-middleware/websocket-changed", trials=("a refusal",))
def accepts_before_it_refuses(app: Any) -> Any:
    async def layered(scope: Any, receive: Any, send: Any) -> Any:
        accepted = False

        async def out(event: Any) -> Any:
            nonlocal accepted
            if event["type"] == "websocket.close" and not accepted:
                await send({"type": "websocket.accept"})
            accepted |= event["type"] == "websocket.accept"
            await send(event)

        await app(scope, receive, out)

    return layered


@breaks("asgi-middleware/lifespan-answer-changed", trials=("a lifespan that refuses*",))
def starts_all_the_same(app: Any) -> Any:
    async def layered(scope: Any, receive: Any, send: Any) -> Any:
        async def out(event: Any) -> Any:
            if event["type"] == "lifespan.startup.failed":
                event = {"type": "lifespan.startup.complete"}
            await send(event)

        await app(scope, receive, out)

    return layered


@breaks("asgi-middleware/exception-lost", trials=("an exception in the middle",))
@layer
async def ends_what_broke_off(app: Any, scope: Any, receive: Any, send: Any) -> Any:
    started = False

    async def out(event: Any) -> Any:
        nonlocal started
        started = True
        await send(event)

    try:
        await app(scope, receive, out)
    except Exception:
        if not started:
            raise
        await send({"type": BODY, "body": b""})


@breaks("wsgi-middleware/fails", trials=("writes",))
def w_loses_write(app: Any) -> Any:
    def layered(environ: Any, start_response: Any) -> Any:
        def start(*args: Any) -> None:
            start_response(*args)

        return app(environ, start)

    return layered


@breaks("wsgi-middleware/close-lost", trials=("plain",))
def w_closes_at_once(app: Any) -> Any:
    def layered(environ: Any, start_response: Any) -> Any:
        blocks = app(environ, start_response)
        if hasattr(blocks, "close"):
            blocks.close()
        return blocks

    return layered


@breaks("wsgi-middleware/input-closed", trials=("echo",))
def w_closes_the_input(app: Any) -> Any:
    def layered(environ: Any, start_response: Any) -> Any:
        try:
            return app(environ, start_response)
        finally:
            environ["wsgi.input"].close()

    return layered
