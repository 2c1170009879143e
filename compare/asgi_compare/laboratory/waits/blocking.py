"""The same wait twice: with `await`, and with a call that blocks the event loop."""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Wait `t` seconds: `/awaits` lets others run meanwhile, `/blocks` does not."""
    assert scope["type"] == "http"
    seconds = float(parse_qs(scope["query_string"].decode())["t"][0])
    if scope["path"] == "/blocks":
        time.sleep(seconds)  # noqa: ASYNC251  what is measured
    else:
        await asyncio.sleep(seconds)
    headers = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"done"})
