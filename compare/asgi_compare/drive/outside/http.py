"""A small HTTP server, whose handlers may misbehave: they write what they like.

It answers one request on each connection, so that a connection in use is a request that
is under way, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

LONGEST = 1 << 22
"""Bytes of a request's body."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and the connection on which to answer it."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def field(self, name: str) -> str:
        """Return a header field; empty if there is none."""
        return dict(self.fields).get(name, "")

    async def hung_up(self) -> None:
        """Wait until the client has hung up."""
        with suppress(OSError):
            while await self.reader.read(1024):
                pass

    async def answer(
        self, status: int, body: bytes = b"", *fields: tuple[str, str]
    ) -> None:
        """Send a whole answer."""
        await self.begin(status, ("content-length", str(len(body))), *fields)
        await self.write(b"" if self.method == "HEAD" else body)

    async def begin(self, status: int, *fields: tuple[str, str]) -> None:
        """Send the head of an answer; the body goes on until the connection ends."""
        lines = [f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in fields)]
        head = "\r\n".join([*lines, "connection: close", "", ""])
        await self.write(head.encode("latin-1"))

    async def write(self, data: bytes) -> None:
        """Send bytes; raise `OSError` if the client has hung up."""
        self.writer.write(data)
        await self.writer.drain()


Handler = Callable[[Request], Awaitable[None]]


async def serve(
    handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Read one request, and have it answered."""
    try:
        # What is sent is noise or ours: whatever is no request is hung up on.
        with suppress(OSError, ValueError, asyncio.IncompleteReadError):
            await handler(await _read(reader, writer))
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    fields = tuple((k.strip().lower(), v.strip()) for k, _, v in pairs)
    known = dict(fields)
    body = b""
    if known.get("transfer-encoding", "") == "chunked":
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    elif length := int(known.get("content-length", 0)):
        body = await reader.readexactly(min(length, LONGEST))
    return Request(method, target, fields, body, reader, writer)
