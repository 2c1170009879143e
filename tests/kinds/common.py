"""What the applications and layers of this package are made of, and their tables."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

START, BODY = "http.response.start", "http.response.body"
TEXT = (b"content-type", b"text/plain")


@dataclass(frozen=True)
class Kind:
    """One application or layer, and what is known of it."""

    name: str
    made: Any
    finds: str = ""
    """The rule, advice or probe that finds it; `error` for a verdict of that kind."""
    asked: tuple[str, ...] = ()
    """What is asked of an application: a method, a path, or `ws`."""
    repeats: bool = False
    """It is found by what it leaves behind."""
    trials: tuple[str, ...] = ()
    """Globs of the trials that a layer is played with."""


@dataclass
class Table:
    """Kinds, in the order in which they are written down."""

    kinds: list[Kind] = field(default_factory=list)

    def __call__(
        self,
        finds: str = "",
        *asked: str,
        repeats: bool = False,
        trials: tuple[str, ...] = (),
    ) -> Callable[[Any], Any]:
        """Put what is decorated into the table."""

        def put(made: Any) -> Any:
            name = getattr(made, "__name__", type(made).__name__)
            self.kinds.append(Kind(name, made, finds, asked, repeats, trials))
            return made

        return put


def only(protocol: str) -> Callable[[Any], Any]:
    """Reject every other scope type, as an application should."""

    def guard(application: Any) -> Any:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != protocol:
                raise NotImplementedError(scope["type"])
            await application(scope, receive, send)

        guarded.__name__ = application.__name__
        return guarded

    return guard


http, ws = only("http"), only("websocket")


def layer(call: Any) -> Any:
    """Make a layer of a function that is called for HTTP, and lets the rest through."""

    def made(app: Any) -> Any:
        async def layered(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            else:
                await call(app, scope, receive, send)

        return layered

    made.__name__ = call.__name__
    return made


async def reply(
    send: Any, body: Any = b"hello", status: Any = 200, headers: Any = (TEXT,)
) -> None:
    """Send a whole answer."""
    await send({"type": START, "status": status, "headers": list(headers)})
    await send({"type": BODY, "body": body})


async def answer(send: Any, status: int, body: bytes = b"", *fields: Any) -> None:
    """Send a whole answer of a layer's own."""
    length = (b"content-length", b"%d" % len(body))
    await reply(send, body, status, [TEXT, length, *fields])


async def read(receive: Any) -> bytes:
    """Read the body of a request; raises ConnectionError if the client leaves."""
    body, more = b"", True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionError
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return body


def of(scope: Any, body: bytes) -> bytes:
    """Return the content, or none if the head only is asked for."""
    return b"" if scope["method"] == "HEAD" else body


async def coded(scope: Any, send: Any, *fields: Any) -> None:
    """Compress where the client takes it, with these fields beside it."""
    body, more = b"hello" * 50, list(fields)
    if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b""):
        body = gzip.compress(body, mtime=0)
        more.append((b"content-encoding", b"gzip"))
    more.append((b"content-length", b"%d" % len(body)))
    await reply(send, of(scope, body), headers=more)
