"""Applications that keep every rule, some of them in an unusual way."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import sys
import threading
import time
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.kinds.common import BODY, START, Table, coded, http, of, read, reply, ws

keeps, keeps_wsgi = Table(), Table()


@keeps()
@http
async def counter(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"%d" % next(_c)))


_c = itertools.count()


@keeps()
@http
async def one_time(scope: Any, receive: Any, send: Any) -> Any:
    s = 200 if next(_c2) == 0 else 410
    await reply(send, of(scope, b"once"), status=s)


_c2 = itertools.count()


@keeps()
@http
async def rate_limited(scope: Any, receive: Any, send: Any) -> Any:
    if next(_c3) > 5:
        return await reply(
            send, of(scope, b"slow down"), status=429, headers=[(b"retry-after", b"1")]
        )
    await reply(send, of(scope, b"hello"))


_c3 = itertools.count()


@keeps("", "GET", "POST")
@http
async def crud(scope: Any, receive: Any, send: Any) -> Any:
    if scope["method"] not in ("GET", "HEAD", "POST"):
        return await reply(
            send, b"", status=405, headers=[(b"allow", b"GET, HEAD, POST")]
        )
    if scope["method"] == "POST":
        try:
            body = await read(receive)
        except ConnectionError:
            return
        return await reply(send, body, status=201, headers=[(b"location", b"/1")])
    await reply(
        send,
        of(scope, b"[]"),
        headers=[(b"content-type", b"application/json"), (b"content-length", b"2")],
    )


@keeps("", "GET")
@http
async def trailers(scope: Any, receive: Any, send: Any) -> Any:
    ok = "http.response.trailers" in (scope.get("extensions") or {})
    await send(
        {
            "type": START,
            "status": 200,
            "headers": [(b"trailer", b"x-sum")],
            **({"trailers": True} if ok else {}),
        }
    )
    await send({"type": BODY, "body": of(scope, b"hello")})
    if ok:
        await send(
            {
                "type": "http.response.trailers",
                "headers": [(b"x-sum", b"1")],
                "more_trailers": False,
            }
        )


@keeps("", "GET")
@http
async def hints(scope: Any, receive: Any, send: Any) -> Any:
    if "http.response.early_hint" in (scope.get("extensions") or {}):
        await send(
            {"type": "http.response.early_hint", "links": [b"</s.css>; rel=preload"]}
        )
    await reply(send, of(scope, b"hello"))


@keeps("", "GET")
@http
async def pathsend(scope: Any, receive: Any, send: Any) -> Any:
    path = __file__
    data = Path(path).read_bytes()
    h = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(data))]
    await send({"type": START, "status": 200, "headers": h})
    if scope["method"] == "HEAD":
        await send({"type": BODY, "body": b""})
    elif "http.response.pathsend" in (scope.get("extensions") or {}):
        await send({"type": "http.response.pathsend", "path": path})
    else:
        await send({"type": BODY, "body": data})


@keeps("", "POST")
@http
async def both_ways(scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 200, "headers": []})
    more = True
    while more:
        m = await receive()
        if m["type"] == "http.disconnect":
            return
        more = m.get("more_body", False)
        await send({"type": BODY, "body": m.get("body", b""), "more_body": more})


@keeps()
@http
async def sse_well(scope: Any, receive: Any, send: Any) -> Any:
    async def gone() -> Any:
        while (await receive())["type"] != "http.disconnect":
            pass

    w = asyncio.ensure_future(gone())
    try:
        await send(
            {
                "type": START,
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            }
        )
        while not w.done():
            await send({"type": BODY, "body": b": ping\n\n", "more_body": True})
            await asyncio.wait([w], timeout=0.01)
    finally:
        w.cancel()


@keeps()
@http
async def finite_generator(scope: Any, receive: Any, send: Any) -> Any:
    async def gen() -> Any:
        for i in range(3):
            yield b"%d" % i

    await send({"type": START, "status": 200, "headers": []})
    async for p in gen():
        await send({"type": BODY, "body": of(scope, p), "more_body": True})
    await send({"type": BODY, "body": b"", "more_body": False})


@keeps()
async def no_lifespan(scope: Any, receive: Any, send: Any) -> Any:
    assert scope["type"] == "http"
    await reply(send, of(scope, b"x"))


@keeps()
async def full_lifespan(scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] == "lifespan":
        while True:
            m = await receive()
            if m["type"] == "lifespan.startup":
                if "state" in scope:
                    scope["state"]["db"] = object()
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return
    elif scope["type"] == "http":
        await reply(
            send, of(scope, b"db" if "db" in scope.get("state", {}) else b"none")
        )
    else:
        raise NotImplementedError


class ClassBased:
    def __init__(self, greeting: Any) -> None:
        self.greeting = greeting

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        await reply(send, of(scope, self.greeting))


keeps()(ClassBased(b"hi"))


async def _partial(greeting: Any, scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    await reply(send, of(scope, greeting))


keeps()(partial(_partial, b"hi"))


@keeps()
@http
async def after_answer_work(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"x"))
    await asyncio.sleep(0.005)


@keeps()
@http
async def conditional(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if h.get(b"if-none-match") == b'"v1"':
        return await reply(send, b"", status=304, headers=[(b"etag", b'"v1"')])
    await reply(
        send,
        of(scope, b"hello"),
        headers=[(b"etag", b'"v1"'), (b"content-length", b"5")],
    )


@keeps()
@http
async def ranges(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    data = b"0123456789"
    r = h.get(b"range", b"")
    if scope["method"] == "GET" and r.startswith(b"bytes="):
        a, _, b = r[6:].partition(b"-")
        try:
            a = int(a) if a else None
            b = int(b) if b else None
        except ValueError:
            a = b = None
        if a is None and b is not None:
            a, b = max(0, 10 - b), 9
        if a is not None:
            b = 9 if b is None else min(b, 9)
            if a > b:
                return await reply(
                    send, b"", status=416, headers=[(b"content-range", b"bytes */10")]
                )
            part = data[a : b + 1]
            return await reply(
                send,
                part,
                status=206,
                headers=[
                    (b"content-range", b"bytes %d-%d/10" % (a, b)),
                    (b"content-length", b"%d" % len(part)),
                ],
            )
    await reply(
        send,
        of(scope, data),
        headers=[(b"accept-ranges", b"bytes"), (b"content-length", b"10")],
    )


@keeps()
@http
async def gzips(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    body = b"hello" * 100
    extra = []
    if b"gzip" in h.get(b"accept-encoding", b""):
        body = gzip.compress(body, mtime=0)
        extra = [(b"content-encoding", b"gzip")]
    await reply(
        send,
        of(scope, body),
        headers=[
            (b"vary", b"accept-encoding"),
            (b"content-length", b"%d" % len(body)),
            *extra,
        ],
    )


@keeps()
@http
async def deflates(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    body = b"hello" * 100
    extra = []
    if b"deflate" in h.get(b"accept-encoding", b""):
        body = zlib.compress(body)
        extra = [(b"content-encoding", b"deflate")]
    await reply(send, of(scope, body), headers=[(b"vary", b"accept-encoding"), *extra])


@keeps()
@http
async def streams_gzip(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if b"gzip" not in h.get(b"accept-encoding", b"") or scope["method"] == "HEAD":
        return await reply(
            send, of(scope, b"hello" * 3), headers=[(b"vary", b"accept-encoding")]
        )
    c = zlib.compressobj(wbits=31)
    await send(
        {
            "type": START,
            "status": 200,
            "headers": [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")],
        }
    )
    for _ in range(3):
        await send(
            {
                "type": BODY,
                "body": c.compress(b"hello") + c.flush(zlib.Z_SYNC_FLUSH),
                "more_body": True,
            }
        )
    await send({"type": BODY, "body": c.flush()})


@keeps()
@http
async def redirects(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send,
        b"",
        status=307,
        headers=[(b"location", b"/there"), (b"content-length", b"0")],
    )


@keeps()
@http
async def unauthorized(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send, of(scope, b"no"), status=401, headers=[(b"www-authenticate", b"Basic")]
    )


@keeps()
@http
async def no_content(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, b"", status=204, headers=[])


@keeps()
@http
async def not_implemented(scope: Any, receive: Any, send: Any) -> Any:
    if scope["method"] not in ("GET", "HEAD"):
        return await reply(send, b"", status=501, headers=[])
    await reply(send, of(scope, b"x"))


@keeps()
@http
async def bad_request_on_odd(scope: Any, receive: Any, send: Any) -> Any:
    try:
        scope["query_string"].decode("ascii")
        scope["path"].encode("ascii")
    except (UnicodeError, KeyError):
        return await reply(send, b"", status=400)
    await reply(send, of(scope, b"x"))


@keeps("", "POST")
@http
async def length_required(scope: Any, receive: Any, send: Any) -> Any:
    h = dict(scope["headers"])
    if scope["method"] == "POST" and b"content-length" not in h:
        return await reply(send, b"", status=411)
    try:
        await reply(send, of(scope, await read(receive)))
    except ConnectionError:
        return


@keeps("", "POST")
@http
async def too_large(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"too large"), status=413)


@keeps("", "POST")
@http
async def early_401(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send, of(scope, b""), status=401, headers=[(b"www-authenticate", b"Bearer")]
    )


@keeps("", "ws")
@ws
async def ws_echo(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while (m := await receive())["type"] != "websocket.disconnect":
        if m.get("text") is not None:
            await send({"type": "websocket.send", "text": m["text"]})
        else:
            await send({"type": "websocket.send", "bytes": m["bytes"]})


@keeps("", "ws")
@ws
async def ws_text_only(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while (m := await receive())["type"] != "websocket.disconnect":
        if m.get("text") is None:
            await send({"type": "websocket.close", "code": 1003})
            return
        await send({"type": "websocket.send", "text": m["text"]})


@keeps("", "ws")
@ws
async def ws_refuses(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.close", "code": 4401})


@keeps("", "ws")
@ws
async def ws_denies(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await send(
            {"type": "websocket.http.response.start", "status": 403, "headers": []}
        )
        await send({"type": "websocket.http.response.body", "body": b"no"})
    else:
        await send({"type": "websocket.close"})


@keeps("", "ws")
@ws
async def ws_two_tasks(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    sub = scope.get("subprotocols") or []
    await send(
        {"type": "websocket.accept", "subprotocol": list(sub)[0] if sub else None}
    )

    async def ticks() -> Any:
        while True:
            await send({"type": "websocket.send", "text": "tick"})
            await asyncio.sleep(0.02)

    t = asyncio.ensure_future(ticks())
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        t.cancel()
        await asyncio.wait([t])


@keeps("", "ws")
@ws
async def ws_greets_and_closes(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "bye"})
    await send({"type": "websocket.close", "code": 1000, "reason": "done"})


@keeps("", "ws")
@ws
async def ws_returns_after_send(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "bye"})


@keeps("", "ws")
@ws
async def ws_try_finally_close(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    left = False
    try:
        while True:
            m = await receive()
            if m["type"] == "websocket.disconnect":
                left = True
                break
            await send({"type": "websocket.send", "text": "ok"})
    finally:
        if not left:
            try:
                await send({"type": "websocket.close"})
            except OSError:
                pass


@keeps("", "ws")
@ws
async def ws_broadcast(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    _room.add(send)
    try:
        while (m := await receive())["type"] != "websocket.disconnect":
            for each in list(_room):
                try:
                    await each({"type": "websocket.send", "text": "hi"})
                except OSError:
                    _room.discard(each)
    finally:
        _room.discard(send)


_room: set[Any] = set()


@keeps()
@http
async def thread_offload(scope: Any, receive: Any, send: Any) -> Any:
    body = await asyncio.to_thread(lambda: b"x" * 10)
    await reply(send, of(scope, body))


@keeps()
@http
async def timeout_app(scope: Any, receive: Any, send: Any) -> Any:
    async with asyncio.timeout(5):
        await reply(send, of(scope, b"x"))


@keeps()
@http
async def task_group(scope: Any, receive: Any, send: Any) -> Any:
    async with asyncio.TaskGroup() as g:
        a = g.create_task(asyncio.sleep(0, b"x"))
        b = g.create_task(asyncio.sleep(0, b"y"))
    await reply(send, of(scope, a.result() + b.result()))


@keeps()
@http
async def background_pool(scope: Any, receive: Any, send: Any) -> Any:
    # a fixed worker started once
    global _worker
    if _worker is None:
        _worker = asyncio.ensure_future(asyncio.sleep(3600))
    await reply(send, of(scope, b"x"))


_worker: Any = None


@keeps()
@http
async def cache_lru(scope: Any, receive: Any, send: Any) -> Any:
    _cache[scope["path"]] = b"x" * 100
    await reply(send, of(scope, _cache[scope["path"]]))


_cache: dict[str, Any] = {}


@keeps()
@http
async def http10(scope: Any, receive: Any, send: Any) -> Any:
    if scope["http_version"] == "1.0":
        return await reply(send, b"", status=426, headers=[(b"upgrade", b"HTTP/1.1")])
    await reply(send, of(scope, b"x"))


@keeps()
@http
async def host_required(scope: Any, receive: Any, send: Any) -> Any:
    if not dict(scope["headers"]).get(b"host"):
        return await reply(send, b"", status=400)
    await reply(send, of(scope, b"x"))


@keeps()
@http
async def trace_id(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send,
        of(scope, b"x"),
        headers=[
            (b"x-request-id", hashlib.md5(str(next(_c)).encode()).hexdigest().encode())
        ],
    )


@keeps()
@http
async def push_state(scope: Any, receive: Any, send: Any) -> Any:
    if "http.response.push" in (scope.get("extensions") or {}):
        await send({"type": START, "status": 200, "headers": []})
        await send({"type": "http.response.push", "path": "/s.css", "headers": []})
        return await send({"type": BODY, "body": of(scope, b"x")})
    await reply(send, of(scope, b"x"))


@keeps()
@http
async def debug_info(scope: Any, receive: Any, send: Any) -> Any:
    if "http.response.debug" in (scope.get("extensions") or {}):
        await send({"type": "http.response.debug", "info": {"template": "a.html"}})
    await reply(send, of(scope, b"x"))


@keeps()
@http
async def swallow_oserror(scope: Any, receive: Any, send: Any) -> Any:
    try:
        await send({"type": START, "status": 200, "headers": []})
        for _ in range(5):
            await send({"type": BODY, "body": of(scope, b"x"), "more_body": True})
        await send({"type": BODY})
    except OSError:
        pass


@keeps()
@http
async def error_page_by_app(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send, of(scope, b"sorry"), status=503, headers=[(b"retry-after", b"120")]
    )


@keeps("", "POST")
@http
async def task_group_of_reader_and_worker(scope: Any, receive: Any, send: Any) -> Any:
    left = False
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read(receive))
            group.create_task(asyncio.sleep(0.002))
    except* ConnectionError:
        left = True
    if not left:
        await reply(send, of(scope, b"hello"))


@keeps("", "GET")
@http
async def saves_before_it_ends(scope: Any, receive: Any, send: Any) -> Any:
    saving = asyncio.ensure_future(asyncio.to_thread(time.sleep, 0.02))
    try:
        await asyncio.shield(saving)
    except asyncio.CancelledError:
        await saving  # a transaction is not given up half way
        raise
    await reply(send, of(scope, b"saved"))


# WSGI


@keeps("", "GET")
@http
async def looks_for_the_disconnect_beside(scope: Any, receive: Any, send: Any) -> Any:
    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    watching = asyncio.create_task(watch())
    try:
        await send({"type": START, "status": 200, "headers": []})
        for piece in (b"a", b"b"):
            if watching.done():
                return
            await send({"type": BODY, "body": of(scope, piece), "more_body": True})
        await send({"type": BODY, "body": b""})
    except OSError:
        pass
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


@keeps("", "GET")
async def fails_to_stop(scope: Any, receive: Any, send: Any) -> Any:
    """It says so, and raises as well."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.failed", "message": "no"})
        raise ConnectionError("no")
    assert scope["type"] == "http"
    await reply(send, of(scope, b"hello"))


