"""More applications that are unusual and keep every rule: what they send, and when.

They are a part of `tests.correct_apps.CORRECT`. Most of them are about values that a
server must take though few applications send them: iterables of every kind, subclasses
of the plain types, texts at the edge of what a grammar allows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Generator, Iterator
from enum import IntEnum
from functools import partial
from http import HTTPStatus
from types import coroutine
from typing import Any

from asgi_compare.contract.scenario import Conversation, Exchange, Lifetime, Request
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
    Receive,
    Scope,
    Send,
    event,
    http,
    lifespan,
    start,
    websocket,
    where_offered,
)

Pair = tuple[bytes, bytes]


class Bytes(bytes):
    """Byte strings of a subclass are byte strings."""


class Text(str):
    """And so with Unicode strings."""


class Code(IntEnum):
    """Close codes with names."""

    OVERLOADED = 1013


class OneByOne:
    """A list of headers that has no more than `__iter__`."""

    def __iter__(self) -> Iterator[Pair]:
        yield (b"x-name", b"1")


class ByIndex:
    """One that has no more than `__getitem__`, which is how iterables began."""

    def __getitem__(self, index: int) -> Pair:
        return [(b"x-name", b"1")][index]


def once(*fields: Pair) -> Any:
    """Return an application that sends its headers as a generator."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        headers = (field for field in fields)
        await http(start(401, headers), END)(scope, receive, send)

    return application


async def takes_one_more(word: str, scope: Scope, receive: Receive, send: Send) -> None:
    await http(START, BODY | {"body": word.encode()})(scope, receive, send)


def gives_a_coroutine(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
    return http(START, BODY)(scope, receive, send)


async def raises_after_all_is_sent(scope: Scope, receive: Receive, send: Send) -> None:
    await http(START, BODY)(scope, receive, send)
    raise RuntimeError("the work behind the answer has failed")


async def listens_while_it_sends(scope: Scope, receive: Receive, send: Send) -> None:
    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    listener = asyncio.create_task(listen())
    try:
        for each in (START, MORE, MORE, END):
            await send(each)
    finally:
        listener.cancel()


async def swallows_its_cancellation(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await http(START, MORE, END)(scope, receive, send)
    except (asyncio.CancelledError, OSError):
        return


async def hints_once(scope: Scope, receive: Receive, send: Send) -> None:
    links = (link for link in [b"</a>; rel=preload"])
    await http(event("http.response.early_hint", links=links), START, BODY)(
        scope, receive, send
    )


async def refuses_with_headers_read_once(
    scope: Scope, receive: Receive, send: Send
) -> None:
    challenge = (field for field in [(b"www-authenticate", b"Basic")])
    await websocket(
        event("websocket.http.response.start", status=401, headers=challenge),
        event("websocket.http.response.body", body=b"no"),
    )(scope, receive, send)


@coroutine
def is_a_coroutine_of_old(
    scope: Scope, receive: Receive, send: Send
) -> Generator[Any, Any, None]:
    yield from http(START, END)(scope, receive, send).__await__()


async def receives_for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing says that an application returns once its shut-down is answered."""
    if scope["type"] != "lifespan":
        await http(START, BODY)(scope, receive, send)
        return
    while True:
        asked = await receive()
        await send(event(f"{asked['type']}.complete"))


def _case(name: str, application: Any, exchange: Exchange = GET) -> Case:
    return Case(name, application, exchange)


def _headers(*fields: Any, status: int = 200) -> Any:
    return http(start(status, list(fields)), END)


CASES = (
    _case("answers a status with a name", http(start(HTTPStatus.NOT_FOUND), BODY)),
    _case(
        "sends subclasses",
        http(
            event(
                Text("http.response.start"), status=200, headers=[(Bytes(b"a"), b"")]
            ),
            event("http.response.body", body=Bytes(b"hello")),
        ),
    ),
    _case("sends headers as a deque", http(start(headers=deque([(b"a", b"b")])), END)),
    _case("sends headers as a set", http(start(headers={(b"a", b"b")}), END)),
    _case("sends headers of its own kind", http(start(headers=OneByOne()), END)),
    _case("sends headers by index", http(start(headers=ByIndex()), END)),
    _case("challenges with headers read once", once((b"www-authenticate", b"Basic"))),
    _case("uses every mark in a name", _headers((b"!#$%&'*+-.^_`|~0az", b"v"))),
    _case(
        "uses every byte that a value may hold",
        _headers((b"a", b"a \t" + bytes(range(33, 127)) + bytes(range(128, 256)))),
    ),
    _case(
        "sends what it may at the edge",
        http(start(x=None, y=[{"a": (1, 2)}], z=-(2**63)), BODY | {"f": -1.5}),
    ),
    _case(
        "writes a length with zeros",
        http(start(headers=[(b"content-length", b"005")]), BODY),
    ),
    _case("resets without a length", http(start(205), END)),
    _case("resets with none", _headers((b"content-length", b"0"), status=205)),
    _case("expires at once", _headers((b"expires", b"0"))),
    _case("has expired", _headers((b"expires", b"-1"))),
    _case("wants a retry in seconds", _headers((b"retry-after", b"120"), status=503)),
    _case(
        "has a comma in the path of a cookie",
        _headers((b"set-cookie", b'a="x, y=z"; Path=/a,b=c; Secure')),
    ),
    _case(
        "repeats what is a list",
        _headers(
            (b"link", b"</a>"),
            (b"link", b"</b>"),
            (b"www-authenticate", b"Basic"),
            (b"www-authenticate", b"Bearer"),
            (b"cache-control", b"private"),
            (b"cache-control", b"no-store"),
            status=401,
        ),
    ),
    _case("is a partial", partial(takes_one_more, "hello")),
    _case("gives a coroutine", gives_a_coroutine),
    _case("raises after all is sent", raises_after_all_is_sent),
    _case("listens while it sends", listens_while_it_sends),
    _case("swallows its cancellation", swallows_its_cancellation),
    Case(
        "hints with links read once",
        where_offered(hints_once, ["http.response.early_hint"]),
        extensions={"http.response.early_hint": {}},
    ),
    _case(
        "closes with a code that has a name",
        websocket(ACCEPT, CLOSE | {"code": Code.OVERLOADED}),
        TALK,
    ),
    _case(
        "closes with any code before it accepts", websocket(CLOSE | {"code": 7}), TALK
    ),
    _case(
        "says farewell in any script",
        websocket(
            ACCEPT,
            event("websocket.send", text="\U0001f375\x00\u00e9"),
            CLOSE | {"reason": "\u20ac" * 41},
        ),
        TALK,
    ),
    _case(
        "accepts with headers as a tuple",
        websocket(ACCEPT | {"headers": ((b"x-name", b"1"),)}, CLOSE),
        TALK,
    ),
    _case(
        "refuses with headers read once",
        where_offered(refuses_with_headers_read_once, DENIAL),
        Conversation(),
    ),
    _case("is a coroutine of old", is_a_coroutine_of_old, GET),
    _case("receives for ever", receives_for_ever, Lifetime()),
    _case(
        "fails to stop",
        lifespan("receive", STARTED, "receive", event("lifespan.shutdown.failed")),
        Lifetime(requests=(Request(),)),
    ),
    _case(
        "answers start-up and stops without a state",
        lifespan("receive", STARTED, "receive", STOPPED),
        Lifetime(state=False),
    ),
)
