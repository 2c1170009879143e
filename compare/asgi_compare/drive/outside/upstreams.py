"""Upstreams of a gateway: some are well, each of the others has one fault."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from asgi_compare.drive.outside.http import Handler, Request

PAUSE = 0.02
"""Seconds between two lines of `drip`."""


async def well(request: Request) -> None:
    """Say what was asked; below `drip`, say line after line; below `cookies`, set two.

    The answer has fields that are about this connection alone.
    """
    path, query = urlsplit(request.target).path, urlsplit(request.target).query
    if path.endswith("/drip"):
        return await drip(request, int(dict(parse_qsl(query)).get("n", 2000)))
    asked = {
        "upstream": path.split("/")[1],
        "method": request.method,
        "path": path,
        "query": query,
        "fields": dict(request.fields),
        "body": request.body.decode("latin-1"),
    }
    await request.answer(
        200,
        json.dumps(asked).encode(),
        ("content-type", "application/json"),
        ("set-cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT"),
        ("set-cookie", "b=2; HttpOnly; Priority=High"),
        ("keep-alive", "timeout=5"),
        ("x-hop", "of this connection"),
        ("connection", "x-hop"),
    )


async def drip(request: Request, lines: int) -> None:
    """Send a line now and then, until the client hangs up."""
    await request.begin(200, ("content-type", "application/jsonl"))
    left = asyncio.create_task(request.hung_up())
    try:
        for n in range(1, lines + 1):
            await request.write(b'{"n": %d}\n' % n)
            await asyncio.wait({left}, timeout=PAUSE)
            if left.done():
                return
    finally:
        left.cancel()


async def late(request: Request) -> None:
    """Say nothing at all."""
    await request.hung_up()


async def broken(request: Request) -> None:
    """Fail."""
    await request.answer(500, b"It failed.")


async def cut(request: Request) -> None:
    """Promise more than is sent."""
    await request.begin(200, ("content-length", "1000"))
    await request.write(b'{"n": 1}\n')
    await asyncio.sleep(0.1)  # aiohttp keeps back what comes together with the end


async def garbage(request: Request) -> None:
    """Answer in no protocol."""
    await request.write(b"Hello?\r\n\r\n")


class Shy:
    """It is busy at every other request."""

    def __init__(self) -> None:
        self._count = 0

    async def __call__(self, request: Request) -> None:
        """Answer 503, then well, and so on."""
        self._count += 1
        if self._count % 2:
            return await request.answer(503, b"Busy.")
        await well(request)


UPSTREAMS: Mapping[str, Handler] = {
    "catalog": well,
    "prices": well,
    "stock": well,
    "flaky": well,
    "late": late,
    "broken": broken,
    "cut": cut,
    "garbage": garbage,
    "shy": Shy(),
}
AWAY = ("away", "gone", "lost")
"""Names of upstreams where nobody listens."""
