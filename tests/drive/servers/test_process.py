"""A process and everything that it starts ends when it should, however it resists."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asgi_compare.drive.servers.process import Process, living, wait_until
from tests.drive.servers.conftest import MARK, marked

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
PID = "import os; print(os.getpid(), flush=True); time.sleep(60)"
SLEEPS = r"import os; os.write(1, b'up\n'); time.sleep(60)"
"""It says so in one piece, which `print` does not where nothing is buffered."""
CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {!r}]{});"

started: list[Process] = []


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    yield
    while started:
        started.pop().stop(0.0)


def python(code: str) -> Process:
    """Run a line of Python, and keep it to be stopped."""
    process = Process([sys.executable, "-c", code], dict(os.environ))
    started.append(process)
    return process


def ends(process: Process) -> str | None:
    """Wait until it ends, and give how."""
    wait_until(lambda: process.exited() is not None, 10.0)
    return process.exited()


def says(process: Process, *lines: str) -> bool:
    """Wait until the log is what it should be."""
    return wait_until(lambda: process.log.tail() == list(lines), 10.0)


@pytest.mark.parametrize("code", [0, 7])
def test_an_exit_code_is_told(code: int) -> None:
    assert ends(python(f"raise SystemExit({code})")) == f"exited with code {code}"


def test_a_signal_is_told() -> None:
    process = python("import os; os.kill(os.getpid(), 11)")
    assert ends(process) == "was killed by signal 11"


def test_while_it_runs_nothing_is_told() -> None:
    process = python(f"import time; {SLEEPS}")
    assert says(process, "up")
    assert process.exited() is None


def test_a_command_that_is_not_there_exits_with_127() -> None:
    process = Process(["/not/there"], {})
    started.append(process)
    assert ends(process) == "exited with code 127"
    assert says(process, "[Errno 2] No such file or directory")


def test_its_input_is_empty_and_its_session_its_own() -> None:
    process = python("import os, sys; print(repr(sys.stdin.read()), os.getsid(0))")
    assert says(process, f"'' {process.group}")
    assert process.group != os.getsid(0)


def test_stop_asks_before_it_kills() -> None:
    process = python(
        "import signal, sys, time;"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('bye'));" + SLEEPS
    )
    assert says(process, "up")
    process.stop(10.0)
    assert process.exited() == "exited with code 1"
    assert process.log.tail() == ["up", "bye"]


def test_stop_kills_what_does_not_listen() -> None:
    process = python(DEAF + SLEEPS)
    assert says(process, "up")
    began = time.monotonic()
    process.stop(0.1)
    assert time.monotonic() - began < 2.0
    assert process.exited() == "was killed together with its launcher"
    assert living(process.group) == []


def test_stop_twice_is_as_good_as_once() -> None:
    process = python(SLEEPS)
    process.stop(1.0)
    process.stop(1.0)
    assert process.exited() is not None


def test_children_die_with_the_command() -> None:
    process = python(CHILD.format(DEAF + SLEEPS, "") + "sys.stdin.read()")
    assert ends(process) == "exited with code 0"
    assert wait_until(lambda: living(process.group) == [], 5.0)


def test_a_child_that_left_the_group_is_found_in_the_session() -> None:
    moved = CHILD.format(DEAF + SLEEPS, ", process_group=0")
    process = python(moved + "import time; time.sleep(60)")
    assert says(process, "up")
    process.stop(5.0)
    assert living(process.group) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has subreapers.")
@pytest.mark.parametrize("parent", ["lives", "has gone"])
def test_a_child_in_a_session_of_its_own_dies_too(parent: str) -> None:
    code = CHILD.format(DEAF + PID, ", start_new_session=True")
    if parent == "lives":
        code += "import time; time.sleep(60)"
    else:  # the child is told of by its own process, which we have not started
        code = CHILD.format(code, "") + "import time; time.sleep(60)"
    process = python(code)
    assert wait_until(lambda: len(process.log.tail()) == 1, 10.0)
    child = int(process.log.tail()[0])
    assert child not in living(process.group)
    process.stop(1.0)
    assert not Path(f"/proc/{child}/cwd").exists()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="It has no shared memory.")
def test_a_semaphore_does_not_outlive_the_process_that_was_killed() -> None:
    code = (
        DEAF
        + "import multiprocessing as m; s = m.get_context('spawn').Semaphore();"
        + "print(s._semlock.name, flush=True); time.sleep(60)"
    )
    process = python(code)
    assert wait_until(lambda: len(process.log.tail()) == 1, 10.0)
    left = Path("/dev/shm", "sem." + process.log.tail()[0].strip("/"))
    assert left.exists()
    process.stop(0.0)
    assert not left.exists()


def test_the_command_dies_with_its_launcher() -> None:
    process = python(DEAF + SLEEPS)
    assert says(process, "up")
    os.kill(process.group, signal.SIGKILL)
    assert ends(process) == "was killed together with its launcher"
    assert wait_until(lambda: living(process.group) == [], 5.0)


def test_a_launcher_that_stands_still_is_killed() -> None:
    process = python(f"import time; {SLEEPS}")
    assert says(process, "up")
    os.kill(process.group, signal.SIGSTOP)
    process.stop(0.1)
    assert living(process.group) == []


def test_a_flood_of_log_lines_does_not_block() -> None:
    process = python("print('x\\n' * 1_000_000 + 'end')")
    assert ends(process) == "exited with code 0"
    process.stop(0.0)
    assert process.log.tail(2) == ["x", "end"]


def test_wait_until_gives_up() -> None:
    assert not wait_until(lambda: False, 0.0)


def test_the_search_for_leftovers_finds_what_lives() -> None:
    process = python(f"import time; {SLEEPS}")
    assert says(process, "up")
    launcher, command = sorted(marked(os.environ[MARK]), key=len, reverse=True)
    assert "launcher.py" in launcher
    assert launcher.rstrip().endswith(command.rstrip())


def test_a_descriptor_is_inherited_by_its_number() -> None:
    readable, writable = os.pipe()
    with os.fdopen(readable) as pipe:
        code = f"import os; os.write({writable}, b'hello')"
        command = [sys.executable, "-c", code]
        started.append(Process(command, dict(os.environ), descriptors=[writable]))
        os.close(writable)
        assert pipe.read() == "hello"
