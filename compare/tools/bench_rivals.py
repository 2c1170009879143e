"""The ways to put a request to an application.

Each is a context manager, because some need to be set up: given an application and an
event loop, it gives a function that puts `GET /` so many times and returns the last
status. What they have in common is that nothing is opened: no socket, no server.

Each is used as its own documentation would use it. This module does not measure.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process import asgi_http, environ, wsgi
from asgi_compare.drive.request_parts import prepare
from asgi_compare.model.transcript import Transcript

Many = Callable[[int], int]
Once = Callable[[], Awaitable[int]]
Rival = Callable[[Any, asyncio.AbstractEventLoop], AbstractContextManager[Many]]

GET = Request()


def in_loop(
    loop: asyncio.AbstractEventLoop, once: Callable[[], Awaitable[int]]
) -> Many:
    """Make a function that awaits `once` so many times, in one task."""

    async def many(times: int) -> int:
        status = 0
        for _ in range(times):
            status = await once()
        return status

    return lambda times: loop.run_until_complete(many(times))


def in_turn(once: Callable[[], int]) -> Many:
    """Make a function that calls `once` so many times."""

    def many(times: int) -> int:
        status = 0
        for _ in range(times):
            status = once()
        return status

    return many


@contextmanager
def bare_asgi(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """What cannot be spared: a scope, the call, and a list of what is sent."""
    prepared = prepare(GET)

    async def once() -> int:
        sent: list[Any] = []
        read = False

        async def receive() -> Any:
            nonlocal read
            if read:
                return await loop.create_future()
            read = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(event: Any) -> None:
            sent.append(event)

        await application(prepared.scope(None, {}), receive, send)
        status: int = sent[0]["status"]
        return status

    yield in_loop(loop, once)


@contextmanager
def ours_asgi(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """`asgi_compare.drive.in_process.asgi_http`, and a look at the transcript."""

    async def once() -> int:
        return status_of(await asgi_http.exchange(application, GET))

    yield in_loop(loop, once)


@contextmanager
def communicator(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """`ApplicationCommunicator` of asgiref: a task and two queues."""
    from asgiref import testing

    prepared = prepare(GET)
    untyped: Any = testing  # it has no annotations

    async def once() -> int:
        held = untyped.ApplicationCommunicator(application, prepared.scope(None, {}))
        await held.send_input({"type": "http.request", "body": b""})
        start = await held.receive_output()
        await held.receive_output()
        await held.wait()
        status: int = start["status"]
        return status

    yield in_loop(loop, once)


@contextmanager
def httpx(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """`AsyncClient` over `ASGITransport` of httpx."""
    import httpx

    transport = httpx.ASGITransport(app=application)
    client = httpx.AsyncClient(transport=transport, base_url="http://testserver")

    async def once() -> int:
        return (await client.get("/")).status_code

    yield in_loop(loop, once)
    loop.run_until_complete(client.aclose())


@contextmanager
def httpx2(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """The same of httpx2."""
    import httpx2

    transport = httpx2.ASGITransport(app=application)
    client = httpx2.AsyncClient(transport=transport, base_url="http://testserver")

    async def once() -> int:
        return (await client.get("/")).status_code

    yield in_loop(loop, once)
    loop.run_until_complete(client.aclose())


@contextmanager
def test_client(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """Starlette's `TestClient` as a context manager: one loop on one thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient

        with TestClient(application) as client:
            yield in_turn(lambda: int(client.get("/").status_code))


@contextmanager
def bare_test_client(
    application: Any, loop: asyncio.AbstractEventLoop
) -> Iterator[Many]:
    """Starlette's `TestClient` as it is: a loop and a thread for each request."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient

        client = TestClient(application)
        yield in_turn(lambda: int(client.get("/").status_code))


@contextmanager
def django_async_client(
    application: Any, loop: asyncio.AbstractEventLoop
) -> Iterator[Many]:
    """Django's `AsyncClient`, which has a handler of its own."""
    from django.test import AsyncClient

    client = AsyncClient()

    async def once() -> int:
        return (await client.get("/")).status_code

    yield in_loop(loop, once)


@contextmanager
def bare_wsgi(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """What cannot be spared: an environ, the call, and the joined body."""
    prepared = prepare(GET)
    template = environ.template(prepared)

    def once() -> int:
        started: list[Any] = []
        variables = template.copy()
        variables["wsgi.input"] = environ.Input(
            (), prepared.client, False, lambda *_: None, lambda _: True
        )
        variables["wsgi.errors"] = environ.Errors(lambda _: None)

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            started.append(status)

        blocks = application(variables, start_response)
        b"".join(blocks)
        if hasattr(blocks, "close"):
            blocks.close()
        return int(started[0][:3])

    yield in_turn(once)


@contextmanager
def ours_wsgi(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """`asgi_compare.drive.in_process.wsgi`, and a look at the transcript."""
    yield in_turn(lambda: status_of(wsgi.exchange(application, GET)))


@contextmanager
def werkzeug(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """Werkzeug's test client."""
    from werkzeug.test import Client

    client = Client(application)
    yield in_turn(lambda: int(client.get("/").status_code))


@contextmanager
def django_client(application: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Many]:
    """Django's `Client`, which has a handler of its own."""
    from django.test import Client

    client = Client()
    yield in_turn(lambda: int(client.get("/").status_code))


def status_of(transcript: Transcript) -> int:
    """Return the status of the answer; 0 if there is none."""
    return 0 if transcript.response is None else transcript.response.status
