"""An application in this process, with all participants at once.

The lifespan of an ASGI application runs while the place is open. Between a participant
and an application there is a buffer, as there is with a real socket: when it is full,
because the participant does not read, the application's `send` waits.

A WSGI application is called on threads, as a server with many of them would.
"""

from __future__ import annotations

import asyncio
import io
from collections import deque
from collections.abc import AsyncIterator, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from typing import Any
from wsgiref.util import setup_testing_defaults

from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.drive.in_process import asgi_http
from asgi_compare.drive.request_parts import Prepared, websocket_scope
from asgi_compare.drive.stories.openers import Ended, Fields, Got, Hear, Lost
from asgi_compare.drive.stories.pieces import Pieces
from asgi_compare.model.transcript import Dialogue, Excerpt

BUFFER = 8
"""Messages that are on their way to one who does not read."""
THREADS = 64
GRACE = 2.0
"""Seconds for the start, and for the end, of an application."""

Event = dict[str, Any]


class AsgiPlace:
    """An ASGI application, between `open` and `close`."""

    def __init__(self, application: Any, name: str = "application") -> None:
        self.name = name
        self._application = application
        self._state: Event = {}
        self._to_lifespan: asyncio.Queue[Event] = asyncio.Queue()
        self._lifespan: asyncio.Task[None] | None = None
        self._sockets: list[InnerSocket] = []

    async def open(self) -> None:
        """Run the start-up; an application may refuse the lifespan."""
        answered = asyncio.Event()

        async def send(event: Event) -> None:
            answered.set()

        async def run() -> None:
            scope = {
                "type": "lifespan",
                "asgi": {"version": "3.0", "spec_version": "2.0"},
                "state": self._state,
            }
            with suppress(Exception):  # it has no lifespan, and may say so
                await self._application(scope, self._to_lifespan.get, send)
            answered.set()

        self._lifespan = asyncio.create_task(run())
        self._to_lifespan.put_nowait({"type": "lifespan.startup"})
        await asyncio.wait_for(answered.wait(), GRACE)

    async def close(self) -> None:
        """Hang up, and run the shut-down."""
        for socket in self._sockets:
            await socket.abort()
        if self._lifespan:
            self._to_lifespan.put_nowait({"type": "lifespan.shutdown"})
            await asyncio.wait({self._lifespan}, timeout=GRACE)
            self._lifespan.cancel()

    async def request(
        self, method: str, target: str, fields: Fields = (), body: bytes = b""
    ) -> Got:
        """Make a request."""
        request = Request(
            method, target.encode(), _encoded(fields), (body,) if body else ()
        )
        found = await asgi_http.exchange(self._application, request, state=self._state)
        answer = found.answer
        if answer is None or isinstance(answer, Dialogue):
            raise Lost(f"{method} {target} got no answer: {found.ending.error}")
        whole = answer.body
        body = whole.head if isinstance(whole, Excerpt) else whole
        return Got(answer.status, body, _decoded(answer.headers))

    @asynccontextmanager
    async def stream(
        self, target: str, fields: Fields = (), *, narrow: bool = False
    ) -> AsyncIterator[InnerStream]:
        """Ask for an answer that goes on."""
        request = Request("GET", target.encode(), _encoded(fields))
        stream = InnerStream()
        await stream.open(self._application, Prepared(request).scope(self._state, {}))
        try:
            yield stream
        finally:
            await stream.close()

    async def websocket(
        self,
        target: str,
        fields: Fields,
        hear: Hear,
        ended: Ended,
        *,
        narrow: bool = False,
    ) -> InnerSocket | int:
        """Open a WebSocket; give the status if it is refused."""
        conversation = Conversation(target.encode(), _encoded(fields))
        scope = websocket_scope(conversation, self._state)
        socket = InnerSocket(hear, ended)
        status = await socket.open(self._application, scope)
        if status != 101:
            return status
        self._sockets.append(socket)
        return socket


