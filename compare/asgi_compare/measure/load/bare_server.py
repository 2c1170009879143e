"""The limit: an `asyncio.Protocol` that parses requests, and nothing else.

It has no interface between server and application, no routes and no errors, and so no
server in Python that calls an application is faster. What a table of requests a second
says, it says better beside this row.

    python -m asgi_compare.measure.load.bare_server 8000

httptools parses (a C library), and uvloop is the event loop where it is installed. For
the proofs of the load client it can be slow in two known ways: `--delay` seconds before
each answer, and a whole process that stalls for `--stall` seconds out of each second.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import cast

import httptools

from asgi_compare.measure.load.loop import new_loop
from asgi_compare.measure.load.records import HOST

ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 13\r\n\r\nHello, world!"
)


class BareServer(asyncio.Protocol):
    """One connection; the parser calls `on_message_complete` for each request."""

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Parse; anything but HTTP/1.1 ends the connection."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_complete(self) -> None:
        """Answer, after the delay if there is one."""
        if self._delay:
            loop = asyncio.get_running_loop()
            loop.call_later(self._delay, self._transport.write, ANSWER)
        else:
            self._transport.write(ANSWER)


async def serve(port: int, delay: float, stall: float) -> None:
    """Serve until cancelled; print one line when connections are taken."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: BareServer(delay), HOST, port, backlog=4096
    )
    print(f"Serving on {HOST}:{port}.", flush=True)
    async with server:
        if not stall:
            await server.serve_forever()
        while True:  # stall at the beginning of each second
            await asyncio.sleep(1.0 - time.time() % 1.0)
            time.sleep(stall)  # noqa: ASYNC251  a stalled loop is what it is for


def main() -> None:
    """Serve on the port that the command line names."""
    parser = argparse.ArgumentParser(
        description="Serve the fastest 13 bytes there are."
    )
    parser.add_argument("port", type=int)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--stall", type=float, default=0.0)
    asked = parser.parse_args()
    # uvloop's timers have a resolution of a millisecond, too coarse for a known delay.
    loop_factory = asyncio.new_event_loop if asked.delay or asked.stall else new_loop
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(serve(asked.port, asked.delay, asked.stall))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
