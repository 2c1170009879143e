"""What each known client is made to do with an application: one function for each.

The path says what the application does: `/echoes` is the act `echoes`. A client of
one's own is checked by a function like these: it takes an application, and uses the
client on it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from asgi_compare.model.transcript import Interface

PATH = "/answers"
QUERY = "/answers/caf%C3%A9%20x?q=%C3%A9&empty="
FIELDS = {"X-Case": "1", "Cookie": "a=1; b=2"}
BODY = b"[part 0] and [part 1]"
STREAM = "/streams-a-while"
"""A stream that the client leaves after its first piece."""
WEBSOCKET = "/echoes-messages"
BASE = "http://testserver"


def starlette(application: Any) -> None:
    """Use Starlette's TestClient."""
    with import_module("starlette.testclient").TestClient(application) as client:
        client.get(PATH)
        client.get(QUERY, headers=FIELDS)
        client.head(PATH)
        client.post("/echoes", content=BODY)
        client.get("/streams")
        with client.stream("GET", STREAM) as response:
            next(response.iter_bytes())
        with client.websocket_connect(WEBSOCKET, subprotocols=["one"]) as socket:
            socket.send_text("text")
            socket.receive_text()
            socket.send_bytes(b"bytes")
            socket.receive_bytes()


async def through_httpx(module: str, application: Any) -> None:
    """Use the transport of httpx, or of what is made like it."""
    httpx = import_module(module)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        await client.get(PATH)
        await client.get(QUERY, headers=FIELDS)
        await client.head(PATH)
        await client.post("/echoes", content=BODY)
        await client.get("/streams")
        async with client.stream("GET", STREAM) as response:
            await anext(response.aiter_bytes())


async def httpx_asgi(application: Any) -> None:
    """Use httpx's ASGITransport."""
    await through_httpx("httpx", application)


async def httpx2_asgi(application: Any) -> None:
    """Use httpx2's ASGITransport."""
    await through_httpx("httpx2", application)


async def async_asgi_testclient(application: Any) -> None:
    """Use the client of async-asgi-testclient."""
    module = import_module("async_asgi_testclient")
    async with module.TestClient(application) as client:
        await client.get(PATH)
        await client.get(QUERY, headers=FIELDS)
        await client.head(PATH)
        await client.post("/echoes", data=BODY)
        await client.get("/streams")
        response = await client.get(STREAM, stream=True)
        await anext(response.iter_content(1))
        async with client.websocket_connect(WEBSOCKET) as socket:
            await socket.send_text("text")
            await socket.receive_text()
            await socket.send_bytes(b"bytes")
            await socket.receive_bytes()


async def asgi_lifespan(application: Any) -> None:
    """Use asgi-lifespan's manager."""
    async with import_module("asgi_lifespan").LifespanManager(application):
        pass


def werkzeug(application: Any) -> None:
    """Use Werkzeug's Client."""
    client = import_module("werkzeug.test").Client(application)
    client.get(PATH)
    client.get(QUERY, headers=FIELDS)
    client.head(PATH)
    client.post("/echoes", data=BODY)
    client.get("/streams")


def httpx_wsgi(application: Any) -> None:
    """Use httpx's WSGITransport."""
    httpx = import_module("httpx")
    transport = httpx.WSGITransport(app=application)
    with httpx.Client(transport=transport, base_url=BASE) as client:
        client.get(PATH)
        client.get(QUERY, headers=FIELDS)
        client.head(PATH)
        client.post("/echoes", content=BODY)
        client.get("/streams")


KNOWN: dict[str, tuple[Callable[[Any], Any], Interface]] = {
    "starlette": (starlette, "asgi"),
    "httpx": (httpx_asgi, "asgi"),
    "httpx2": (httpx2_asgi, "asgi"),
    "async-asgi-testclient": (async_asgi_testclient, "asgi"),
    "asgi-lifespan": (asgi_lifespan, "asgi"),
    "werkzeug": (werkzeug, "wsgi"),
    "httpx-wsgi": (httpx_wsgi, "wsgi"),
}
"""By the name on the command line: the function, and the interface that it plays."""
