"""Servers that do on a socket what a test tells them, however broken that is."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from asgi_compare.drive.live.client import NO_LINGER

Script = Callable[[socket.socket], None]

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@contextlib.contextmanager
def scripted(script: Script) -> Iterator[int]:
    """Play `script` with one connection after the other; give the port."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        thread = threading.Thread(target=_serve, args=(listener, script, done))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join(10)
    assert not thread.is_alive()


def _serve(listener: socket.socket, script: Script, done: threading.Event) -> None:
    while not done.is_set():
        with contextlib.suppress(TimeoutError):
            connection, _ = listener.accept()
            connection.settimeout(5)
            with connection, contextlib.suppress(ConnectionError):
                script(connection)


def answers(*parts: bytes) -> Script:
    """Read the head of a request, send all parts, hang up."""

    def script(connection: socket.socket) -> None:
        read_until(connection, b"\r\n\r\n")
        for part in parts:
            connection.sendall(part)

    return script


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """Read until what came ends with `end`."""
    data = b""
    while not data.endswith(end):
        more = connection.recv(1 << 16)
        assert more, data
        data += more
    return data


def read_to_the_end(connection: socket.socket) -> str:
    """Wait for the client to leave; say how it did."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        return "reset"
    return "closed"


def reset(connection: socket.socket) -> None:
    """Let the connection be reset when it is closed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


def nobody() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
