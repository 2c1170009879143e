"""Known servers in a thread of this process: up sooner than a process of their own."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.wsgiref_main import make
from asgi_compare.judge.server.instrument import asgi


@contextlib.contextmanager
def uvicorn_here(application: Any = asgi) -> Iterator[int]:
    """Serve with uvicorn; give the port."""
    config = uvicorn.Config(
        application,
        port=0,
        http="h11",
        loop="asyncio",
        log_level="critical",
        access_log=False,
    )
    server = uvicorn.Server(config)
    server.config.load()
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert wait_until(lambda: server.started, 5)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()


@contextlib.contextmanager
def wsgiref_here() -> Iterator[int]:
    """Serve with wsgiref, one connection at a time; give the port."""
    server = make("asgi_compare.judge.server.instrument:wsgi", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
