"""What the application inside does over ASGI, in a scope of type `http`."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from asgi_compare.judge.middleware.acts.content import (
    BLOCK,
    MANY,
    PIECES,
    SMALL,
    STATUSES,
    TYPE,
    fields,
)
from asgi_compare.judge.middleware.inside import Inside, Planned, until

Act = Callable[[Inside], Awaitable[None]]
START, BODY = "http.response.start", "http.response.body"
OWN = "compare.note"
"""An extension of ours: `compare.note` may be sent at any time."""
FOREVER = 3600.0


async def body_of(call: Inside) -> bytes:
    """Read the whole body of the request."""
    body, more = b"", True
    while more:
        event = await call.receive()
        if event["type"] == "http.disconnect":
            raise OSError("The client has left.")
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return body


async def start(
    call: Inside, status: int = 200, headers: Any = (), **more: Any
) -> None:
    """Begin the response."""
    event = {"type": START, "status": status, "headers": headers, **more}
    await call.send(event)


async def piece(call: Inside, body: bytes, more: bool = False) -> None:
    """Send a piece of the body."""
    await call.send({"type": BODY, "body": body, "more_body": more})


def answers(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Act:
    """Read the request, and answer in one piece."""

    async def act(call: Inside) -> None:
        await body_of(call)
        await start(call, status, [*headers])
        head_only = call.given.get("method") == "HEAD"
        await piece(call, b"" if head_only else body)

    return act


async def streams(call: Inside) -> None:
    """Send pieces, each when the one before has come out, or does not."""
    await body_of(call)
    await start(call, 200, [TYPE])
    for number, each in enumerate(PIECES):
        await piece(call, each, True)
        await until(lambda: call.scene.heard_outside() > number, 0.1)  # noqa: B023
    await piece(call, b"")


async def streams_empty(call: Inside) -> None:
    """Send empty pieces between the others."""
    await body_of(call)
    await start(call, 200, [TYPE])
    for each in PIECES:
        await piece(call, b"", True)
        await piece(call, each, True)
    await piece(call, b"")


async def streams_on(call: Inside) -> None:
    """Stream until the client leaves, and listen for that all the time."""
    await body_of(call)
    gone = asyncio.ensure_future(call.receive())
    try:
        await start(call, 200, [TYPE])
        while not gone.done():
            await piece(call, PIECES[0], True)
            await asyncio.sleep(0.002)
    finally:
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)


async def streams_a_while(call: Inside) -> None:
    """Stream until the client leaves, and listen for that, but for a while only."""
    await body_of(call)
    gone = asyncio.ensure_future(call.receive())
    try:
        await start(call, 200, [TYPE])
        for _ in range(MANY):
            await piece(call, PIECES[0], True)
            await asyncio.wait([gone], timeout=0.01)
            if gone.done():
                return
        await piece(call, b"")
    finally:
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)


async def streams_blindly(call: Inside) -> None:
    """Stream until `send` raises, and listen to nothing."""
    await body_of(call)
    await start(call, 200, [TYPE])
    while True:
        await piece(call, PIECES[0], True)
        await asyncio.sleep(0.002)


async def waits(call: Inside) -> None:
    """Work for a client until it has left."""
    await body_of(call)
    await call.receive()


async def polls(call: Inside) -> None:
    """Look now and then whether the client has left, as frameworks do."""
    await body_of(call)
    while True:
        try:
            await asyncio.wait_for(call.receive(), 0.005)
        except TimeoutError:
            continue
        return


async def glances(call: Inside) -> None:
    """Look whether the client has left, and do not wait for it.

    This is how Starlette's `is_disconnected` looks: `receive` is cancelled as soon as
    it has to wait.
    """
    await body_of(call)
    event: dict[str, Any] = {}
    while event.get("type") != "http.disconnect":
        await asyncio.sleep(0.005)
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                event = await call.receive()


async def sleeps(call: Inside) -> None:
    """Wait for something, until it is cancelled."""
    await body_of(call)
    await asyncio.sleep(FOREVER)


async def raises(call: Inside) -> None:
    """Fail before there is a response."""
    await body_of(call)
    raise Planned


async def raises_late(call: Inside) -> None:
    """Fail in the middle of the response."""
    await body_of(call)
    await start(call, 200, [TYPE])
    await piece(call, PIECES[0], True)
    raise Planned


async def sends_much(call: Inside) -> None:
    """Send more than a slow client takes at once."""
    await body_of(call)
    await start(call, 200, [(b"content-type", b"application/octet-stream")])
    for _ in range(MANY):
        await piece(call, BLOCK, True)
    await piece(call, b"")


async def echoes(call: Inside) -> None:
    """Answer with the body of the request, piece by piece."""
    await start(call, 200, [(b"content-type", b"application/octet-stream")])
    more = True
    while more:
        event = await call.receive()
        if event["type"] == "http.disconnect":
            return
        more = event.get("more_body", False)
        await piece(call, event.get("body", b""), more)


async def answers_first(call: Inside) -> None:
    """Answer without a look at the request."""
    await start(call, 200, fields(SMALL))
    await piece(call, SMALL)


async def says_little(call: Inside) -> None:
    """Leave away every key that has a default."""
    await body_of(call)
    await call.send({"type": START, "status": 200})
    await call.send({"type": BODY})


async def other_iterables(call: Inside) -> None:
    """Give the fields as another iterable of two-item iterables."""
    await body_of(call)
    headers = tuple([name, value] for name, value in fields(SMALL))
    await start(call, 200, headers)
    await piece(call, SMALL)


async def two_at_once(call: Inside) -> None:
    """Answer the first of two requests when the second one has its answer."""
    number = dict(call.given["headers"]).get(b"x-number", b"?")
    await body_of(call)
    if number == b"1":
        await until(call.scene.answered.is_set)
    await start(call, 200 + int(number == b"2"), [TYPE, (b"x-number", number)])
    if number == b"1":
        await until(call.scene.answered.is_set)
    await piece(call, b"[number %s]" % number, True)
    await piece(call, b"[end %s]" % number)


def uses(event: dict[str, Any], *, before: bool = False, **more: Any) -> Act:
    """Send an event of an extension, if the scope offers it."""

    async def act(call: Inside) -> None:
        await body_of(call)
        offered = event["type"] in (call.given.get("extensions") or {})
        if offered and before:
            await call.send(dict(event))
        await start(call, 200, [TYPE], **(more if offered else {}))
        if offered and not before and not more:
            await call.send(dict(event))
        await piece(call, SMALL)
        if offered and more:
            await call.send(dict(event))

    return act


def sends_file(kind: str) -> Act:
    """Let the server send a file, if the scope offers it."""

    async def act(call: Inside) -> None:
        await body_of(call)
        offered = kind in (call.given.get("extensions") or {})
        descriptor, name = tempfile.mkstemp()
        try:
            os.write(descriptor, SMALL)
            await start(call, 200, fields(SMALL))
            if not offered:
                await piece(call, SMALL)
            elif kind == "http.response.pathsend":
                await call.send({"type": kind, "path": name})
            else:
                with os.fdopen(os.open(name, os.O_RDONLY), "rb") as file:
                    await call.send({"type": kind, "file": file})
        finally:
            os.close(descriptor)
            os.unlink(name)

    return act


ACTS: dict[str, Act] = {
    **{name: answers(*said) for name, said in STATUSES.items()},
    "streams": streams,
    "streams empty pieces": streams_empty,
    "streams and listens": streams_on,
    "streams a while": streams_a_while,
    "streams and does not listen": streams_blindly,
    "waits for the client to leave": waits,
    "polls for the client to leave": polls,
    "glances for the client to leave": glances,
    "sleeps": sleeps,
    "raises": raises,
    "raises late": raises_late,
    "sends much": sends_much,
    "echoes": echoes,
    "answers first": answers_first,
    "says little": says_little,
    "uses other iterables": other_iterables,
    "answers two at once": two_at_once,
    "answers two in a row": two_at_once,
    "sends a path": sends_file("http.response.pathsend"),
    "sends a file": sends_file("http.response.zerocopysend"),
    "sends trailers": uses(
        {
            "type": "http.response.trailers",
            "headers": [(b"x-end", b"1")],
            "more_trailers": False,
        },
        trailers=True,
    ),
    "hints": uses(
        {"type": "http.response.early_hint", "links": [b"</s.css>; rel=preload"]},
        before=True,
    ),
    "debugs": uses(
        {"type": "http.response.debug", "info": {"template": "x"}}, before=True
    ),
    "pushes": uses({"type": "http.response.push", "path": "/s.css", "headers": []}),
    "notes": uses({"type": OWN}),
}