@keeps("", "GET")
@http
async def weak_etag_for_two_codings(scope: Any, receive: Any, send: Any) -> Any:
    await coded(scope, send, (b"etag", b'W/"1"'), (b"vary", b"Accept-Encoding"))


@keeps("", "GET")
@http
async def compresses_for_no_cache(scope: Any, receive: Any, send: Any) -> Any:
    await coded(scope, send, (b"cache-control", b"no-store"))


@keeps("", "POST")
@http
async def echoes_each_piece(scope: Any, receive: Any, send: Any) -> Any:
    """The answer begins before the request is over, and stops with the client."""
    await send({"type": START, "status": 200, "headers": []})
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            return
        more = event.get("more_body", False)
        piece = event.get("body", b"")
        await send({"type": BODY, "body": piece, "more_body": more})


class OldSequence:
    def __getitem__(self, index: int) -> bytes:
        return (b"a", b"b")[index]


@keeps_wsgi("", "GET")
def w_iterated_by_index(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return OldSequence()


@keeps_wsgi("", "POST")
def w_refuses_one_half(environ: Any, start_response: Any) -> Any:
    left, body = int(environ.get("CONTENT_LENGTH") or 0), b""
    while left and (piece := environ["wsgi.input"].read(min(left, 3))):
        body += piece
        left -= len(piece)
    start_response("400 Bad Request" if left else "200 OK", [])
    return [b"" if left else body]


@keeps_wsgi()
def w_plain(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"x"]


@keeps_wsgi("", "POST")
def w_iter_limited(environ: Any, start_response: Any) -> Any:
    n = int(environ.get("CONTENT_LENGTH") or 0)
    body = b""
    while n:
        p = environ["wsgi.input"].read(min(n, 4))
        if not p:
            break
        n -= len(p)
        body += p
    start_response("200 OK", [])
    return iter([body])


@keeps_wsgi()
def w_gen(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    for i in range(3):
        yield b"" if environ["REQUEST_METHOD"] == "HEAD" else b"a"


class WClass:
    def __init__(self, environ: Any, start_response: Any) -> None:
        self.e, self.s = environ, start_response

    def __iter__(self) -> Any:
        self.s("200 OK", [])
        yield b"x"


keeps_wsgi()(WClass)


@keeps_wsgi()
def w_exc(environ: Any, start_response: Any) -> Any:

    try:
        raise ValueError
    except ValueError:
        start_response("500 Internal Server Error", [], sys.exc_info())
    return [b"sorry"]


@keeps_wsgi()
def w_thread_local(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return (b"x",)


_lock = threading.Lock()


@keeps_wsgi()
def w_lock(environ: Any, start_response: Any) -> Any:
    with _lock:
        start_response("200 OK", [])
        return [b"x"]


@keeps_wsgi()
def w_count(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return [b"%d" % next(_c)]


@keeps_wsgi("", "POST")
def w_terminated(environ: Any, start_response: Any) -> Any:
    if environ.get("wsgi.input_terminated"):
        b = environ["wsgi.input"].read()
    else:
        b = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [])
    return [b]


@keeps_wsgi()
def w_405(environ: Any, start_response: Any) -> Any:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        start_response("405 Method Not Allowed", [("Allow", "GET, HEAD")])
        return [b""]
    start_response("200 OK", [])
    return [b"x"]


@keeps_wsgi()
def w_write(environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [])
    write(b"a")
    return []
