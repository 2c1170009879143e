"""Applications that are unusual and keep every rule.

Each does something that the specification allows and that a hasty validator flags.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from asgi_compare.contract.scenario import (
    Client,
    Conversation,
    Exchange,
    Lifetime,
    Request,
)
from tests import unusual_apps, unusual_wsgi_apps
from tests.broken_apps.apps import (
    ACCEPT,
    BODY,
    CLOSE,
    DENIAL,
    END,
    GET,
    MORE,
    START,
    STARTED,
    STOPPED,
    TALK,
    Case,
    Environ,
    Receive,
    Scope,
    Send,
    event,
    http,
    lifespan,
    only,
    start,
    websocket,
    where_offered,
    wsgi,
)


@only("http")
async def never_receives(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send(BODY)


@only("http")
async def answers_before_it_has_read(
    scope: Scope, receive: Receive, send: Send
) -> None:
    await send(START)
    while True:
        piece = await receive()
        body = piece.get("body", b"")
        await send(event("http.response.body", body=body, more_body=True))
        if not piece.get("more_body"):
            break
    await send(END)


async def answers_head_with_a_length(
    scope: Scope, receive: Receive, send: Send
) -> None:
    fields = [(b"content-length", b"5000")]
    body = END if scope.get("method") == "HEAD" else BODY | {"body": bytes(5000)}
    await http(start(headers=fields), body)(scope, receive, send)


async def waits_for_the_disconnect(scope: Scope, receive: Receive, send: Send) -> None:
    await http(START, BODY)(scope, receive, send)
    assert (await receive())["type"] == "http.disconnect"


@only("http")
async def sends_after_the_client_has_left(
    scope: Scope, receive: Receive, send: Send
) -> None:
    await receive()
    await send(START)
    await send(MORE)
    while (await receive())["type"] != "http.disconnect":
        pass
    for each in (MORE, START, END):
        try:
            await send(each)
        except OSError:
            continue


async def raises_before_it_answers(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("no answer")


async def changes_its_scope(scope: Scope, receive: Receive, send: Send) -> None:
    scope["path"] = b"not even a str"
    await http(START, BODY)(scope, receive, send)


class Callable:
    """An object whose `__call__` is a coroutine function is an application too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await http(START, BODY)(scope, receive, send)


class OfItsOwn(dict[str, Any]):
    """A dict that is no plain dict is a dict."""


@only("http")
async def answers_from_another_task(scope: Scope, receive: Receive, send: Send) -> None:
    async def answer() -> None:
        await send(START)
        await send(BODY)

    await asyncio.create_task(answer())


@only("websocket")
async def lets_the_client_leave(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(ACCEPT)
    while (await receive())["type"] != "websocket.disconnect":
        pass


@only("websocket")
async def closes_without_listening(scope: Scope, receive: Receive, send: Send) -> None:
    await send(CLOSE)


@only("websocket")
async def leaves_while_it_is_open(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send(ACCEPT)


def replaces_its_headers(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "999")])
    try:
        raise OSError("no disk")
    except OSError:
        start_response("500 Oops", [], sys.exc_info())
    return [b"sorry"]


