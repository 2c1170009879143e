"""A tiny but correct ASGI server for tests, and the places where a test can break it.

It speaks HTTP/1.1 by h11, one request after the other on each connection, and no
WebSocket. `Tiny` keeps the rules; a test makes a subclass that breaks exactly one.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import h11

from asgi_compare.judge.server.instrument import asgi

FINAL = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)
KNOWN = ("http.response.start", "http.response.body")


class Tiny:
    """One connection of a server that keeps the rules."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.gone = False
        self.head = False
        self.parser = h11.Connection(h11.SERVER)

    # What a test may break.

    def hear(self, data: bytes) -> bytes:
        return data

    def say(self, data: bytes) -> bytes:
        return data

    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        return scope

    def passes_over(self, event: dict[str, Any]) -> bool:
        return False

    def check(self, event: dict[str, Any]) -> None:
        """Raise for an event that is none."""
        if event.get("type") not in KNOWN:
            raise ValueError(f"unknown {event!r}")
        if event["type"] == "http.response.start":
            if type(event["status"]) is not int:
                raise TypeError("status")
            for name, value in event.get("headers", ()):
                if type(name) is not bytes or type(value) is not bytes:
                    raise TypeError("headers")
        elif type(event.get("body", b"")) is not bytes:
            raise TypeError("body")

    # What it does.

    async def serve(self) -> None:
        try:
            while await self.one():
                self.parser.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self.refuse(error.error_status_hint)
        except OSError:
            pass
        finally:
            self.gone = True
            self.writer.close()

    async def refuse(self, status: int) -> None:
        if self.parser.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            fields = [*self.own_fields(), ("connection", "close")]
            fields.append(("content-length", "0"))
            await self.out(h11.Response(status_code=status, headers=fields))
            await self.out(h11.EndOfMessage())

    def own_fields(self) -> list[tuple[str, str]]:
        return [("date", formatdate(usegmt=True))]

    async def event(self) -> Any:
        while (event := self.parser.next_event()) is h11.NEED_DATA:
            if self.parser.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                await self.out(go_on)
            self.parser.receive_data(self.hear(await self.reader.read(1 << 16)))
        return event

    async def out(self, event: Any) -> None:
        if data := self.parser.send(event):
            self.writer.write(self.say(data))
            await self.writer.drain()

    async def one(self) -> bool:
        request = await self.event()
        if not isinstance(request, h11.Request):
            return False
        self.head = request.method == b"HEAD"
        await Exchange(self, self.scope(self.scope_of(request))).run()
        names = {name for name, _ in request.headers}
        if names >= {b"content-length", b"transfer-encoding"}:
            return False  # RFC 9112, 6.1
        done = self.parser.our_state, self.parser.their_state
        return done == (h11.DONE, h11.DONE)

    def scope_of(self, request: h11.Request) -> dict[str, Any]:
        from urllib.parse import unquote

        path, _, query = bytes(request.target).partition(b"?")
        if path.startswith(b"http://"):
            path = b"/" + path.split(b"/", 3)[-1]
        host, port = self.writer.get_extra_info("peername")[:2]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": request.http_version.decode(),
            "method": request.method.decode().upper(),
            "scheme": "http",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "headers": [(bytes(n), bytes(v)) for n, v in request.headers],
            "client": (host, port),
        }


class Exchange:
    """One call of the application."""

    def __init__(self, tiny: Tiny, scope: dict[str, Any]) -> None:
        self.tiny = tiny
        self.scope = scope
        self.begun = self.ended = False
        self.whole = False

    async def run(self) -> None:
        tiny = self.tiny
        with contextlib.suppress(Exception):
            await asgi(self.scope, self.receive, self.send)
        if not self.begun and not tiny.gone:
            await tiny.refuse(500)
        while tiny.parser.our_state is h11.DONE and not self.whole:
            await self.receive()

    async def receive(self) -> dict[str, Any]:
        tiny = self.tiny
        if self.whole and not self.ended:
            try:
                tiny.gone |= not await tiny.reader.read(1)
            except ConnectionResetError:
                tiny.gone = True
        if self.whole or tiny.gone:
            return {"type": "http.disconnect"}
        try:
            event = await tiny.event()
        except h11.RemoteProtocolError:
            tiny.gone = True
            if not self.begun:
                await tiny.refuse(400)
            return {"type": "http.disconnect"}
        if isinstance(event, h11.Data):
            body = bytes(event.data)
            return {"type": "http.request", "body": body, "more_body": True}
        self.whole = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, event: dict[str, Any]) -> None:
        tiny = self.tiny
        if tiny.passes_over(event):
            return
        tiny.check(event)
        if self.ended:
            return
        if tiny.writer.transport.is_closing() or tiny.gone:
            raise ConnectionResetError("the client has left")
        if event["type"] == "http.response.start":
            self.begun = True
            fields = [
                (n, v) for n, v in event.get("headers", ()) if n != b"transfer-encoding"
            ]
            full = [*fields, *((n.encode(), v.encode()) for n, v in tiny.own_fields())]
            status = event["status"]
            await tiny.out(h11.Response(status_code=status, headers=full))
        else:
            await tiny.out(h11.Data(data=event.get("body", b"")))
            if not event.get("more_body", False):
                self.ended = True
                await tiny.out(h11.EndOfMessage())


@contextlib.contextmanager
def serving(kind: type[Tiny], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve with connections of this kind, in a thread; give the port."""
    loop = asyncio.new_event_loop()
    ready: list[int] = []
    writers: list[asyncio.StreamWriter] = []
    up = threading.Event()
    over = asyncio.Event()

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writers.append(writer)
        await kind(reader, writer).serve()

    async def main() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
        ready.append(server.sockets[0].getsockname()[1])
        up.set()
        await over.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    assert up.wait(5)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()
