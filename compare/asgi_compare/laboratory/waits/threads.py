"""An ASGI application that waits in a thread, by asgiref's `sync_to_async`.

Django opens a context for each request, so that each has a thread of its own. Here
nobody does: this is what a consumer, a script or another framework gets.
"""

import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async


def wait(seconds: float) -> int:
    """Wait, and say in which thread."""
    time.sleep(seconds)
    return threading.get_ident()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Wait `t` seconds, given in the query."""
    assert scope["type"] == "http"
    query = parse_qs(scope["query_string"].decode())
    thread = await sync_to_async(wait)(float(query["t"][0]))
    body = json.dumps({"thread": thread}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
