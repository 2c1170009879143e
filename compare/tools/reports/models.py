"""Models of reported faults whose versions cannot be had, or that are users' own code.

Each does what the report says, and its twin beside it does it well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = "http.response.body"


async def answer(send: Any, status: int, body: bytes = b"") -> None:
    """Send a whole answer."""
    await send({**START, "status": status})
    await send({"type": BODY, "body": body})


def http(scope: Any) -> None:
    """Reject every other scope type."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])


def content(scope: Any, body: bytes) -> bytes:
    """Return the content, or none if the head only is asked for."""
    return b"" if scope["method"] == "HEAD" else body


# A handler of errors that begins a second answer.


async def second_answer(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    await send(START)
    await send({"type": BODY, "body": content(scope, b"a"), "more_body": True})
    try:
        raise OSError("no disk")
    except OSError:
        await answer(send, 500)


async def first_answer(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    try:
        raise OSError("no disk")
    except OSError:
        await answer(send, 500)


# An endpoint that gives `send` away, and returns a response as well.


async def answers_twice(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    await answer(send, 200, content(scope, b"all of it"))
    await answer(send, 200)


async def answers_once(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    await answer(send, 200, content(scope, b"all of it"))


# A client that leaves is an error of the server's.


class Gone(Exception):
    """The client has left."""


async def read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        body += event.get("body", b"")
        more = event.get("more_body", False)
    return body


async def blames_itself(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    try:
        await read(receive)
    except Exception as error:
        await answer(send, 500, repr(error).encode())
    else:
        await answer(send, 202)


async def lets_go(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    try:
        await read(receive)
    except Gone:
        return
    await answer(send, 202)


# A disconnect that is taken for the end of the body.


async def stores_half(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    while (await receive()).get("more_body"):
        pass
    await answer(send, 201 if scope["method"] == "POST" else 200)


async def stores_whole(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    try:
        await read(receive)
    except Gone:
        return
    await answer(send, 201 if scope["method"] == "POST" else 200)


# A WebSocket on which is sent after its end.


async def closes_the_closed(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        raise NotImplementedError(scope["type"])
    await receive()
    await send({"type": "websocket.accept"})
    try:
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "ok"})
    finally:
        await send({"type": "websocket.close"})


async def lets_it_be(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        raise NotImplementedError(scope["type"])
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": "ok"})


# A sub-application that compares the path with its own.


async def lost_below_a_mount(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    known = scope["path"].startswith("/socket.io")
    await answer(send, 200 if known else 404)


async def found_below_a_mount(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    await answer(send, 200 if path.startswith("/socket.io") else 404)


# An agent that wants an address of the server.


def wants_an_address(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            host, port = scope["server"]
        await app(scope, receive, send)

    return layer


def wants_nothing(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return layer


# A layer that joins root_path and path, which holds it already.


def doubles_the_mount(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = scope.get("root_path", "") + scope["path"]
            scope = {**scope, "path": path}
        await app(scope, receive, send)

    return layer


# Chunks that the application makes by hand.


def makes_chunks(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Transfer-Encoding", "chunked")])
    return [b"5\r\nhello\r\n", b"0\r\n\r\n"]


def makes_none(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"hello"]


# A body of which nobody says how long it is.


async def trusts_the_length(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    fields = dict(scope["headers"])
    left = int(fields.get(b"content-length", b"0"))
    body = b""
    while left > 0 and (event := await receive())["type"] == "http.request":
        body += event.get("body", b"")
        left -= len(event.get("body", b""))
    await answer(send, 200, content(scope, body))


async def reads_to_the_end(scope: Any, receive: Any, send: Any) -> None:
    http(scope)
    try:
        await answer(send, 200, content(scope, await read(receive)))
    except Gone:
        return


# A bridge that says the last event again, and one that says goodbye at once.


def repeats_the_request(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body = b""
        while (event := await receive()).get("more_body"):
            body += event.get("body", b"")
        body += event.get("body", b"")

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope, again, send)

    return layer


def says_goodbye_at_once(app: Any) -> Any:
    async def layer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        done = False

        async def once() -> Any:
            nonlocal done
            if done:
                return {"type": "http.disconnect"}
            event = await receive()
            done = not event.get("more_body")
            return event

        await app(scope, once, send)

    return layer
