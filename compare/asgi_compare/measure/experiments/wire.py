"""What experiments need to look at single connections, processes and signals."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from asgi_compare.measure.experiments.bench import Serving, installed, serve
from asgi_compare.measure.experiments.experiment import Observation
from asgi_compare.measure.load.records import HOST
from asgi_compare.model.transcript import Interface

TICK = 0.01
ASGI_SERVERS = ("uvicorn", "hypercorn", "daphne", "granian", "gunicorn-asgi")
WSGI_SERVERS = (
    "wsgiref",
    "gunicorn-sync",
    "gunicorn-gthread",
    "waitress",
    "granian-wsgi",
)


AT_ONCE = 4
"""Servers that are looked at together where only what happens counts."""
Look = Callable[[str, Serving], Sequence[Observation]]
"""Given the name of a server and the server that runs."""

NO_OPTIONS: Mapping[str, Sequence[str]] = MappingProxyType({})


def on_each(
    servers: Sequence[str],
    module: str,
    look: Look,
    *,
    options: Mapping[str, Sequence[str]] = NO_OPTIONS,
    environment: Callable[[str], Mapping[str, str]] = lambda server: {},
    at_once: int = AT_ONCE,
) -> Iterator[Observation]:
    """Look at each server that is installed; yield what was seen, in their order.

    The module has an application `asgi`, and `wsgi` where there are WSGI servers; the
    options of a server are added to its command line.
    Several servers run together, so nothing may be timed that takes less than a second.
    """

    def looked(server: str) -> Sequence[Observation]:
        interface: Interface = "wsgi" if server in WSGI_SERVERS else "asgi"
        target = f"{module}:{interface}"
        with serve(
            target,
            server,
            *options.get(server, ()),
            interface=interface,
            environment=environment(server),
        ) as serving:
            return look(server, serving)

    with ThreadPoolExecutor(at_once) as pool:
        try:
            for rows in pool.map(looked, installed(servers)):
                yield from rows
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def connected(serving: Serving, patience: float = 2.0) -> Iterator[socket.socket]:
    """Open a connection, whose operations take `patience` seconds at most."""
    with socket.create_connection((HOST, serving.port), patience) as connection:
        yield connection


def head(target: str, method: str = "GET", *fields: str) -> bytes:
    """Return the head of a request as it crosses the wire."""
    lines = (f"{method} {target} HTTP/1.1", f"Host: {HOST}", *fields)
    return "\r\n".join([*lines, "", ""]).encode()


def read_to_end(connection: socket.socket) -> tuple[bytes, str]:
    """Return all that comes, and how it ended: closed, reset, or open (still)."""
    came = b""
    try:
        while piece := connection.recv(1 << 16):
            came += piece
    except TimeoutError:
        return came, "open"
    except OSError:
        return came, "reset"
    return came, "closed"


def status_of(answer: bytes) -> int:
    """Return the status of an answer as it crossed the wire; 0 if there is none."""
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds, for so many seconds; return whether it does."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(TICK)
    return held


def parent_of(pid: int) -> int:
    """Return the number of a process's parent; 0 if it is gone."""
    with suppress(OSError, IndexError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[1])
    return 0


def main_of(serving: Serving) -> int:
    """Return the process that was started, the parent of the workers; 0 if gone."""
    group = serving.running.group
    return next((pid for pid in serving.pids() if parent_of(pid) == group), 0)


def workers_of(serving: Serving) -> list[int]:
    """Return the workers: children of the main process that have the application."""
    if not (main := main_of(serving)):
        return []
    return [
        pid for pid in serving.pids() if parent_of(pid) == main and not _is_tracker(pid)
    ]


def _is_tracker(pid: int) -> bool:
    """Return whether it is the helper that Python's multiprocessing starts."""
    with suppress(OSError):
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True


def send_signal(serving: Serving, number: signal.Signals) -> None:
    """Send a signal to the main process, as a process manager does."""
    if main := main_of(serving):
        with suppress(OSError):
            os.kill(main, number)