def starts_in_its_first_step(environ: Environ, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b""
    yield b"hello"


def writes_and_returns_nothing(
    environ: Environ, start_response: Any
) -> Iterable[bytes]:
    start_response("200 OK", [])(b"hello")
    return ()


def changes_its_environ(environ: Environ, start_response: Any) -> Iterable[bytes]:
    environ.clear()
    start_response("200 OK", [])
    return [b"hello"]


def _headers(*fields: Any) -> Any:
    return http(start(headers=fields), END)


def _case(name: str, application: Any, exchange: Exchange = GET) -> Case:
    return Case(name, application, exchange)


def _offered(name: str, extension: str, *events: Any) -> Case:
    application = where_offered(http(*events), [extension])
    return Case(name, application, extensions={extension: {}})


LEAVES = Request(client=Client(leaves_after_hearing=1))

CORRECT: tuple[Case, ...] = (
    _case("never receives", never_receives),
    _case(
        "answers before it has read",
        answers_before_it_has_read,
        Request("POST", body=(b"a", b"b")),
    ),
    _case("waits for the disconnect", waits_for_the_disconnect),
    _case("sends after the client has left", sends_after_the_client_has_left, LEAVES),
    _case("raises before it answers", raises_before_it_answers),
    _case("changes its scope", changes_its_scope),
    _case("is an object", Callable()),
    _case("answers from another task", answers_from_another_task),
    _case("sends a dict of its own", http(OfItsOwn(START), OfItsOwn(BODY))),
    _case("sends no headers", http(event("http.response.start", status=204), END)),
    _case("sends no body key", http(START, END)),
    _case("sends empty pieces", http(START, *[MORE | {"body": b""}] * 3, END)),
    _case("sends extra keys", http(START | {"x": [1, {"y": None}]}, BODY | {"z": 1.5})),
    _case("sends headers as lists", _headers([b"a", b"b"], (b"c", b"d"))),
    _case(
        "sends headers as dict items",
        http(start(headers={b"a": b"b"}.items()), END),
    ),
    _case(
        "sends headers once only",
        http(start(headers=iter([(b"a", b"b")])), END),
    ),
    _case("sends latin-1", _headers((b"x-name", b"caf\xe9\t!"))),
    _case("sends an empty value", _headers((b"x-name", b""))),
    _case("sends transfer-encoding", _headers((b"transfer-encoding", b"chunked"))),
    _case(
        "repeats a field",
        _headers((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"vary", b"*")),
    ),
    _case(
        "has commas in a cookie",
        _headers((b"set-cookie", b"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT")),
    ),
    _case("answers 299", http(start(299), END)),
    _case("answers 599", http(start(599), END)),
    _case("answers HEAD with a body", http(START, BODY), Request("HEAD")),
    _case(
        "answers HEAD with a length",
        answers_head_with_a_length,
        Request("HEAD"),
    ),
    _case(
        "answers 304 with a length",
        http(start(304, [(b"content-length", b"5"), (b"etag", b'W/"x"')]), END),
    ),
    _case(
        "redirects to nowhere in particular",
        http(start(303), END),
    ),
    _case("allows nothing", http(start(405, [(b"allow", b"")]), END)),
    _offered(
        "hints early",
        "http.response.early_hint",
        event("http.response.early_hint", links=(b"</a>",)),
        START,
        BODY,
    ),
    _offered("promises nothing", "http.response.trailers", start(trailers=False), BODY),
    _offered(
        "sends trailers in two",
        "http.response.trailers",
        start(headers=[(b"trailer", b"a, b")], trailers=True),
        BODY,
        event("http.response.trailers", headers=[(b"a", b"1")], more_trailers=True),
        event("http.response.trailers", headers=[(b"b", b"2")]),
    ),
    _case("closes before it accepts", websocket(CLOSE), TALK),
    _case(
        "closes with a code of its own", websocket(ACCEPT, CLOSE | {"code": 4999}), TALK
    ),
    _case(
        "sends both keys",
        websocket(ACCEPT, event("websocket.send", text=None, bytes=b""), CLOSE),
        TALK,
    ),
    _case(
        "accepts no subprotocol", websocket(ACCEPT | {"subprotocol": None}, CLOSE), TALK
    ),
    _case("closes without listening", closes_without_listening, TALK),
    _case("lets the client leave", lets_the_client_leave, TALK),
    _case("leaves while it is open", leaves_while_it_is_open, TALK),
    _case(
        "refuses with a page",
        where_offered(
            websocket(
                event("websocket.http.response.start", status=404),
                event("websocket.http.response.body", body=b"no", more_body=True),
                event("websocket.http.response.body"),
            ),
            DENIAL,
        ),
        Conversation(),
    ),
    _case("has no lifespan", http(START, BODY), Lifetime()),
    _case(
        "has a lifespan",
        lifespan("receive", STARTED, "receive", STOPPED),
        Lifetime(requests=(Request(),)),
    ),
    _case(
        "does not start",
        lifespan("receive", event("lifespan.startup.failed")),
        Lifetime(state=False),
    ),
    Case("replaces its headers", replaces_its_headers, wsgi=True),
    Case("starts in its first step", starts_in_its_first_step, wsgi=True),
    Case("writes and returns nothing", writes_and_returns_nothing, wsgi=True),
    Case("changes its environ", changes_its_environ, wsgi=True),
    Case("has an empty reason", wsgi("200 "), wsgi=True),
    Case("has a long reason", wsgi("404 Nobody Is Here"), wsgi=True),
    Case("returns a tuple", wsgi(blocks=(b"", b"a", b"")), wsgi=True),
    Case("sends latin-1 in wsgi", wsgi(headers=[("X-Name", "caf\xe9")]), wsgi=True),
    *unusual_apps.CASES,
    *unusual_wsgi_apps.CASES,
)
