"""ASGI applications with a fault that people make, and what finds it."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
from typing import Any
from urllib.parse import unquote

from tests.kinds.common import BODY, START, Table, coded, http, of, reply, ws

breaks = Table()


@breaks("asgi-http/goes-on-after-error")
@http
async def sse_swallows_oserror(scope: Any, receive: Any, send: Any) -> Any:
    await send(
        {
            "type": START,
            "status": 200,
            "headers": [(b"content-type", b"text/event-stream")],
        }
    )
    while True:
        try:
            await send({"type": BODY, "body": b"data: x\n\n", "more_body": True})
        except OSError:
            pass
        await asyncio.sleep(0.01)


@breaks("asgi-http/no-response")
@http
async def silent_on_head(scope: Any, receive: Any, send: Any) -> Any:
    if scope["method"] == "HEAD":
        return
    await reply(send)


@breaks("asgi-http/no-response")
@http
async def silent_on_options(scope: Any, receive: Any, send: Any) -> Any:
    if scope["method"] == "OPTIONS":
        return
    await reply(send)


@breaks("http/content-too-long")
@http
async def length_in_characters(scope: Any, receive: Any, send: Any) -> Any:
    text = "grüße"
    await reply(
        send,
        of(scope, text.encode()),
        headers=[(b"content-length", str(len(text)).encode())],
    )


_blocks = iter([b"one", b"two"])


@breaks("asgi/second-answer-empty")
@http
async def exhausted_generator(scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 200, "headers": []})
    for b in _blocks:
        await send({"type": BODY, "body": b, "more_body": True})
    await send({"type": BODY, "body": b""})


_count = itertools.count()


@breaks("error")
@http
async def raises_the_second_time(scope: Any, receive: Any, send: Any) -> Any:
    if next(_count):
        raise RuntimeError("cannot reuse already awaited coroutine")
    await reply(send)


@breaks("probe-http/header-names-in-upper-case")
@http
async def needs_host(scope: Any, receive: Any, send: Any) -> Any:
    host = dict(scope["headers"])[b"host"]
    await reply(send, host)


@breaks("probe-http/options")
@http
async def method_table(scope: Any, receive: Any, send: Any) -> Any:
    async def get() -> Any:
        await reply(send)

    async def head() -> Any:
        await reply(send, b"")

    await {"GET": get, "HEAD": head}[scope["method"]]()


@breaks("advice/error-after-client-left")
@http
async def answers_after_disconnect_error(scope: Any, receive: Any, send: Any) -> Any:
    try:
        await send({"type": START, "status": 200, "headers": []})
        await send({"type": BODY, "body": b"a", "more_body": True})
        await send({"type": BODY, "body": b"b"})
    except Exception:
        await send({"type": START, "status": 500, "headers": []})
        await send({"type": BODY, "body": b"oops"})


_fields = [(b"content-type", b"text/plain")]


@breaks("http/fields-grow")
@http
async def shared_headers_grow(scope: Any, receive: Any, send: Any) -> Any:
    _fields.append((b"set-cookie", b"id=1"))
    await send({"type": START, "status": 200, "headers": _fields})
    await send({"type": BODY, "body": b"x"})


@breaks("probe-http/body-with-empty-pieces", "POST")
@http
async def stops_at_empty_piece(scope: Any, receive: Any, send: Any) -> Any:
    body = b""
    while True:
        m = await receive()
        if not m.get("body"):
            break
        body += m["body"]
        if not m.get("more_body"):
            break
    await reply(send, body)


@breaks("probe-http/body-without-content-length", "POST")
@http
async def reads_by_content_length(scope: Any, receive: Any, send: Any) -> Any:
    n = int(dict(scope["headers"]).get(b"content-length", b"0"))
    body = b""
    while len(body) < n:
        m = await receive()
        if m["type"] == "http.disconnect":
            return
        body += m.get("body", b"")
    await reply(send, body)


@breaks("asgi/unknown-protocol-accepted")
async def returns_from_other_scopes(scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] != "http":
        return
    await reply(send)


@breaks("http/content-coding")
@http
async def truncated_gzip(scope: Any, receive: Any, send: Any) -> Any:
    data = gzip.compress(b"hello" * 100)[:-8]
    await reply(send, of(scope, data), headers=[(b"content-encoding", b"gzip")])


@breaks("http/content-coding")
@http
async def deflate_is_plain(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"hello"), headers=[(b"content-encoding", b"deflate")])


@breaks("http/206-not-asked-for")
@http
async def partial_without_being_asked(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send,
        of(scope, b"hello"),
        status=206,
        headers=[(b"content-range", b"bytes 0-4/10")],
    )


@breaks("http/206-length")
@http
async def content_range_is_wrong(scope: Any, receive: Any, send: Any) -> Any:
    if dict(scope["headers"]).get(b"range"):
        await reply(
            send, b"hel", status=206, headers=[(b"content-range", b"bytes 0-4/5")]
        )
    else:
        await reply(send, of(scope, b"hello"), headers=[(b"accept-ranges", b"bytes")])


@breaks("http/304-with-content")
@http
async def not_modified_with_body(scope: Any, receive: Any, send: Any) -> Any:
    if dict(scope["headers"]).get(b"if-none-match") == b'"v1"':
        await reply(send, b"hello", status=304, headers=[(b"etag", b'"v1"')])
    else:
        await reply(send, of(scope, b"hello"), headers=[(b"etag", b'"v1"')])


class Shared:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        if scope["type"] != "http":
            raise NotImplementedError
        self.scope, self.send = scope, send
        await asyncio.sleep(0)
        await self.respond()

    async def respond(self) -> Any:
        path = self.scope["query_string"]
        await self.send({"type": START, "status": 200, "headers": []})
        await asyncio.sleep(0)
        await self.send(
            {
                "type": BODY,
                "body": b"" if self.scope["method"] == "HEAD" else b"q=" + path,
            }
        )


breaks("asgi/answers-mixed")(Shared())


@breaks("error")
async def hangs_at_shutdown(scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.sleep(3600)
    elif scope["type"] == "http":
        await reply(send)
    else:
        raise NotImplementedError


@breaks("error")
@http
async def exits_in_request(scope: Any, receive: Any, send: Any) -> Any:
    raise SystemExit(3)


@breaks("error", "ws")
@ws
async def ignores_the_disconnect(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        m = await receive()
        if m.get("text"):
            await send({"type": "websocket.send", "text": m["text"]})


@breaks("advice/message-raises", "ws")
@ws
async def assumes_text(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        m = await receive()
        if m["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": m["text"].upper()})


@breaks("error", "ws")
@ws
async def waits_for_messages_before_accept(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    m = await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": m.get("text", "")})


@breaks("asgi/unknown-event-type", "ws")
@ws
async def http_denial_in_a_socket(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await reply(send, status=403)


_readers: list[Any] = []


@breaks("advice/tasks-left", "ws", repeats=True)
@ws
async def leaves_a_reader(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})

    async def reader() -> Any:
        await asyncio.sleep(3600)

    _readers.append(asyncio.ensure_future(reader()))
    while (await receive())["type"] != "websocket.disconnect":
        pass


_clients: set[Any] = set()


@breaks("advice/memory-grows", "ws", repeats=True)
@ws
async def never_forgets_clients(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    _clients.add((send, bytes(bytearray(2000))))
    while (await receive())["type"] != "websocket.disconnect":
        pass


_broadcast: list[Any] = []


@breaks("advice/message-raises", "ws")
@ws
async def broadcasts_to_the_gone(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    _broadcast.append(send)
    while (m := await receive())["type"] != "websocket.disconnect":
        for each in _broadcast:
            await each({"type": "websocket.send", "text": "hi"})


@breaks("asgi-websocket/close-code-type", "ws")
@ws
async def closes_with_text_code(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while (m := await receive())["type"] != "websocket.disconnect":
        if "bytes" in m and m["bytes"] is not None:
            await send({"type": "websocket.close", "code": "1003"})
            return


@breaks("asgi-websocket/sent-payload", "ws")
@ws
async def echoes_both_keys(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while (m := await receive())["type"] != "websocket.disconnect":
        await send(
            {
                "type": "websocket.send",
                "text": m.get("text") or "",
                "bytes": m.get("bytes") or b"",
            }
        )


@breaks("advice/send-after-disconnect", "ws")
@ws
async def sends_after_disconnect(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    try:
        while (m := await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        await send({"type": "websocket.close", "code": 1000})


@breaks("asgi-websocket/subprotocol-not-asked-for", "ws")
@ws
async def takes_any_subprotocol(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-ws"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


@breaks("advice/message-raises", "ws")
@ws
async def json_dies_on_bad_message(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.accept"})
    while (m := await receive())["type"] != "websocket.disconnect":
        await send(
            {
                "type": "websocket.send",
                "text": json.dumps(json.loads(m.get("text") or "null")),
            }
        )


@breaks("asgi-websocket/close-reason", "ws")
@ws
async def close_reason_bytes(scope: Any, receive: Any, send: Any) -> Any:
    await receive()
    await send({"type": "websocket.close", "code": 4000, "reason": b"no"})


@breaks("asgi-extensions/trailers-not-announced")
@http
async def trailers_without_announcing(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"x"))
    if "http.response.trailers" in (scope.get("extensions") or {}):
        await send({"type": "http.response.trailers", "headers": [(b"x", b"1")]})


@breaks("asgi/extension-not-offered")
@http
async def uses_extension_blindly(scope: Any, receive: Any, send: Any) -> Any:
    await send(
        {"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]}
    )
    await reply(send)


@breaks("http/content-too-short")
@http
async def content_length_of_gzip_before(scope: Any, receive: Any, send: Any) -> Any:
    body = b"hello" * 40
    z = gzip.compress(body)
    await reply(
        send,
        of(scope, z),
        headers=[
            (b"content-length", str(len(body)).encode()),
            (b"content-encoding", b"gzip"),
        ],
    )


@breaks("asgi-headers/not-bytes")
@http
async def redirect_by_str(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, b"", status=302, headers=[(b"location", "/there")])


@breaks("asgi-http/no-response")
@http
async def fire_and_forget_send(scope: Any, receive: Any, send: Any) -> Any:
    async def later() -> Any:
        await asyncio.sleep(0.05)
        await reply(send)

    asyncio.ensure_future(later())


@breaks("asgi-http/no-response")
@http
async def unawaited_send(scope: Any, receive: Any, send: Any) -> Any:
    asyncio.ensure_future(send({"type": START, "status": 200, "headers": []}))
    asyncio.ensure_future(send({"type": BODY, "body": b"hello"}))


@breaks("asgi-http/start-without-body")
@http
async def forgets_await_on_body(scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 200, "headers": []})
    c = send({"type": BODY, "body": b"hello"})
    if hasattr(c, "close"):
        c.close()


@breaks("asgi-http/body-type")
@http
async def memoryview_body(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, memoryview(b"hello"))


@breaks("http/field-value")
@http
async def cookie_with_newline(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send, of(scope, b"x"), headers=[(b"set-cookie", b"a=1\r\nset-cookie: b=2")]
    )


@breaks("http/single-field-repeated")
@http
async def two_lengths(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send,
        of(scope, b"x"),
        headers=[(b"content-length", b"1"), (b"content-length", b"1")],
    )


@breaks("asgi-http/framed-by-hand")
@http
async def sets_transfer_encoding(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send,
        of(scope, b"5\r\nhello\r\n0\r\n\r\n"),
        headers=[(b"transfer-encoding", b"chunked")],
    )


@breaks("http/date")
@http
async def last_modified_iso(scope: Any, receive: Any, send: Any) -> Any:
    await reply(
        send, of(scope, b"hello"), headers=[(b"last-modified", b"2026-01-01T00:00:00Z")]
    )


@breaks("http/etag")
@http
async def unquoted_etag(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, of(scope, b"hello"), headers=[(b"etag", b"abc")])


@breaks("asgi-http/status-type")
@http
async def status_enum_str(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, status="200 OK")


@breaks("asgi-http/status-type")
@http
async def true_status(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, status=True)


@breaks("asgi-http/status-type")
@http
async def float_status(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, status=200.0)


@breaks("asgi-http/unfinished-body")
@http
async def more_body_forever_true(scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 200, "headers": []})
    await send({"type": BODY, "body": b"x", "more_body": True})


@breaks("error")
@http
async def waits_for_disconnect_before_answer(
    scope: Any, receive: Any, send: Any
) -> Any:
    while (await receive())["type"] != "http.disconnect":
        pass
    await reply(send)


@breaks("asgi-http/after-final-body")
@http
async def swallows_cancel(scope: Any, receive: Any, send: Any) -> Any:
    while True:
        try:
            await reply(send)
            await asyncio.sleep(3600)
        except BaseException:
            continue


_used_up = (field for field in [(b"content-type", b"text/plain")])


@breaks("http/fields-only-once", "GET")
@http
async def fields_from_a_generator(scope: Any, receive: Any, send: Any) -> Any:
    await send({"type": START, "status": 200, "headers": _used_up})
    await send({"type": BODY, "body": of(scope, b"hello")})


@breaks("error", "GET")
@http
async def waits_for_what_was_cancelled(scope: Any, receive: Any, send: Any) -> Any:
    finished = asyncio.Event()

    async def job() -> None:
        await asyncio.sleep(0.01)
        finished.set()

    try:
        await asyncio.ensure_future(job())
    finally:
        await finished.wait()
    await reply(send, of(scope, b"hello"))


@breaks("probe-http/root-path", "/page")
@http
async def root_path_twice(scope: Any, receive: Any, send: Any) -> Any:
    path = scope.get("root_path", "") + scope["path"]
    ok = path in ("/page", scope.get("root_path", "") + "/page")
    await reply(send, status=200 if ok else 404)


@breaks("probe-http/without-client")
@http
async def client_required(scope: Any, receive: Any, send: Any) -> Any:
    host, port = scope["client"]
    await reply(send, host.encode())


@breaks("probe-http/without-scheme")
@http
async def scheme_index(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, scope["scheme"].encode())


@breaks("probe-http/headers-repeated")
@http
async def http_version_float(scope: Any, receive: Any, send: Any) -> Any:
    {"1.0": 1, "1.1": 2}[scope["http_version"]]
    await reply(send)


@breaks("probe-http/odd-query")
@http
async def query_utf8(scope: Any, receive: Any, send: Any) -> Any:
    scope["query_string"].decode("utf-8")
    unquote(scope["query_string"].decode(), errors="strict")
    dict(p.split("=") for p in scope["query_string"].decode().split("&") if p)
    await reply(send)


@breaks("probe-http/headers-as-tuple-of-lists")
@http
async def headers_are_list_index(scope: Any, receive: Any, send: Any) -> Any:
    scope["headers"].sort()
    await reply(send)


@breaks("asgi/answers-mixed", "GET")
async def shares_a_dict_of_the_state(scope: Any, receive: Any, send: Any) -> Any:
    """Each request has a copy of the state, and not of what is in it."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["now"] = {}
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    assert scope["type"] == "http"
    now = scope["state"]["now"]
    now["query"] = scope["query_string"]
    await receive()
    await asyncio.sleep(0.002)
    await reply(send, of(scope, b"you asked for " + now["query"]))


