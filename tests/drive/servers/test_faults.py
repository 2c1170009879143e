"""Applications that hang, block, crash or refuse: one sentence, and nothing is left."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable

import pytest

from asgi_compare.drive.servers.process import living, wait_until
from asgi_compare.drive.servers.supervisor import RunningServer, ServerError, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.model.transcript import Interface
from tests.tables import slow_but

Write = Callable[[str], str]

AWAIT_STARTUP = """
import asyncio, os, time
async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        assert (await receive())["type"] == "lifespan.startup"
        {startup}
        await send({{"type": "lifespan.startup.complete"}})
        assert (await receive())["type"] == "lifespan.shutdown"
        {shutdown}
        await send({{"type": "lifespan.shutdown.complete"}})
    else:
        print("entered", flush=True)
        {request}
"""
FOREVER = "await asyncio.sleep(3600)"
BLOCK = "time.sleep(3600)"
STUBBORN = """while True:
            try: await asyncio.sleep(3600)
            except asyncio.CancelledError: print("no", flush=True)"""
FAIL = """return await send({"type": "lifespan.startup.failed", "message": "no db"})"""

WITH_LIFESPAN = ["uvicorn", "hypercorn", "granian", "gunicorn-asgi"]
"""The ASGI servers that have a lifespan."""
USUAL = ("uvicorn", "hypercorn")
"""What is tried by default; the others are slow tests."""


def app(*, startup: str = "pass", shutdown: str = "pass", request: str = "pass") -> str:
    return AWAIT_STARTUP.format(startup=startup, shutdown=shutdown, request=request)


def begin(
    name: str, app_dir: str, *, interface: Interface = "asgi", deadline: float = 10.0
) -> RunningServer:
    """Start a server with little patience."""
    return start(
        SERVERS[name],
        f"target:{interface}",
        interface=interface,
        app_dir=app_dir,
        deadline=deadline,
        grace=0.3,
    )


def enter(running: RunningServer) -> socket.socket:
    """Send a request, and come back when the application has it."""
    client = socket.create_connection((running.host, running.port), timeout=5)
    client.sendall(b"GET /enter HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert wait_until(lambda: "entered" in running.logs(), 5.0)
    return client


def stops_in_time(running: RunningServer) -> bool:
    began = time.monotonic()
    running.stop()
    return time.monotonic() - began < 3.0 and living(running.group) == []


# --- it never gets ready


@pytest.mark.parametrize("hang", [FOREVER, BLOCK], ids=["hangs", "blocks"])
@pytest.mark.parametrize("name", slow_but(USUAL, WITH_LIFESPAN))
def test_a_startup_without_end_is_given_up(name: str, hang: str, write: Write) -> None:
    with pytest.raises(ServerError) as caught:
        begin(name, write(app(startup=hang)), deadline=1.0)
    assert re.fullmatch(
        rf"{name} did not answer for 'target:asgi' within 1\.\d s; "
        rf"see whether its start-up hangs or blocks\.",
        caught.value.sentence,
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [("uvicorn", 3), ("hypercorn", 0), ("granian", 1), ("gunicorn-asgi", 3)],
)
def test_a_failed_startup_is_told_whatever_the_exit_code(
    name: str, code: int, write: Write
) -> None:
    with pytest.raises(ServerError) as caught:
        begin(name, write(app(startup=FAIL)))
    assert caught.value.sentence == (
        f"{name} exited with code {code} before 'target:asgi' could be asked anything."
    )


def test_the_last_log_lines_come_with_the_error(write: Write) -> None:
    with pytest.raises(ServerError) as caught:
        begin(
            "uvicorn", write("import os\nprint('\\x1b[31mlast words')\nos._exit(5)\n")
        )
    assert str(caught.value) == (
        "uvicorn exited with code 5 before 'target:asgi' could be asked anything.\n"
        "Its last log lines:\n"
        "  | \\x1b[31mlast words"
    )


def test_a_server_without_lifespan_gets_ready_all_the_same(write: Write) -> None:
    with begin("daphne", write(app(startup=FOREVER))) as running:
        assert running.exited() is None


# --- it cannot be stopped


@pytest.mark.parametrize(
    "request_",
    [BLOCK, FOREVER, STUBBORN],
    ids=["blocks the loop", "hangs", "ignores cancellation"],
)
@pytest.mark.parametrize("name", slow_but(USUAL, [*WITH_LIFESPAN, "daphne"]))
def test_a_request_without_end_does_not_keep_a_server_alive(
    name: str, request_: str, write: Write
) -> None:
    with begin(name, write(app(request=request_))) as running, enter(running):
        assert stops_in_time(running)


@pytest.mark.parametrize(
    "name",
    slow_but(
        ["gunicorn-gthread"],
        ["wsgiref", "gunicorn-sync", "gunicorn-gthread", "waitress", "granian-wsgi"],
    ),
)
def test_a_wsgi_call_without_end_does_not_keep_a_server_alive(
    name: str, write: Write
) -> None:
    app_dir = write(
        "import time\n"
        "def wsgi(environ, start_response):\n"
        "    print('entered', flush=True)\n"
        "    time.sleep(3600)\n"
    )
    with begin(name, app_dir, interface="wsgi") as running, enter(running):
        assert stops_in_time(running)


@pytest.mark.parametrize("name", slow_but(USUAL, WITH_LIFESPAN))
def test_a_shutdown_without_end_is_cut_off(name: str, write: Write) -> None:
    with begin(name, write(app(shutdown=FOREVER))) as running:
        assert stops_in_time(running)


# --- it dies


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("uvicorn", "exited with code 7"),
        ("daphne", "exited with code 7"),
        ("hypercorn", "exited with code 0"),
        ("granian", "exited with code 1"),
    ],
)
def test_a_crash_is_told(name: str, how: str, write: Write) -> None:
    with begin(name, write(app(request="os._exit(7)"))) as running, enter(running):
        assert wait_until(lambda: running.exited() is not None, 5.0)
        assert running.exited() == how


def test_a_kill_is_told(write: Write) -> None:
    with begin("uvicorn", write(app())) as running:
        os.kill(running.identity.pid, signal.SIGKILL)
        assert wait_until(lambda: running.exited() is not None, 5.0)
        assert running.exited() == "was killed by signal 9"
        assert running.ask() is None


def test_a_new_worker_is_seen_by_asking_again(write: Write) -> None:
    with begin("gunicorn-asgi", write(app())) as running:
        os.kill(running.identity.pid, signal.SIGKILL)

        def replaced() -> bool:
            answer = running.ask()
            return answer is not None and answer.pid != running.identity.pid

        assert wait_until(replaced, 10.0)
        assert running.exited() is None


def test_a_killed_master_takes_its_worker_along(write: Write) -> None:
    with begin("gunicorn-asgi", write(app())) as running:
        worker = running.identity.pid
        with open(f"/proc/{worker}/stat") as file:
            master = int(file.read().rpartition(")")[2].split()[1])
        os.kill(master, signal.SIGKILL)
        assert wait_until(lambda: running.exited() is not None, 5.0)
        assert running.exited() == "was killed by signal 9"
        assert wait_until(lambda: living(running.group) == [], 5.0)
