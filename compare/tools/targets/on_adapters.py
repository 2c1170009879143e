"""A small application, in ASGI and in WSGI, behind the adapters between the two."""

from collections.abc import Iterable
from typing import Any

from a2wsgi import ASGIMiddleware, WSGIMiddleware
from asgiref.wsgi import WsgiToAsgi

TEXT = [("Content-Type", "text/plain")]
PIECES = [b"one", b"two", b"three"]


def in_wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/echo":
        # Without a length the body ends where the adapter says so.
        length = int(environ.get("CONTENT_LENGTH") or -1)
        start_response("200 OK", TEXT)
        return [environ["wsgi.input"].read(length)]
    if path == "/nothing":
        start_response("204 No Content", [])
        return []
    if path == "/error":
        raise ValueError("on purpose")
    start_response("200 OK", TEXT)
    return iter(PIECES) if path == "/stream" else [b"Hello"]


async def in_asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise ValueError(f"Expected HTTP, but got {scope['type']!r}.")
    path = scope["path"]
    if path == "/error":
        raise ValueError("on purpose")
    status = 204 if path == "/nothing" else 200
    content = b"" if status == 204 else b"Hello"
    if path == "/echo":
        event = await receive()
        content = event.get("body", b"")
        while event.get("more_body"):
            event = await receive()
            content += event.get("body", b"")
    headers = [(b"content-type", b"text/plain")] if content else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if path == "/stream":
        for piece in PIECES:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        content = b""
    if scope["method"] == "HEAD":
        content = b""
    await send({"type": "http.response.body", "body": content})


wsgi_to_asgi = WsgiToAsgi(in_wsgi)
a2wsgi_asgi = WSGIMiddleware(in_wsgi)
a2wsgi_wsgi = ASGIMiddleware(in_asgi)
