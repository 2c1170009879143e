"""The processor, as /proc tells of it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.measure.timing import machine
from asgi_compare.measure.timing.machine import Foreign

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

BUSY = "while True: pass"


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """Return a process of another session that uses all the processor it gets."""
    process = subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_processor_time_of_a_session_is_counted(busy: subprocess.Popen[bytes]) -> None:
    assert machine.session_pids([busy.pid]) == [busy.pid]
    assert wait_until(lambda: machine.seconds_of([busy.pid]) > 0.05, 20)


def test_stranger_is_noticed_and_friend_is_not(busy: subprocess.Popen[bytes]) -> None:
    foreign, friendly = Foreign([]), Foreign([busy.pid])
    used = machine.seconds_of([busy.pid]) + 0.3
    assert wait_until(lambda: machine.seconds_of([busy.pid]) > used, 30)
    # Others may be busy here too; but the friend's share is in one of the two only.
    assert foreign.cores() > friendly.cores()


def test_process_that_has_ended_costs_nothing() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert machine.seconds_of([ended.pid]) == 0
    machine.pin([ended.pid], machine.cores()[0])


def test_process_is_moved_to_a_core(busy: subprocess.Popen[bytes]) -> None:
    core = machine.cores()[-1]
    machine.pin([busy.pid], None)
    assert os.sched_getaffinity(busy.pid) == set(machine.cores())
    machine.pin([busy.pid], core)
    assert os.sched_getaffinity(busy.pid) == {core}


def test_thread_is_pinned_for_a_while_only() -> None:
    before, core = os.sched_getaffinity(0), machine.cores()[0]
    with machine.pinned(core):
        assert os.sched_getaffinity(0) == {core}
    assert os.sched_getaffinity(0) == before
    with machine.pinned(None):
        assert os.sched_getaffinity(0) == before


def test_one_core_leaves_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: [3])
    assert machine.places() == (None, None)
    monkeypatch.setattr(machine, "cores", lambda: [1, 2, 3])
    assert machine.places() == (1, 3)


def test_without_proc_nobody_is_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "IS_LINUX", False)
    assert machine.busy_seconds() is None
    assert Foreign([]).cores() == 0


def test_machine_and_process_tell_of_themselves() -> None:
    first = machine.busy_seconds()
    assert first is not None
    assert first > 0
    assert machine.resident_kb() > 1000
    assert machine.own_seconds() > 0


def test_children_that_have_ended_are_counted_as_ours() -> None:
    before = machine.own_seconds()
    work = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run([sys.executable, "-c", work], check=True)
    assert machine.own_seconds() - before > 0.15


def test_processor_time_is_finer_than_a_tick() -> None:
    seen = {machine.seconds_of([os.getpid()]) for _ in range(100)}
    assert len(seen) > 10
