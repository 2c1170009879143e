"""A room of WebSockets to which large messages are sent, in four ways.

The path of a WebSocket is the way and so the room. A GET of the same path, once all are
in, sends the messages, and answers at once.
"""

import asyncio
from collections import defaultdict
from typing import Any

MESSAGES = 200
SIZE = 1 << 16
QUEUED = 40
ROOMS: defaultdict[str, set["Member"]] = defaultdict(set)
SENDING: set[asyncio.Task[None]] = set()


class Member:
    """A WebSocket in a room."""

    def __init__(self, send: Any) -> None:
        self._send = send
        self.queue: asyncio.Queue[str] = asyncio.Queue(QUEUED)
        self.closing = asyncio.Event()

    async def send(self, text: str) -> None:
        """Send a message, and wait until the server takes it."""
        await self._send({"type": "websocket.send", "text": text})

    async def send_queued(self) -> None:
        """Send what is in the queue."""
        while True:
            await self.send(await self.queue.get())

    async def close(self) -> None:
        """Close with 1013, 'try again later'."""
        await self._send({"type": "websocket.close", "code": 1013})


async def await_each(room: set[Member], text: str) -> None:
    """Send to one after the other."""
    for member in room:
        await member.send(text)


async def gather(room: set[Member], text: str) -> None:
    """Send to all at the same time, and wait for all."""
    await asyncio.gather(*(member.send(text) for member in room))


async def drop(room: set[Member], text: str) -> None:
    """Put it into a queue for each; where that is full, the oldest goes."""
    for member in room:
        if member.queue.full():
            member.queue.get_nowait()
        member.queue.put_nowait(text)
    await asyncio.sleep(0.01)


async def close(room: set[Member], text: str) -> None:
    """Put it into a queue for each; whose queue is full has to leave."""
    for member in [*room]:
        if member.queue.full():
            room.discard(member)
            member.closing.set()
        else:
            member.queue.put_nowait(text)
    await asyncio.sleep(0.01)


WAYS = {"/await": await_each, "/gather": gather, "/drop": drop, "/close": close}


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Let members in, or send."""
    way = scope.get("path", "")
    if scope["type"] == "websocket":
        await enter(ROOMS[way], receive, send)
    elif scope["type"] == "http":
        task = asyncio.create_task(broadcast(way))
        SENDING.add(task)
        task.add_done_callback(SENDING.discard)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % len(ROOMS[way])})


async def broadcast(way: str) -> None:
    """Send all messages to the room."""
    for number in range(MESSAGES):
        await WAYS[way](ROOMS[way], f"{number} ".ljust(SIZE, "x"))


async def enter(room: set[Member], receive: Any, send: Any) -> None:
    """Be a member until the client leaves, or is told to."""
    await receive()
    await send({"type": "websocket.accept"})
    member = Member(send)
    room.add(member)
    sending = asyncio.create_task(member.send_queued())
    leaving = asyncio.create_task(receive())
    told = asyncio.create_task(member.closing.wait())
    await asyncio.wait([leaving, told], return_when=asyncio.FIRST_COMPLETED)
    sending.cancel()
    room.discard(member)
    if told.done():
        await member.close()
