"""Pages by hand on both interfaces, for what is seen on a single connection.

`/broken` and `/broken-length` raise in the middle of a body, `/unread` answers without
reading the body of the request, `/read` says how much it read, `/stream` goes on for a
minute. A WebSocket is accepted at `/accept`, closed with 4401 at `/close`, refused at
`/refuse`, and refused with a response at `/deny`.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

TEXT = (b"content-type", b"text/plain")
BROKEN = {"/broken": [TEXT], "/broken-length": [TEXT, (b"content-length", b"1000")]}
SECONDS = 60


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Answer."""
    if scope["type"] == "websocket":
        await receive()
        await SOCKETS[scope["path"]](receive, send)
    if scope["type"] == "http":
        await answer(scope["path"], receive, send)


async def answer(page: str, receive: Any, send: Any) -> None:
    """Answer over HTTP."""

    async def start(*headers: tuple[bytes, bytes]) -> None:
        event = {"type": "http.response.start", "status": 200, "headers": [*headers]}
        await send(event)

    async def body(piece: bytes, more: bool) -> None:
        await send({"type": "http.response.body", "body": piece, "more_body": more})

    if page in BROKEN:
        await start(*BROKEN[page])
        await body(b"half of it", True)
        raise RuntimeError("In the middle of the body.")
    if page == "/stream":
        await start((b"content-type", b"text/event-stream"))
        for _ in range(SECONDS * 10):
            await body(b"data: .\n\n", True)
            await asyncio.sleep(0.1)
        await body(b"", False)
        return
    read = 0
    if page == "/read":
        more = True
        while more:
            event = await receive()
            read += len(event.get("body", b""))
            more = event.get("more_body", False)
    said = b"%d" % read
    await start(TEXT, (b"content-length", b"%d" % len(said)))
    await body(said, False)


async def accept(receive: Any, send: Any) -> None:
    """Accept a WebSocket, with the subprotocol that carries tokens, and echo."""
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event.get("text") or ""})


async def close(receive: Any, send: Any) -> None:
    """Accept, and close with a code of our own."""
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4401, "reason": "no token"})


async def refuse(receive: Any, send: Any) -> None:
    """Close before accepting."""
    await send({"type": "websocket.close", "code": 4401, "reason": "no token"})


async def deny(receive: Any, send: Any) -> None:
    """Refuse with a response of our own, which is an extension."""
    start = {"type": "websocket.http.response.start", "status": 401, "headers": [TEXT]}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b"no token"})


SOCKETS = {"/accept": accept, "/close": close, "/refuse": refuse, "/deny": deny}


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """Answer."""
    page = environ["PATH_INFO"]
    headers = [("Content-Type", "text/plain")]
    if page in BROKEN:
        more = [(k.decode(), v.decode()) for k, v in BROKEN[page][1:]]
        start_response("200 OK", headers + more)
        return broken()
    if page == "/stream":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return stream()
    read = 0
    if page == "/read":
        read = len(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    said = b"%d" % read
    start_response("200 OK", [*headers, ("Content-Length", str(len(said)))])
    return [said]


def broken() -> Iterator[bytes]:
    """Yield half of it, and raise."""
    yield b"half of it"
    raise RuntimeError("In the middle of the body.")


def stream() -> Iterator[bytes]:
    """Yield for a minute."""
    for _ in range(SECONDS * 10):
        yield b"data: .\n\n"
        time.sleep(0.1)
