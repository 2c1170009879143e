"""Applications that go wrong in ways that no single exchange shows, and legal ones.

Each broken one is a row with what must be found in it, and nothing else may be. The
correct ones do something unusual that a hasty tool would call a fault.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qs

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.probe import Asked
from asgi_compare.judge.selection import Selection
from tests.broken_apps.apps import ACCEPT, BODY, START, event, only, start
from tests.judge.probes.playing import GET, TALK, checked, plain
from tests.tables import each_row

PAGE = Asked("GET /page", Request(target=b"/page"), ("--path", "/page"))
FORM = Asked("POST /", Request("POST", body=(b"a=1&b=2&c=3",)), ("--path", "POST:/"))


@dataclass(frozen=True)
class Row:
    """One application, what is asked of it, and all that must be found."""

    name: str
    application: Any
    finds: tuple[str, ...] = ()
    """Ids of what must be found; empty where it is the error that counts."""
    asked: tuple[Asked, ...] = (GET,)
    interface: Any = "asgi"
    error: str = ""
    """How the error must begin."""
    repeats: bool = False


async def body_of(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        piece = await receive()
        if piece["type"] == "http.disconnect":
            raise ConnectionError("the client has left")
        body += piece.get("body", b"")
        more = piece.get("more_body", False)
    return body


async def say(send: Any, text: bytes, status: int = 200, *fields: Any) -> None:
    await send(start(status, list(fields)))
    await send(BODY | {"body": text})


# Broken ------------------------------------------------------------------------------


@only("http")
async def accepts_a_request(scope: Any, receive: Any, send: Any) -> None:
    await send(ACCEPT)


async def starts_in_a_lifespan(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        with suppress(RuntimeError):
            await send(START)
        raise NotImplementedError
    await plain(scope, receive, send)


async def answers_what_it_does_not_know(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] in ("lifespan", "websocket"):
        raise NotImplementedError
    await send(START)
    await send(BODY)


@only("http")
async def always_raises(scope: Any, receive: Any, send: Any) -> None:
    json.loads("{")


@only("http")
async def stops_half_way(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(BODY | {"more_body": True})
    raise OSError("no disk")


async def never_ready(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await asyncio.Event().wait()
    await plain(scope, receive, send)


async def dies_between(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send(event("lifespan.startup.complete"))
        raise OSError("the watcher has failed")
    await plain(scope, receive, send)


@only("http")
async def counts_the_first_piece(scope: Any, receive: Any, send: Any) -> None:
    piece = await receive()
    await say(send, b"%d" % min(len(piece.get("body", b"")), 1))


@only("http")
async def stores_the_half(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await say(send, b"stored", 201 if scope["method"] == "POST" else 200)


@only("http")
async def echoes_the_half(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        piece = await receive()
        body += piece.get("body", b"")
        if not piece.get("more_body"):
            break
    await say(send, body)


@only("http")
async def does_not_strip_its_mount(scope: Any, receive: Any, send: Any) -> None:
    await say(send, b"page", 200 if scope["path"] == "/page" else 404)


@only("http")
async def reads_the_raw_path(scope: Any, receive: Any, send: Any) -> None:
    raw = scope.get("raw_path") or scope["path"].encode()
    root = scope.get("root_path", "")
    known = scope["path"].removeprefix(root) == "/page" and not raw.count(b"%65")
    await say(send, b"page", 200 if known else 404)


@only("http")
async def joins_cookies_with_a_comma(scope: Any, receive: Any, send: Any) -> None:
    cookies = b",".join(v for n, v in scope["headers"] if n.lower() == b"cookie")
    pairs = [pair.split(b"=", 1) for pair in cookies.split(b"; ") if b"=" in pair]
    await say(
        send, json.dumps({n.decode("latin-1"): len(v) for n, v in pairs}).encode()
    )


@only("http")
async def splits_its_query(scope: Any, receive: Any, send: Any) -> None:
    query = scope.get("query_string") or b""
    pairs = dict(pair.split(b"=") for pair in query.split(b"&") if pair)
    await say(send, b"%d" % bool(pairs.get(b"page")))


@only("http")
async def knows_one_version(scope: Any, receive: Any, send: Any) -> None:
    await say(send, b"hello", 200 if scope["http_version"] != "2" else 400)


@only("http")
async def wants_a_scheme(scope: Any, receive: Any, send: Any) -> None:
    await say(send, b"hello", 200 if scope.get("scheme") else 400)


@only("http")
async def lies_about_head(scope: Any, receive: Any, send: Any) -> None:
    body = b"" if scope["method"] == "HEAD" else b"hello, world"
    await say(send, body, 200, (b"content-length", b"%d" % len(body)))


@only("http")
async def heads_have_another_type(scope: Any, receive: Any, send: Any) -> None:
    kind = b"text/plain" if scope["method"] == "HEAD" else b"text/html"
    await say(
        send,
        b"" if scope["method"] == "HEAD" else b"hello",
        200,
        (b"content-type", kind),
    )


@only("http")
async def compresses_get_only(scope: Any, receive: Any, send: Any) -> None:
    fields = dict(scope["headers"])
    body, coding = b"hello" * 50, []
    length = len(body)
    if b"gzip" in fields.get(b"accept-encoding", b"") and scope["method"] == "GET":
        body = gzip.compress(body, mtime=0)
        coding, length = [(b"content-encoding", b"gzip")], len(body)
    body = b"" if scope["method"] == "HEAD" else body
    await say(send, body, 200, (b"content-length", b"%d" % length), *coding)


@only("http")
async def calls_it_gzip(scope: Any, receive: Any, send: Any) -> None:
    body = b"" if scope["method"] == "HEAD" else b"hello"
    await say(send, body, 200, (b"content-encoding", b"gzip"))


async def ignores_a_socket(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await plain(scope, receive, send)
    elif scope["type"] != "websocket":
        raise NotImplementedError


SHARED: dict[str, bytes] = {}


@only("http")
async def shares_its_state(scope: Any, receive: Any, send: Any) -> None:
    SHARED["query"] = scope.get("query_string") or b""
    await asyncio.sleep(0)
    known = b"" if b"another" not in SHARED["query"] else b"another"
    await say(send, b"" if scope["method"] == "HEAD" else b"[" + known + b"]")


def wsgi_head_lies(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else b"hello"
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def wsgi_blanks(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Set-Cookie", " a=1")])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]


def wsgi_raises(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    raise LookupError("no such page")


def wsgi_mounted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    status = "404 Not Found" if environ.get("SCRIPT_NAME") else "200 OK"
    start_response(status, [])
    return []


LEFT = "probe-http/client-leaves-while-sending"
PIECES = (
    "probe-http/body-in-pieces",
    "probe-http/body-byte-by-byte",
    "probe-http/body-with-empty-pieces",
    "probe-http/body-arrives-slowly",
)
UNKNOWN = "asgi/unknown-protocol-accepted"
EVENT = "asgi/unknown-event-type"

BROKEN = (
    Row("accepts a request", accepts_a_request, (EVENT,)),
    Row("starts a response in a lifespan", starts_in_a_lifespan, (EVENT,)),
    Row("answers what it does not know", answers_what_it_does_not_know, (UNKNOWN,)),
    Row(
        "always raises",
        always_raises,
        error="The application raised JSONDecodeError: Expecting property name",
    ),
    Row(
        "stops half way",
        stops_half_way,
        error="The application raised OSError: no disk (test_check_kinds.py:",
    ),
    Row(
        "is never ready", never_ready, error="The application did not start: no answer"
    ),
    Row("dies between start and stop", dies_between, ("asgi-lifespan/raised-early",)),
    Row(
        "counts the first piece",
        counts_the_first_piece,
        ("asgi-http/more-body-ignored", "probe-http/body-with-empty-pieces"),
        (FORM,),
    ),
    Row("stores the half", stores_the_half, ("asgi-http/half-body-accepted",), (FORM,)),
    Row("echoes the half", echoes_the_half, ("asgi-http/half-body-accepted",), (FORM,)),
    Row(
        "does not strip its mount",
        does_not_strip_its_mount,
        ("probe-http/root-path",),
        (PAGE,),
    ),
    Row(
        "reads the raw path",
        reads_the_raw_path,
        ("probe-http/path-encoded-otherwise",),
        (PAGE,),
    ),
    Row(
        "joins cookies with a comma",
        joins_cookies_with_a_comma,
        ("probe-http/cookies-in-two-fields",),
    ),
    Row("splits its query", splits_its_query, ("probe-http/odd-query",)),
    Row("knows one version", knows_one_version, ("probe-http/http-2",)),
    Row("wants a scheme", wants_a_scheme, ("probe-http/without-scheme",)),
    Row("lies about HEAD", lies_about_head, ("http/head-length-differs",)),
    Row(
        "has another type for HEAD",
        heads_have_another_type,
        ("http/head-fields-differ",),
    ),
    Row("compresses GET only", compresses_get_only, ("http/head-length-differs",)),
    Row("calls it gzip", calls_it_gzip, ("http/content-coding",)),
    Row(
        "returns from a WebSocket that was asked for",
        ignores_a_socket,
        ("asgi-websocket/connect-unanswered",),
        (TALK,),
    ),
    Row(
        "lies about HEAD over WSGI",
        wsgi_head_lies,
        ("http/head-length-differs",),
        interface="wsgi",
    ),
    Row(
        "puts blanks around a cookie",
        wsgi_blanks,
        ("http/field-value-blanks",),
        interface="wsgi",
    ),
    Row(
        "raises over WSGI",
        wsgi_raises,
        error="The application raised LookupError: no such page (test_check_kinds.py:",
        interface="wsgi",
    ),
    Row("shares its state", shares_its_state, ("asgi/answers-mixed",)),
    Row(
        "is lost below a mount over WSGI",
        wsgi_mounted,
        ("probe-wsgi/script-name",),
        interface="wsgi",
    ),
)


@each_row("row", BROKEN, ids=attrgetter("name"))
def test_broken_application_of_a_kind_of_its_own_is_found(row: Row) -> None:
    found = checked(row.application, row.interface, asked=row.asked)

    assert sorted(p.rule for p in found.problems) == sorted(row.finds)
    errors = [verdict.reason for verdict in found.of("error")]
    assert bool(errors) == bool(row.error)
    assert all(each.startswith(row.error) for each in errors)
    assert found.code == 1


# Correct -----------------------------------------------------------------------------


@only("http")
async def mends_its_own_path(scope: Any, receive: Any, send: Any) -> None:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    await say(send, b"page", 200 if path == "/page" else 404)


@only("http")
async def refuses_an_old_version(scope: Any, receive: Any, send: Any) -> None:
    old = scope["http_version"] == "1.0"
    await say(send, b"hello", 505 if old else 200)


@only("http")
async def refuses_strangers(scope: Any, receive: Any, send: Any) -> None:
    client = scope.get("client")
    await say(send, b"hello", 200 if client else 403)


@only("http")
async def refuses_early(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await say(send, b"too much", 413)


@only("http")
async def gives_up_with_its_client(scope: Any, receive: Any, send: Any) -> None:
    with suppress(ConnectionError):
        body = await body_of(receive)
        await say(send, body, 201 if scope["method"] == "POST" else 200)


@only("http")
async def joins_cookies_well(scope: Any, receive: Any, send: Any) -> None:
    cookies = b"; ".join(v for n, v in scope["headers"] if n.lower() == b"cookie")
    await say(send, cookies.replace(b"\xff", b"?"))


@only("http")
async def reads_its_query(scope: Any, receive: Any, send: Any) -> None:
    query = (scope.get("query_string") or b"").decode("latin-1")
    await say(send, b"%d" % len(parse_qs(query).get("page", [])))


@only("http")
async def compresses_well(scope: Any, receive: Any, send: Any) -> None:
    asked = dict(scope["headers"]).get(b"accept-encoding", b"")
    body = b"hello" * 50
    coding = [(b"content-encoding", b"gzip")] if b"gzip" in asked else []
    body = gzip.compress(body, mtime=0) if coding else body
    length = (b"content-length", b"%d" % len(body))
    await say(send, b"" if scope["method"] == "HEAD" else body, 200, length, *coding)


@only("http")
async def works_after_its_answer(scope: Any, receive: Any, send: Any) -> None:
    await say(send, b"hello")
    raise OSError("the work behind the answer has failed")


@only("websocket")
async def speaks_websocket_only(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(ACCEPT)
    while (heard := await receive())["type"] == "websocket.receive":
        await send(event("websocket.send", text=heard.get("text") or "bytes"))


def wsgi_makes_its_blocks_once(
    environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    class Once:
        def __init__(self) -> None:
            self.blocks = [b"hel", b"lo"]

        def __iter__(self) -> Any:
            blocks, self.blocks = self.blocks, []
            return iter(blocks)

    start_response("200 OK", [("Content-Length", "5")])
    return Once()


@only("http")
async def sends_from_a_thread(scope: Any, receive: Any, send: Any) -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        for each in (START, BODY):
            asyncio.run_coroutine_threadsafe(send(dict(each)), loop).result()

    await loop.run_in_executor(None, work)


@only("http")
async def waits_for_its_sender(scope: Any, receive: Any, send: Any) -> None:
    async def work() -> None:
        for each in (START, BODY):
            await send(dict(each))

    sender = asyncio.create_task(work())
    try:
        await asyncio.sleep(0.005)
    finally:
        await asyncio.wait([sender])


def slow_once() -> Any:
    ready: list[bool] = []

    @only("http")
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "OPTIONS" and not ready:
            ready.append(True)
            await asyncio.sleep(0.7)
        await say(send, b"hello")

    return application


CORRECT = (
    Row("mends its own path", mends_its_own_path, asked=(PAGE,)),
    Row("refuses an old version", refuses_an_old_version),
    Row("refuses strangers", refuses_strangers),
    Row("refuses early", refuses_early, asked=(FORM,)),
    Row("gives up with its client", gives_up_with_its_client, asked=(FORM,)),
    Row("joins cookies well", joins_cookies_well),
    Row("reads its query", reads_its_query),
    Row("compresses well", compresses_well),
    Row("works after its answer", works_after_its_answer),
    Row("speaks WebSocket only", speaks_websocket_only, asked=()),
    Row("makes its blocks once", wsgi_makes_its_blocks_once, interface="wsgi"),
    Row("sends from a thread", sends_from_a_thread, asked=(GET, PAGE)),
    Row("waits for its sender", waits_for_its_sender),
    Row("is slow once", slow_once()),
)


@each_row("row", CORRECT, ids=attrgetter("name"))
def test_correct_application_of_a_kind_of_its_own_passes(row: Row) -> None:
    found = checked(row.application, row.interface, asked=row.asked, deadline=1.5)

    assert [p.message for p in found.problems] == []
    assert [v.reason for v in found.of("error")] == []
    assert found.code == 0


# Advice ------------------------------------------------------------------------------

KEPT: list[Any] = []
"""What the applications below leave behind, so that it is not collected."""


def clean_up() -> None:
    while KEPT:
        thing = KEPT.pop()
        if isinstance(thing, threading.Event):
            thing.set()
        elif hasattr(thing, "close"):
            thing.close()


@only("http")
async def leaves_a_task(scope: Any, receive: Any, send: Any) -> None:
    KEPT.append(asyncio.create_task(asyncio.sleep(60)))
    await say(send, b"" if scope["method"] == "HEAD" else b"hello")


@only("http")
async def leaves_a_thread(scope: Any, receive: Any, send: Any) -> None:
    ends = threading.Event()
    threading.Thread(target=ends.wait, args=(20,), daemon=True).start()
    KEPT.append(ends)
    await say(send, b"")


@only("http")
async def leaves_a_file(scope: Any, receive: Any, send: Any) -> None:
    KEPT.append(tempfile.TemporaryFile())  # noqa: SIM115 - that is the fault
    await say(send, b"")


@only("http")
async def leaves_a_socket(scope: Any, receive: Any, send: Any) -> None:
    KEPT.append(socket.socket())
    await say(send, b"")


async def lines() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


@only("http")
async def leaves_a_generator(scope: Any, receive: Any, send: Any) -> None:
    async for line in lines():
        await say(send, b"" if scope["method"] == "HEAD" else line)
        return


@only("http")
async def keeps_every_request(scope: Any, receive: Any, send: Any) -> None:
    KEPT.append(bytearray(2000))
    await say(send, b"")


def wsgi_keeps_a_file(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    KEPT.append(tempfile.TemporaryFile())  # noqa: SIM115 - that is the fault
    start_response("200 OK", [])
    return []


@only("http")
async def streams_for_good(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    while True:
        await send(BODY | {"more_body": True})
        await asyncio.sleep(0.01)


@only("http")
async def makes_an_error_of_it(scope: Any, receive: Any, send: Any) -> None:
    try:
        await body_of(receive)
    except ConnectionError:
        await say(send, b"oops", 500)
    else:
        await say(send, b"")


@only("http")
async def changes_the_path(scope: Any, receive: Any, send: Any) -> None:
    scope["path"] = "/other"
    await say(send, b"")


@only("http")
async def blocks_the_loop(scope: Any, receive: Any, send: Any) -> None:
    time.sleep(0.15)  # noqa: ASYNC251 - that is the fault
    await say(send, b"")


@only("http")
async def sends_content_with_a_head(scope: Any, receive: Any, send: Any) -> None:
    await say(send, b"hello")


WHO: ContextVar[str] = ContextVar("who", default="nobody")


@only("http")
async def remembers_who(scope: Any, receive: Any, send: Any) -> None:
    who = WHO.get()
    WHO.set("somebody")
    await say(send, b"" if scope["method"] == "HEAD" else who.encode())


@only("http")
async def drains_what_it_does_not_need(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await say(send, b"")


ADVICE = (
    Row("leaves a task", leaves_a_task, ("advice/tasks-left",), repeats=True),
    Row("leaves a thread", leaves_a_thread, ("advice/threads-left",), repeats=True),
    Row("leaves a file", leaves_a_file, ("advice/files-left",), repeats=True),
    Row("leaves a socket", leaves_a_socket, ("advice/files-left",), repeats=True),
    Row(
        "leaves a generator",
        leaves_a_generator,
        ("advice/generators-left",),
        repeats=True,
    ),
    Row(
        "keeps every request",
        keeps_every_request,
        ("advice/memory-grows",),
        repeats=True,
    ),
    Row(
        "keeps a file over WSGI",
        wsgi_keeps_a_file,
        ("advice/files-left",),
        interface="wsgi",
        repeats=True,
    ),
    Row("streams for good", streams_for_good, ("advice/stream-goes-on",)),
    Row(
        "makes an error of it",
        makes_an_error_of_it,
        ("advice/error-after-client-left",),
    ),
    Row("changes the path", changes_the_path, ("advice/scope-changed",)),
    Row("blocks the loop", blocks_the_loop, ("advice/loop-blocked",)),
    Row("sends content", sends_content_with_a_head, ("advice/head-with-content",)),
    Row("remembers who", remembers_who, ("probe-http/inherited-context",)),
    Row(
        "drains what it does not need",
        drains_what_it_does_not_need,
        ("advice/half-body-answered",),
        (FORM,),
    ),
)


@each_row("row", ADVICE, ids=attrgetter("name"))
def test_advice_is_given_and_fails_only_where_it_counts(row: Row) -> None:
    found = checked(
        row.application, row.interface, asked=row.asked, repeats=row.repeats
    )
    clean_up()

    assert found.problems == []
    assert [p.rule for p in found.advice] == [*row.finds]
    assert {p.level for p in found.advice} == {"advice"}
    assert found.code == 0


def test_advice_counts_with_its_level() -> None:
    found = checked(changes_the_path, asked=(GET,), selection=Selection(level="advice"))

    assert [p.rule for p in found.problems] == ["advice/scope-changed"]
    assert found.advice == []
    assert found.code == 1


def test_advice_names_the_line_that_made_what_is_left() -> None:
    found = checked(leaves_a_task, asked=(GET,), repeats=True)
    clean_up()

    message = found.advice[0].message
    assert message.startswith(
        "Expected no task to be left behind, but 6 equal requests"
    )
    assert "created at test_check_kinds.py:" in message


@only("http")
async def cleans_up(scope: Any, receive: Any, send: Any) -> None:
    """Start one of each, and end it before the request is over."""
    with tempfile.TemporaryFile(), socket.socket():
        task = asyncio.create_task(asyncio.sleep(60))
        await asyncio.to_thread(time.sleep, 0)
        async for _ in lines():
            pass
        scope["added"] = "by the application, which owns what is new"
        scope["state_of_mine"] = [0] * 1000
        token = WHO.set("somebody")
        await say(send, b"" if scope["method"] == "HEAD" else b"hello")
        WHO.reset(token)
        task.cancel()


def test_no_advice_on_an_application_that_cleans_up() -> None:
    found = checked(cleans_up, asked=(GET,), repeats=True)

    assert [p.message for p in (*found.problems, *found.advice)] == []