class InnerSocket:
    """A WebSocket without a network."""

    def __init__(self, hear: Hear, ended: Ended) -> None:
        self._hear, self._tell_end = hear, ended
        self._to_application: asyncio.Queue[Event] = asyncio.Queue()
        self._unread: deque[str | bytes] = deque()
        self._room = asyncio.Event()
        self._reads = True
        self._over = False
        self._handshake: asyncio.Future[int] = asyncio.Future()
        self._task: asyncio.Task[None] | None = None
        self._close_unread: int | None = None

    async def open(self, application: Any, scope: Event) -> int:
        """Offer the connection; give 101, or the status of the refusal."""
        self._to_application.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._run(application, scope))
        return await self._handshake

    async def send(self, message: str | bytes) -> None:
        """Send a message."""
        key = "text" if isinstance(message, str) else "bytes"
        if not self._over:
            event = {"type": "websocket.receive", key: message}
            self._to_application.put_nowait(event)

    def stop_reading(self) -> None:
        """Take nothing more."""
        self._reads = False

    def read_again(self) -> None:
        """Take what is in the buffer, and what follows."""
        self._reads = True
        while self._unread:
            self._hear(self._unread.popleft())
        self._room.set()
        if self._close_unread is not None:
            self._end(self._close_unread)

    async def close(self) -> None:
        """Close it in good order."""
        self._disconnect(1000)
        await self._until_ended()

    async def abort(self) -> None:
        """Drop it, and wait until the application has ended."""
        self._disconnect(1006)
        await self._until_ended()

    async def _until_ended(self) -> None:
        assert self._task
        await asyncio.wait({self._task}, timeout=GRACE)
        self._task.cancel()

    def _disconnect(self, code: int) -> None:
        if not self._over:
            self._over = True
            self._room.set()
            self._to_application.put_nowait(
                {"type": "websocket.disconnect", "code": code, "reason": ""}
            )

    async def _run(self, application: Any, scope: Event) -> None:
        try:
            await application(scope, self._give, self._take)
        except Exception:  # a server closes with 1011 then; the log has the rest
            self._closed_by_application(1011)
        else:
            self._closed_by_application(1000)
        if not self._handshake.done():
            self._handshake.set_result(500)

    async def _give(self) -> Event:
        # Between two messages of a real socket, others have their turn.
        await asyncio.sleep(0)
        return await self._to_application.get()

    async def _take(self, event: Event) -> None:
        kind = event["type"]
        if not self._handshake.done():
            self._handshake.set_result(101 if kind == "websocket.accept" else 403)
            if kind != "websocket.accept":
                self._disconnect(1006)  # one that is refused has ended
            return
        if self._over:
            raise OSError("The client has left.")
        if kind == "websocket.close":
            self._closed_by_application(event.get("code", 1000))
            return
        text = event.get("text")
        message = event["bytes"] if text is None else text
        if self._reads:
            self._hear(message)
            return
        while len(self._unread) >= BUFFER and not self._reads and not self._over:
            self._room.clear()
            await self._room.wait()
        if self._over:
            raise OSError("The client has left.")
        if self._reads:
            self._hear(message)
        else:
            self._unread.append(message)

    def _closed_by_application(self, code: int) -> None:
        if self._over:
            return
        self._disconnect(code)
        if self._reads:
            self._end(code)
        else:
            self._close_unread = code

    def _end(self, code: int) -> None:
        self._close_unread = None
        self._tell_end(code)


