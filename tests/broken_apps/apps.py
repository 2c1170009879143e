"""What the broken and the correct applications are made of.

Most of them do one thing: they receive what there is to receive, and send a list of
events. `http`, `websocket`, `lifespan` and `wsgi` make such an application. Each raises
at any other kind of connection, as it should.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgi_compare.contract.scenario import Conversation, Exchange, Request

GET = Request()
Scope = dict[str, Any]
Event = Any
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Case:
    """One application, what to do with it, and the rule that it breaks, if any."""

    name: str
    """The rule that it breaks, or what is unusual about it; unique."""
    application: Any
    exchange: Exchange = GET
    rule: str | None = None
    wsgi: bool = False
    extensions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def attribute(self) -> str:
        """The name under which `tests.broken_apps` has the application."""
        return self.name.replace("/", "_").replace("-", "_").replace(" ", "_")


def broken(
    rule: str,
    application: Any,
    exchange: Exchange = GET,
    *,
    also: str = "",
    wsgi: bool = False,
    offers: Iterable[str] = (),
) -> Case:
    name = f"{rule} {also}" if also else rule
    extensions: dict[str, dict[str, Any]] = {each: {} for each in offers}
    if extensions:
        application = where_offered(application, extensions)
    return Case(name, application, exchange, rule, wsgi, extensions)


def where_offered(application: Any, extensions: Iterable[str]) -> Application:
    """Use extensions where the server offers them, and answer plainly elsewhere."""
    wanted = set(extensions)

    async def asking(scope: Scope, receive: Receive, send: Send) -> None:
        offered = scope.get("extensions", {})
        denies = "websocket.http.response" in wanted
        if scope["type"] == ("websocket" if denies else "http") and wanted - {*offered}:
            plainly = websocket(CLOSE) if denies else http(START, BODY)
            await plainly(scope, receive, send)
        else:
            await application(scope, receive, send)

    return asking


def event(kind: str, **keys: Any) -> dict[str, Any]:
    return {"type": kind, **keys}


START = event("http.response.start", status=200, headers=[])
BODY = event("http.response.body", body=b"hello")
MORE = event("http.response.body", body=b"hello", more_body=True)
END = event("http.response.body")


def start(status: Any = 200, headers: Any = (), **keys: Any) -> dict[str, Any]:
    return event("http.response.start", status=status, headers=headers, **keys)


def http(*events: Event) -> Application:
    """Read the request to its end, and send these events."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        while (await receive()).get("more_body"):
            pass
        for each in events:
            await send(each)

    return application


DENIAL = ("websocket.http.response",)
ACCEPT = event("websocket.accept")
CLOSE = event("websocket.close")
TALK = Conversation(says=("hi",), subprotocols=("chat",))


def websocket(*events: Event) -> Application:
    """Receive the connect, and send these events."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise NotImplementedError(scope["type"])
        await receive()
        for each in events:
            await send(each)

    return application


def only(protocol: str) -> Callable[[Application], Application]:
    """Reject every other protocol, as an application should."""

    def guard(application: Application) -> Application:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != protocol:
                raise NotImplementedError(scope["type"])
            await application(scope, receive, send)

        return guarded

    return guard


STARTED = event("lifespan.startup.complete")
STOPPED = event("lifespan.shutdown.complete")


def lifespan(*steps: Any) -> Application:
    """Send the events, and receive where a step is `receive`."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await http(START, BODY)(scope, receive, send)
            return
        if scope["type"] != "lifespan":
            raise NotImplementedError(scope["type"])
        for step in steps:
            if step == "receive":
                await receive()
            elif step == "raise":
                raise OSError("the work behind has failed")
            else:
                await send(step)

    return application


def wsgi(
    status: Any = "200 OK", headers: Any = None, blocks: Any = (b"hello",)
) -> Wsgi:
    """Call `start_response` once, and return the blocks."""

    def application(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(status, [] if headers is None else headers)
        return blocks  # type: ignore[no-any-return]

    return application