@breaks("error", "GET")
async def replaces_the_state(scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] == "lifespan":
        await receive()
        scope["state"] = {"pool": 1}
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    assert scope["type"] == "http"
    await reply(send, b"%d" % scope["state"]["pool"])


@breaks("error", "GET")
async def raises_at_shutdown(scope: Any, receive: Any, send: Any) -> Any:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise ConnectionError("the pool is gone")
    assert scope["type"] == "http"
    await reply(send)


@breaks("http/set-cookie-folded", "GET")
@http
async def joins_cookies(scope: Any, receive: Any, send: Any) -> Any:
    cookies = b"a=1; Path=/, b=2; Path=/"
    await reply(send, of(scope, b"hello"), headers=[(b"set-cookie", cookies)])


@breaks("http/field-value", "GET")
@http
async def redirects_to_the_decoded_path(scope: Any, receive: Any, send: Any) -> Any:
    target = scope["path"].encode() + b"/"
    await reply(send, b"", 307, [(b"location", target)])


@breaks("http/206-without-range", "GET")
@http
async def part_of_nothing(scope: Any, receive: Any, send: Any) -> Any:
    if b"range" in dict(scope["headers"]):
        await reply(send, b"he", 206)
    else:
        await reply(send, of(scope, b"hello"))


