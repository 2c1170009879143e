"""Serve the dashboard with uvicorn, on a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from asgi_compare.dashboard.app import Dashboard
from asgi_compare.dashboard.guard import Guard
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.model.results import Run

HOST = "127.0.0.1"
PATIENCE = 5.0
"""Seconds that uvicorn may take to start, and to end."""


@contextmanager
def serving(
    subjects: Mapping[str, Subject],
    *,
    runs: Sequence[Run] = (),
    reports: Sequence[Path] = (),
    port: int = 0,
) -> Iterator[str]:
    """Serve on loopback as long as the block lasts; give the address with its token.

    Raises `OSError` if the port is taken, `ModuleNotFoundError` without uvicorn.
    """
    import uvicorn

    with socket.create_server((HOST, port)) as listener:
        number = listener.getsockname()[1]
        guard = Guard.for_port(number)
        app = Dashboard(guard, subjects, runs, reports)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False)
        )
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        thread.start()
        end = time.monotonic() + PATIENCE
        while not server.started and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        try:
            yield f"http://{HOST}:{number}/{guard.token}/"
        finally:
            server.should_exit = server.force_exit = True
            thread.join(PATIENCE)
            for subject in subjects.values():
                subject.close()
