"""Rules of the main ASGI text on what is not valid: "Error Handling".

Events that the protocol does not have, events of an extension that is not offered, and
what the server does with an event that it should not take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.event_keys import keys_of
from asgi_compare.judge.rules.engine.examples import (
    BODY,
    OK,
    RAISED,
    REQUEST,
    START,
    extended,
    http,
    received,
    sent,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import MAIN, rule
from asgi_compare.judge.rules.engine.values import plain, shown

ERRORS = MAIN + "error-handling"


@rule(
    "asgi/not-awaitable",
    "application",
    "should",
    "call.returned",
    quote="ASGI applications should be a single async callable",
    link=MAIN + "applications",
    statement="Calling the application gives an awaitable, as `async def` does.",
    why="A server awaits it, and fails on anything else.",
    hint="Write `async def`, or return the coroutine of what you call.",
    breaks=http(received("call.returned", value="None"), ending=RAISED),
    keeps=OK,
)
def not_awaitable(judge: Judge, mark: dict[str, Any]) -> Iterator[str]:
    yield f"Expected an awaitable from the application, but got {mark.get('value')}"


@rule(
    "asgi/unknown-event-type",
    "application",
    "must",
    "sent unknown",
    quote="the format of the event messages you send and receive are defined by one "
    "of the application protocols",
    link=MAIN + "applications",
    statement="The application sends only events that the connection's protocol has.",
    why="A server should raise at an event that it does not know.",
    hint="Check the spelling of the type, and that it belongs to this scope's type.",
    breaks=http(REQUEST, START, sent("http.response.flush"), BODY),
    keeps=http(
        REQUEST, START, sent("http.fullflush"), BODY, scope=extended("fullflush")
    ),
    invalid=True,
)
def unknown_event_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    # An extension that we do not know may bring events that we do not know.
    if set(judge.offered) - COMMON_EXTENSIONS:
        return
    yield (
        f"Expected an event that the protocol {judge.protocol!r} defines for `send`, "
        f"but got {shown(event['type'])}"
    )


COMMON_EXTENSIONS = frozenset(
    {
        "http.response.push",
        "http.response.zerocopysend",
        "http.response.pathsend",
        "http.response.early_hint",
        "http.response.trailers",
        "http.response.debug",
        "websocket.http.response",
        "tls",
    }
)


@rule(
    "asgi/received-unknown-type",
    "server",
    "should",
    "received unknown",
    quote="the type should be namespaced as protocol.message_type, where the protocol "
    "matches the scope type",
    link=MAIN + "protocol-specifications",
    statement="The server hands over only events of the connection's own protocol.",
    why="Applications should raise at an event that they do not know.",
    hint="Name events of an extension, and offer it in `scope['extensions']`.",
    breaks=http(REQUEST, received("websocket.receive", text="hi"), START, BODY),
    keeps=OK,
)
def received_unknown_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if set(judge.offered) - COMMON_EXTENSIONS:
        return
    yield (
        f"Expected an event that the protocol {judge.protocol!r} defines for "
        f"`receive`, but got {shown(event['type'])}"
    )


@rule(
    "asgi/extension-not-offered",
    "application",
    "must",
    "sent not offered",
    quote="If an application sees this it then knows it can send the custom event",
    link=MAIN + "extensions",
    statement="Events of an extension are sent only where the server offers it.",
    why="Another server raises at the event, or drops it.",
    hint="Look for the extension's name in `scope['extensions']` first.",
    breaks=http(
        REQUEST, START, sent("http.response.push", path="/a", headers=[]), BODY
    ),
    keeps=http(
        REQUEST,
        START,
        sent("http.response.push", path="/a", headers=[]),
        BODY,
        scope=extended("http.response.push"),
    ),
    invalid=True,
)
def extension_not_offered(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    name = judge.extensions[event["type"]]
    yield (
        f"Expected {name!r} in scope['extensions'] before {event['type']!r} is sent, "
        f"but got {shown(sorted(judge.offered))}"
    )


@rule(
    "asgi/invalid-event-accepted",
    "server",
    "should",
    "send.returned",
    quote="If a server receives an invalid event dictionary ... it should raise an "
    "exception out of the send awaitable back to the application",
    link=ERRORS,
    statement="`send` raises at an unknown type, a missing key or a wrong type.",
    why="The author of an application hears of a mistake where it was made.",
    hint="Check events in `send`, and raise.",
    breaks=http(
        REQUEST,
        sent("http.response.start", status="200"),
        received("send.returned"),
        BODY,
    ),
    keeps=http(
        REQUEST,
        sent("http.response.start", status="200"),
        received("send.raised", error="TypeError: status", oserror=False),
        START,
        BODY,
    ),
)
def invalid_event_accepted(judge: Judge, mark: dict[str, Any]) -> Iterator[str]:
    if judge.last_sent is judge.last_examined and judge.last_was_invalid:
        yield f"Expected `send` to raise, but it took {shown(judge.last_sent)}"


@rule(
    "asgi/extra-key-refused",
    "server",
    "must",
    "send.raised",
    quote="the presence of additional keys in the event dictionary should not raise "
    "an exception",
    link=ERRORS,
    statement="`send` takes an event that has more keys than the specification names.",
    why="It lets the specification grow without breaking servers.",
    hint="Ignore keys that you do not know.",
    breaks=http(
        REQUEST,
        START,
        sent("http.response.body", body=b"", more_body=True, colour="red"),
        received("send.raised", error="TypeError: colour", oserror=False),
        BODY,
    ),
    keeps=http(
        REQUEST,
        START,
        sent("http.response.body", body=b"", more_body=True, colour="red"),
        received("send.returned"),
        BODY,
    ),
)
def extra_key_refused(judge: Judge, mark: dict[str, Any]) -> Iterator[str]:
    event = plain(judge.last_sent)
    if event is None or judge.last_sent is not judge.last_examined:
        return
    if judge.last_had_faults or judge.last_was_after_end or judge.left:
        return
    extra = set(event) - keys_of(event, set(event))
    if extra and mark.get("oserror") is not True:
        yield (
            f"Expected `send` to take an event with the extra keys {sorted(extra)!r}, "
            f"but it raised {shown(mark.get('error'))}"
        )
