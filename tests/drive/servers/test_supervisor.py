"""Every server starts, answers and stops; and whatever goes wrong is one sentence."""

import os
import signal
import sysconfig
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.drive import places
from asgi_compare.drive.servers import process
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import (
    RunningServer,
    ServerError,
    is_taken,
    start,
)
from asgi_compare.drive.servers.table import SERVERS, Server
from asgi_compare.model.transcript import Interface
from tests.drive.servers.conftest import TINY, get
from tests.tables import slow_but

Write = Callable[[str], str]

ROWS = slow_but(
    ("uvicorn-asgi", "hypercorn-asgi", "hypercorn-wsgi", "gunicorn-gthread-wsgi"),
    [
        (server, interface)
        for server in SERVERS.values()
        for interface in ("asgi", "wsgi")
        if server.speaks(interface)
    ],
    ids=lambda row: f"{row[0].name}-{row[1]}",
)


@pytest.mark.parametrize(("server", "interface"), ROWS)
def test_every_row_answers(server: Server, interface: Interface, write: Write) -> None:
    app_dir = write(TINY)
    with start(
        server, f"target:{interface}", interface=interface, app_dir=app_dir
    ) as running:
        assert running.address == f"http://127.0.0.1:{running.port}"
        assert get(running, "/hello") == b"/hello"
        assert running.exited() is None
        assert running.identity.pid != os.getpid()
        assert running.identity.parser
        assert bool(running.identity.loop) == (interface == "asgi")
        assert 0 < running.ready_after < 10
    assert running.exited() is not None


@pytest.mark.parametrize(
    ("name", "factory"),
    [("create", True), ("asgi2", False)],
    ids=["factory", "double callable"],
)
def test_other_shapes_of_target_are_served(
    name: str, factory: bool, write: Write
) -> None:
    server = SERVERS["uvicorn"]
    with start(
        server,
        f"target:{name}",
        interface="asgi",
        factory=factory,
        app_dir=write(TINY),
    ) as running:
        assert get(running, "/x") == b"/x"


def test_the_users_settings_of_servers_stay_outside(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_dir = write(TINY)
    with open(f"{app_dir}/gunicorn.conf.py", "w") as file:
        file.write("raise SystemExit('this file is not to be read')\n")
    monkeypatch.chdir(app_dir)
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--workers 3")
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    row = SERVERS["gunicorn-sync"]
    with start(row, "target:wsgi", interface="wsgi") as running:
        assert get(running, "/x") == b"/x"


def test_environment_reaches_the_target(write: Write) -> None:
    app_dir = write(
        "import os\n"
        "def wsgi(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [os.environ['GREETING'].encode()]\n"
    )
    with start(
        SERVERS["wsgiref"],
        "target:wsgi",
        interface="wsgi",
        app_dir=app_dir,
        environment={"GREETING": "hello"},
    ) as running:
        assert get(running, "/") == b"hello"


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "work tree"])
def test_the_server_finds_our_code(
    installed: bool, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where we are installed, `site-packages` is not put in front of all else."""
    if installed:
        monkeypatch.setattr(process, "IMPORT_ROOT", Path(sysconfig.get_path("purelib")))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    app_dir = write(
        "import os\n"
        "def wsgi(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return [os.environ.get('PYTHONPATH', 'none').encode()]\n"
    )
    with start(
        SERVERS["wsgiref"], "target:wsgi", interface="wsgi", app_dir=app_dir
    ) as running:
        expected = "none" if installed else str(places.IMPORT_ROOT)
        assert get(running, "/").decode() == expected


def test_a_server_outlives_the_thread_that_started_it(write: Write) -> None:
    app_dir = write(TINY)
    found: list[RunningServer] = []

    def begin() -> None:
        row = SERVERS["uvicorn"]
        found.append(start(row, "target:asgi", interface="asgi", app_dir=app_dir))

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    with found[0] as running:
        assert get(running, "/still-there") == b"/still-there"


# --- what cannot be started


def test_a_server_is_not_started_for_an_interface_it_does_not_speak() -> None:
    with pytest.raises(ServerError, match=r"^daphne cannot serve WSGI applications\.$"):
        start(SERVERS["daphne"], "x:y", interface="wsgi")


def test_a_server_that_is_not_installed_is_named() -> None:
    row = replace(SERVERS["daphne"], modules=("not_there",))
    with pytest.raises(ServerError) as caught:
        start(row, "x:y", interface="asgi")
    assert caught.value.sentence == (
        "daphne needs the module 'not_there', which is not installed; "
        'add it with: pip install "asgi-compare[servers]"'
    )
    assert caught.value.logs == ()


@pytest.mark.parametrize(("server", "interface"), ROWS)
def test_a_target_that_is_not_there_is_named(
    server: Server, interface: Interface, write: Write
) -> None:
    app_dir = write(TINY)
    with pytest.raises(ServerError) as caught:
        start(server, "target:asgy", interface=interface, app_dir=app_dir)
    assert caught.value.sentence == (
        "Expected an attribute 'asgy' in 'target', but there is none; "
        "did you mean 'asgi' or 'asgi2'?"
    )
    assert caught.value.logs


# --- Ctrl-C


def test_ctrl_c_during_the_start_leaves_nothing(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_dir = write("import time\ntime.sleep(60)\n")
    groups: list[int] = []
    ask = RunningServer.ask

    def interrupted(self: RunningServer, limit: float = 1.0) -> None:
        groups.append(self.group)
        ask(self, limit)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RunningServer, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start(
            SERVERS["uvicorn"],
            "target:asgi",
            interface="asgi",
            app_dir=app_dir,
            grace=0.1,
        )
    assert len(groups) == 1


def test_ctrl_c_in_our_terminal_is_not_for_the_server(write: Write) -> None:
    row = SERVERS["uvicorn"]
    with start(row, "target:asgi", interface="asgi", app_dir=write(TINY)) as running:
        assert os.getpgid(running.identity.pid) == running.group != os.getpgid(0)
        with pytest.raises(KeyboardInterrupt), running:
            raise KeyboardInterrupt
        assert running.exited() is not None
        assert wait_until(lambda: not is_taken(running.port), 5.0)