@breaks("http/interim-status", "GET")
@http
async def ends_with_100(scope: Any, receive: Any, send: Any) -> Any:
    await reply(send, b"", 100)


@breaks("http/etag-of-two-codings", "GET")
@http
async def one_etag_for_two_codings(scope: Any, receive: Any, send: Any) -> Any:
    await coded(scope, send, (b"etag", b'"1"'), (b"vary", b"accept-encoding"))


@breaks("advice/vary-missing", "GET")
@http
async def no_vary(scope: Any, receive: Any, send: Any) -> Any:
    await coded(scope, send)


_files: list[Any] = []


@breaks("advice/files-left", "GET", repeats=True)
@http
async def file_left_by_who_leaves(scope: Any, receive: Any, send: Any) -> Any:
    """An OSError of `send` comes before the line that closes the file."""
    file = open(__file__, "rb")
    _files.append(file)
    await send({"type": START, "status": 200, "headers": []})
    for _ in range(3):
        await send({"type": BODY, "body": file.read(9), "more_body": True})
    file.close()
    await send({"type": BODY, "body": b""})


@breaks("advice/tasks-left", "GET", repeats=True)
@http
async def task_left_by_who_leaves(scope: Any, receive: Any, send: Any) -> Any:
    ticking = asyncio.create_task(asyncio.sleep(3600))
    await send({"type": START, "status": 200, "headers": []})
    for _ in range(3):
        await send({"type": BODY, "body": b"x", "more_body": True})
    ticking.cancel()
    await send({"type": BODY, "body": b""})
