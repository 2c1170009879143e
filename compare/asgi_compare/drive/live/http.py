"""A client that makes one HTTP/1.1 request.

The bytes of the request are written by us, so that they are what the scenario says and
not what a library makes of it; `live_response.py` reads what comes back. The client
writes and reads at the same time, because a server may answer before it has read the
whole body.

The client does not send `Connection: close`. That would be a request to the server too,
and servers answer it with fields, and sometimes with a framing, that they do not use
otherwise. It keeps the connection open, as HTTP/1.1 does by default, reads until the
response is complete, and then hangs up. Each exchange has a connection of its own.

A client that leaves early does so with a reset, except after sending a part of its
body: then it closes, so that the server surely gets that part.
"""

from __future__ import annotations

import asyncio
import socket

from asgi_compare.contract.scenario import Client, Request
from asgi_compare.drive.live.client import Course, Over, connect, side_by_side, vanish
from asgi_compare.drive.live.response import Reading
from asgi_compare.drive.request_parts import framing
from asgi_compare.model.transcript import Transcript

RECV_BYTES = 1 << 16


async def exchange(
    host: str, port: int, request: Request, *, name: str = "", deadline: float = 5.0
) -> Transcript:
    """Make one request, take the answer, hang up."""
    course = Course(name or title(request))
    reading = Reading(request.method)
    async with course.until(deadline, "The exchange"):
        with await connect(host, port) as sock:
            course.start()
            await _play(sock, head_of(request, host, port), request, reading, course)
    course.notes += reading.notes()
    return course.transcript(reading.response())


def title(request: Request) -> str:
    """Return the name of a request that has none: `GET /x`."""
    return f"{request.method} {request.target.decode('ascii', 'backslashreplace')}"


def head_of(request: Request, host: str, port: int) -> bytes:
    """Return the request line and the header section, as they go over the wire."""
    line = b"%s %s HTTP/1.1" % (request.method.encode(), request.target)
    given = {name.lower() for name, _ in request.headers}
    # RFC 9112, 3.2: Host is required; RFC 9110, 7.2: it should be the first field.
    host = f"[{host}]" if ":" in host else host
    ours = ((b"host", f"{host}:{port}".encode()),) if b"host" not in given else ()
    added = tuple(pair for pair in framing(request) if pair[0] not in given)
    fields = (*ours, *request.headers, *added)
    lines = [line, *(b"%s: %s" % pair for pair in fields)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _play(
    sock: socket.socket, head: bytes, request: Request, reading: Reading, course: Course
) -> None:
    """Write and read at once, until the answer is there or the client has left."""
    try:
        leaves = await side_by_side(
            _write(sock, head, request, course), _read(sock, request.client, reading)
        )
    except BaseException:
        vanish(sock)  # nobody waits for the rest: the server should know
        raise
    if leaves:
        if request.client.leaves_after_sending is None:
            vanish(sock)
        course.leave()
    elif not reading.complete:
        _say_what_is_missing(reading, course)


async def _write(
    sock: socket.socket, head: bytes, request: Request, course: Course
) -> bool:
    """Send the request; True if the client has a reason to leave when it has."""
    loop = asyncio.get_running_loop()
    client = request.client
    try:
        await loop.sock_sendall(sock, head)
        for sent, piece in enumerate(request.body):
            if sent == client.leaves_after_sending:
                return True
            if sent:
                await asyncio.sleep(client.pause)
            await loop.sock_sendall(sock, _framed(piece, request.chunked))
        if len(request.body) == client.leaves_after_sending:
            return True
        if request.chunked:
            await loop.sock_sendall(sock, b"0\r\n\r\n")
    except ConnectionError:
        # It may have answered before; if so, the reader has the answer.
        course.notes.append("The server closed before it had read the whole request.")
        return False
    if client.leaves_after is not None:
        await asyncio.sleep(client.leaves_after)
        return True
    return False


def _framed(piece: bytes, chunked: bool) -> bytes:
    if not chunked:
        return piece
    # RFC 9112, 7.1: an empty chunk would be the last one.
    return b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""


async def _read(sock: socket.socket, client: Client, reading: Reading) -> bool:
    """Take the answer; True if the client has had enough of it before its end."""
    loop = asyncio.get_running_loop()
    before = 0
    while not reading.complete:
        # `sock_recv` does not wait if there is something to read. Against a server that
        # never stops, neither the deadline nor the writer would ever have its turn.
        await asyncio.sleep(0)
        try:
            data = await loop.sock_recv(sock, RECV_BYTES)
        except ConnectionError:
            return False
        if not data:
            reading.end()
            return False
        for heard in reading.feed(data):
            if client.has_enough(heard, reading.length) and not reading.complete:
                return True
            if heard > before:
                await asyncio.sleep(client.reads_every)
            before = heard
    return False


def _say_what_is_missing(reading: Reading, course: Course) -> None:
    if reading.begun:
        course.notes.append("The connection ended in the middle of the response.")
    elif reading.received:
        raise Over(
            "crashed",
            f"The connection ended after {reading.received} bytes, "
            f"before the header section was complete.",
        )
    else:
        raise Over("crashed", "The connection ended without a byte of an answer.")