class InnerStream:
    """An answer that goes on, without a network."""

    def __init__(self) -> None:
        self._status: asyncio.Future[int] = asyncio.Future()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(BUFFER)
        self._left = asyncio.Event()
        self._asked = False
        self.whole = False
        self._task: asyncio.Task[None] | None = None

    async def open(self, application: Any, scope: Event) -> None:
        """Ask."""
        self._task = asyncio.create_task(self._run(application, scope))

    async def status(self) -> int:
        """Wait for its status; 0 if there is no answer."""
        return await asyncio.shield(self._status)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield its pieces."""
        while (piece := await self._pieces.get()) is not None:
            yield piece
            self._room.release()

    async def close(self) -> None:
        """Leave, and wait until the application has ended."""
        self._left.set()
        self._room.release()
        assert self._task
        await asyncio.wait({self._task}, timeout=GRACE)
        self._task.cancel()

    async def _run(self, application: Any, scope: Event) -> None:
        with suppress(Exception):  # a server hangs up then; the log has the rest
            await application(scope, self._give, self._take)
        if not self._status.done():
            self._status.set_result(0)
        self._pieces.put_nowait(None)

    async def _give(self) -> Event:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _take(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._status.set_result(event["status"])
            return
        await self._room.acquire()
        if self._left.is_set():
            raise OSError("The client has left.")
        self.whole = not event.get("more_body", False)
        if piece := event.get("body", b""):
            self._pieces.put_nowait(piece)
        else:
            self._room.release()


class WsgiPlace:
    """A WSGI application, called on threads."""

    def __init__(self, application: Any, name: str = "application") -> None:
        self.name = name
        self._application = application
        self._pool = ThreadPoolExecutor(THREADS)

    async def open(self) -> None:
        """Do nothing: there is no start-up."""

    async def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def request(
        self, method: str, target: str, fields: Fields = (), body: bytes = b""
    ) -> Got:
        """Make a request."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, self._request, method, target, fields, body
        )

    def _request(self, method: str, target: str, fields: Fields, body: bytes) -> Got:
        called = Called(self._application, _environ(method, target, fields, body))
        return Got(called.status, b"".join(called.pieces()), called.fields)

    @asynccontextmanager
    async def stream(
        self, target: str, fields: Fields = (), *, narrow: bool = False
    ) -> AsyncIterator[Pieces]:
        """Ask for an answer that goes on."""
        pieces = Pieces(BUFFER)

        def run() -> None:
            called = Called(self._application, _environ("GET", target, fields, b""))
            pieces.begin(called.status)
            if called.status == 200:
                # Closed at once when nobody hears it, as a server does, which breaks
                # the answer off if there is an error.
                with suppress(Exception), closing(called.pieces()) as body:
                    any(not pieces.put(piece) for piece in body)
                    pieces.whole = True
            pieces.finish()

        self._pool.submit(run)
        try:
            yield pieces
        finally:
            pieces.stop()

    async def websocket(
        self,
        target: str,
        fields: Fields,
        hear: Hear,
        ended: Ended,
        *,
        narrow: bool = False,
    ) -> int:
        """Ask for it as the GET request that it is; WSGI has nothing more."""
        handshake = (("connection", "Upgrade"), ("upgrade", "websocket"))
        return (await self.request("GET", target, (*handshake, *fields))).status


class Called:
    """One call of a WSGI application."""

    def __init__(self, application: Any, environ: Event) -> None:
        self._status = "500 None"
        self._sent = False
        self.fields: Fields = ()
        self._body: Iterable[bytes] = application(environ, self._start)

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> None:
        if exc_info and self._sent:
            raise exc_info[1]  # PEP, "The start_response() Callable"
        self._status = status
        self.fields = tuple((name.lower(), value) for name, value in headers)

    @property
    def status(self) -> int:
        """What `start_response` was called with."""
        return int(self._status.split()[0])

    def pieces(self) -> Generator[bytes, None, None]:
        """Yield the pieces, and close the iterable."""
        try:
            for piece in self._body:
                self._sent = self._sent or bool(piece)
                yield piece
        finally:
            if hasattr(self._body, "close"):
                self._body.close()


def _environ(method: str, target: str, fields: Fields, body: bytes) -> Event:
    path, _, query = target.partition("?")
    environ: Event = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "HTTP_HOST": "testserver",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
    }
    environ |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in fields}
    setup_testing_defaults(environ)
    return environ


def _decoded(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    return tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in fields)


def _encoded(fields: Fields) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode(), value.encode()) for name, value in fields)
