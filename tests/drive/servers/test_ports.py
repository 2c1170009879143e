"""A port may be taken before our server has it; its owner is left alone."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from asgi_compare.drive.servers.supervisor import (
    ForeignAnswer,
    ServerError,
    free_port,
    is_taken,
    start,
)
from asgi_compare.drive.servers.table import SERVERS
from tests.drive.servers.conftest import TINY, get
from tests.tables import slow_but

Write = Callable[[str], str]


@contextmanager
def occupied(answer: bytes) -> Iterator[int]:
    """Listen on a port, and answer everything with the same bytes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as squatter:
        thread = threading.Thread(target=squatter.serve_forever, args=(0.01,))
        thread.start()
        yield squatter.server_address[1]
        squatter.shutdown()
        thread.join()


SQUATTERS = {
    "web server": b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    "JSON": b'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a": "b"}',
    "other nonce": b"HTTP/1.1 200 OK\r\n\r\n"
    b'{"nonce": "x", "pid": 1, "loop": "", "parser": "", "thread": ""}',
    "no HTTP": b"SSH-2.0-nothing\r\n",
    "unfinished": b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{",
    "silent": b"",
}


@pytest.mark.parametrize("name", slow_but(("other nonce", "silent"), SQUATTERS))
def test_a_taken_port_is_left_to_its_owner(name: str, write: Write) -> None:
    answer = SQUATTERS[name]
    app_dir = write(TINY)
    row = SERVERS["uvicorn"]
    with (
        occupied(answer) as port,
        start(
            row, "target:asgi", interface="asgi", app_dir=app_dir, port=port
        ) as running,
    ):
        assert running.port != port
        assert get(running, "/ours") == b"/ours"


def test_a_wish_for_a_free_port_is_granted(write: Write) -> None:
    port = free_port()
    row = SERVERS["uvicorn"]
    with start(
        row, "target:asgi", interface="asgi", app_dir=write(TINY), port=port
    ) as running:
        assert running.port == port
        assert is_taken(port)


def test_ports_that_are_taken_again_and_again_end_the_search(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_dir = write(TINY)
    with occupied(SQUATTERS["web server"]) as port:
        monkeypatch.setattr(
            "asgi_compare.drive.servers.supervisor.free_port", lambda: port
        )
        with pytest.raises(ServerError) as caught:
            start(
                SERVERS["uvicorn"],
                "target:asgi",
                interface="asgi",
                app_dir=app_dir,
            )
    assert str(caught.value) == (
        "uvicorn found its port taken 3 times in a row; "
        "see what else listens on 127.0.0.1."
    )


def test_ask_refuses_the_answer_of_another_server(write: Write) -> None:
    app_dir = write(TINY)
    row = SERVERS["uvicorn"]
    with (
        start(row, "target:asgi", interface="asgi", app_dir=app_dir) as ours,
        start(row, "target:asgi", interface="asgi", app_dir=app_dir) as other,
    ):
        assert ours.ask() == ours.identity
        ours.port = other.port
        with pytest.raises(ForeignAnswer):
            ours.ask()


def test_is_taken_tells_a_listener_from_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert is_taken(port)
    assert not is_taken(port)
