"""A service is started, killed and started again; what goes wrong is one sentence."""

import http.client
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from asgi_compare.drive.servers.supervisor import free_port
from asgi_compare.drive.services import ServiceError, service
from asgi_compare.drive.services.service import Program, Service, running, workspace
from tests.drive.services.conftest import refusal

SERVES = """
import http.server
handler = http.server.SimpleHTTPRequestHandler
http.server.HTTPServer(("127.0.0.1", {port}), handler).serve_forever()
"""


def answers(port: int) -> bool:
    """Return whether somebody speaks HTTP there."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        client.request("HEAD", "/")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


def program(
    directory: Path,
    code: str,
    is_ready: Callable[[int], bool] = lambda port: False,
) -> Program:
    return Program([sys.executable, "-c", code], "port {port}", directory, is_ready)


def raised_by(code: str) -> ServiceError:
    """Return the error of a program that is never ready."""
    with workspace("It") as directory:
        return refusal(running("It", program(directory, code)))


def test_a_killed_service_comes_back_at_its_address(place: Path) -> None:
    with (
        workspace("It") as directory,
        running("It", program(directory, SERVES, answers)) as it,
    ):
        url = it.url
        port = int(url.removeprefix("port "))
        it.kill()
        assert not answers(port)
        # It is asked to stop first, and may have obeyed before its launcher is killed.
        assert it.exited() in (
            "was killed together with its launcher",
            "was killed by signal 15",
        )
        it.restart()
        assert answers(port)
        assert (it.url, it.exited()) == (url, None)


def test_a_port_that_is_taken_is_left_to_its_owner(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as owner:
        taken = owner.getsockname()[1]
        free = free_port()
        ports = iter([taken, free])
        monkeypatch.setattr(service, "free_port", lambda: next(ports))
        with (
            workspace("It") as directory,
            running(
                "It", program(directory, SERVES, lambda p: p == free and answers(p))
            ) as it,
        ):
            assert it.url == f"port {free}"


def test_ports_that_are_all_taken(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as owner:
        monkeypatch.setattr(service, "free_port", lambda: owner.getsockname()[1])
        assert str(raised_by("raise SystemExit(1)")) == (
            "It found its port taken 3 times in a row; see what else listens on "
            "127.0.0.1."
        )


def test_a_service_that_ends_at_once_shows_its_last_lines(place: Path) -> None:
    assert str(raised_by("print('why'); raise SystemExit(7)")) == (
        "It exited with code 7 before it was ready; its last log lines may say why.\n"
        "Its last log lines:\n"
        "  | why"
    )


def test_a_full_disk_is_told(place: Path) -> None:
    code = "import pathlib; pathlib.Path('/dev/full').write_text('x')"
    assert raised_by(code).sentence == (
        "It exited with code 1 before it was ready; free some room, or set TMPDIR to a "
        "directory that has it."
    )


def test_a_service_that_is_never_ready(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "DEADLINE", 0.3)
    assert raised_by("import time; time.sleep(60)").sentence == (
        "It did not answer within 0 s before it was ready; its last log lines may say "
        "why."
    )


def test_an_error_while_it_starts_leaves_nothing(place: Path) -> None:
    def fails(port: int) -> bool:
        raise KeyboardInterrupt

    with workspace("It") as directory:
        it = running("It", program(directory, "import time; time.sleep(60)", fails))
        with pytest.raises(KeyboardInterrupt):
            it.__enter__()


def test_no_temporary_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/not/there")
    told = str(refusal(workspace("It")))
    assert told.startswith(
        'Expected room for the files of It, but got "[Errno 2] No such file or '
        "directory: '/not/there/asgi-compare-it-"
    )
    assert told.endswith("; free some room, or set TMPDIR to a directory that has it.")


@pytest.mark.parametrize("deed", [Service.restart, Service.stop, Service.kill])
def test_a_service_of_somebody_else_is_left_alone(
    deed: Callable[[Service], None],
) -> None:
    with pytest.raises(ServiceError) as error:
        deed(Service("PostgreSQL", "postgresql://elsewhere"))
    assert str(error.value) == (
        "Expected a PostgreSQL that we started, but got one whose URL is in the "
        "environment; only ours can be stopped, so unset that."
    )
