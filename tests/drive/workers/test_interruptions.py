"""Whoever is killed or interrupted, nobody is left behind; the fixture `mark` looks."""

import os
import signal
import subprocess
import sys
import sysconfig
import textwrap
import threading
import time
from pathlib import Path

import pytest

from asgi_compare.drive.servers import process
from asgi_compare.drive.servers.process import wait_until
from tests.drive.workers.conftest import Make, body, marked, to, when_waiting
from tests.places import CODE


def test_a_child_that_is_killed_costs_one_transcript(make: Make, folder: Path) -> None:
    with make() as child:
        killer = when_waiting(folder, lambda pid: os.kill(pid, signal.SIGKILL))
        killed = child.drive(to("wait", deadline=20))
        killer.join()
        assert body(child.drive(to("fine"))) == b"fine"
    assert killed.ending.kind == "crashed"
    assert "was killed by signal 9." in killed.ending.error


def test_a_child_whose_group_is_killed_costs_one_transcript(
    make: Make, folder: Path
) -> None:
    with make() as child:
        killer = when_waiting(
            folder, lambda pid: os.killpg(os.getpgid(pid), signal.SIGKILL)
        )
        killed = child.drive(to("wait", deadline=20))
        killer.join()
    assert "was killed together with its launcher." in killed.ending.error


def test_ctrl_c_ends_the_exchange_and_its_process(make: Make, folder: Path) -> None:
    child = make()
    child.start()
    when_waiting(folder, lambda pid: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        child.drive(to("wait", deadline=20))
    assert body(child.drive(to("fine"))) == b"fine"


def test_a_child_that_is_closed_elsewhere_ends_its_exchange(
    make: Make, folder: Path
) -> None:
    child = make()
    child.start()
    closer = when_waiting(folder, lambda pid: child.close())
    began = time.monotonic()
    transcript = child.drive(to("wait", deadline=20))
    closer.join()
    assert transcript.ending.kind == "crashed"
    assert time.monotonic() - began < 10
    with pytest.raises(RuntimeError, match="is closed"):
        child.drive(to("fine"))


def test_children_die_with_a_parent_that_is_killed(folder: Path, mark: str) -> None:
    code = """
        import sys
        from asgi_compare.contract.scenario import Request, Scenario
        from asgi_compare.drive.workers.worker import Child
        with Child("apps:application", app_dir=sys.argv[1]) as child:
            child.drive(Scenario("a", "b", "", Request(target=b"/have_children")))
            wait = Request(target=b"/wait")
            child.drive(Scenario("a", "b", "", wait, deadline=100))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(folder)],
        env={**os.environ, "MARK": mark, "PYTHONPATH": str(CODE)},
    )
    try:
        when_waiting(folder, lambda pid: parent.kill()).join()
        assert parent.wait(10) == -signal.SIGKILL
    finally:
        parent.kill()
        parent.wait()
    # That nobody is left, the mark sees.


def test_ctrl_c_ends_a_child_that_starts(make: Make, mark: str) -> None:
    child = make("hanging:application")

    def interrupt() -> None:
        if wait_until(lambda: len(marked(mark)) >= 2, 10):
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        child.start()


def test_an_installed_toolkit_leaves_the_module_path_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "theirs")
    assert process.inherited()["PYTHONPATH"] == f"{CODE}{os.pathsep}theirs"
    monkeypatch.setattr(process, "IMPORT_ROOT", Path(sysconfig.get_path("purelib")))
    assert process.inherited()["PYTHONPATH"] == "theirs"
