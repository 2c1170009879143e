"""What the tests of the live driver are hosted with: one function for each path."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

log: list[str] = []
waiting: list[asyncio.Future[bytes]] = []
crowd: list[asyncio.Future[bytes]] = []


async def application(scope: Event, receive: Receive, send: Send) -> None:
    """Return each path to the function of that name."""
    if scope["type"] == "lifespan":
        raise RuntimeError("there is no lifespan here")
    await globals()["at_" + scope["path"].strip("/").replace("/", "_")](receive, send)


async def respond(send: Send, *parts: bytes, status: int = 200) -> None:
    headers = [] if len(parts) > 1 else [(b"content-length", b"%d" % len(parts[0]))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def read(receive: Receive) -> bytes:
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            log.append("left")
            raise OSError("The client has left.")
        body += event.get("body", b"")
        if not event.get("more_body", False):
            return bytes(body)


async def at_hello(receive: Receive, send: Send) -> None:
    await respond(send, b"Hello, world!")


async def at_echo(receive: Receive, send: Send) -> None:
    await respond(send, await read(receive))


async def at_pieces(receive: Receive, send: Send) -> None:
    await respond(send, b"a" * 10, b"b" * 70_000, b"c")


async def at_breaks(receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"part", "more_body": True})
    raise RuntimeError("in the middle")


async def at_drip(receive: Receive, send: Send) -> None:
    await read(receive)
    left = asyncio.ensure_future(receive())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while not left.done():
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.wait({left}, timeout=0.01)
    log.append("left")


async def at_log(receive: Receive, send: Send) -> None:
    await respond(send, " ".join(log).encode())


async def at_forget(receive: Receive, send: Send) -> None:
    log.clear()
    await respond(send, b"")


async def at_poll(receive: Receive, send: Send) -> None:
    news: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    waiting.append(news)
    await read(receive)
    left = asyncio.ensure_future(receive())
    both: list[asyncio.Future[Any]] = [news, left]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if news.done():
        left.cancel()
        await respond(send, news.result())
    else:
        waiting.remove(news)
        log.append("left")


async def at_poll_twice(receive: Receive, send: Send) -> None:
    """Answer with the second news."""
    for _ in range(2):
        news: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        waiting.append(news)
        await news
    await respond(send, news.result())


async def at_announce(receive: Receive, send: Send) -> None:
    news = await read(receive)
    for each in waiting:
        each.set_result(news)
    waiting.clear()
    await respond(send, b"")


async def at_together(receive: Receive, send: Send) -> None:
    """Answer only when ten wait for it."""
    mine: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    crowd.append(mine)
    if len(crowd) == 10:
        for each in crowd:
            each.set_result(b"ten")
        crowd.clear()
    await respond(send, await mine)


async def at_ws_echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "b"})
    while (event := await receive())["type"] == "websocket.receive":
        text, data = event.get("text"), event.get("bytes")
        answer = {"text": text} if text is not None else {"bytes": data}
        await send({"type": "websocket.send", **answer})
    log.append(f"left with {event['code']}")


async def at_ws_close(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "last words"})
    await send({"type": "websocket.close", "code": 4001, "reason": "later"})


async def at_ws_reject(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close"})


async def at_ws_deny(receive: Receive, send: Send) -> None:
    await receive()
    start = {"status": 401, "headers": [(b"www-authenticate", b"Bearer")]}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": b"sign in first"})
