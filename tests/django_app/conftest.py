"""A client with nothing in it, so that what is seen is what Django sends."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from django_app.asgi import application as asgi_application
from django_app.wsgi import application as wsgi_application

Interface = Literal["asgi", "wsgi"]


@dataclass(frozen=True)
class Answer:
    """What came back, with the names of the fields in lower case."""

    status: int
    headers: list[tuple[str, str]]
    pieces: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


Ask = Callable[..., Answer]


@pytest.fixture(params=["asgi", "wsgi"])
def interface(request: pytest.FixtureRequest) -> Interface:
    """Each test that asks something asks it twice."""
    side: Interface = request.param
    return side


@pytest.fixture
def ask(interface: Interface) -> Ask:
    """Send a request, and give the answer."""
    return {"asgi": ask_asgi, "wsgi": ask_wsgi}[interface]


def asgi_scope(method: str, target: str, **headers: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    fields = {"host": "testserver", **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in fields.items()
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }


def ask_asgi(method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    if body:
        headers["content_length"] = str(len(body))
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not received:
            received.append(True)
            return {"type": "http.request", "body": body}
        return await asyncio.Future()  # the client stays to the end

    async def send(event: Any) -> None:
        sent.append(event)

    received: list[bool] = []
    asyncio.run(asgi_application(asgi_scope(method, target, **headers), receive, send))
    fields = [
        (key.decode().lower(), value.decode("latin-1"))
        for key, value in sent[0]["headers"]
    ]
    pieces = [event["body"] for event in sent[1:] if event.get("body")]
    return Answer(sent[0]["status"], fields, pieces)


def wsgi_environ(
    method: str, target: str, body: bytes = b"", **headers: str
) -> dict[str, Any]:
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    for name, value in {"host": "testserver", **headers}.items():
        cgi = name.upper()
        environ[cgi if cgi == "CONTENT_TYPE" else f"HTTP_{cgi}"] = value
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def no_write(data: bytes) -> None:
    raise AssertionError("Django does not use write")


def ask_wsgi(method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    started: list[Any] = []

    def start_response(
        status: str, fields: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        started.extend((int(status[:3]), fields))
        return no_write

    iterable = wsgi_application(
        wsgi_environ(method, target, body, **headers), start_response
    )
    try:
        pieces = [piece for piece in iterable if piece]
    finally:
        iterable.close()
    fields = [(key.lower(), value) for key, value in started[1]]
    return Answer(started[0], fields, pieces)
