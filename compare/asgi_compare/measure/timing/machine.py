"""The processor, as Linux tells of it in /proc: whose time, and how much.

Two questions are answered. How much processor time has a group of processes used? And
how much have others used meanwhile, who are not ours: the number that says whether a
measurement was disturbed.

Where there is no /proc, nothing is known: times are None, and nobody is a stranger.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
"""Units of /proc in a second."""
FOREIGN_LIMIT = 0.1
"""Cores that others may use before a measurement counts as disturbed."""

IS_LINUX = sys.platform == "linux"


def cores() -> list[int]:
    """Return the cores that we may use; empty where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def places() -> tuple[int | None, int | None]:
    """Say on which core a server is to run, and on which one its client.

    With a single core there is nothing to choose.
    """
    ours = cores()
    return (ours[0], ours[-1]) if len(ours) > 1 else (None, None)


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Keep this thread, and every process that it starts, on one core."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def session_pids(sessions: Iterable[int]) -> list[int]:
    """Return the processes of the sessions with these numbers.

    The session is what counts: a server may put its workers into groups of their own.
    """
    wanted = set(sessions)
    return [pid for pid, fields in _processes() if int(fields[3]) in wanted]


def pin(pids: Iterable[int], core: int | None) -> None:
    """Move processes, with all their threads, to one core; threads to come follow."""
    if core is None:
        return
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("[0-9]*"):
            with suppress(OSError):  # it has ended since
                os.sched_setaffinity(int(task.name), {core})


def seconds_of(pids: Iterable[int]) -> float:
    """Add up the processor time of processes, user and system.

    Of children that have ended, their parents keep the account.
    """
    total = 0.0
    for pid in pids:
        with suppress(OSError):
            fields = _fields(Path(f"/proc/{pid}/stat"))
            total += sum(map(int, fields[13:15])) / TICK  # cutime cstime
            total += time.clock_gettime(clock_of(pid))
    return total


def clock_of(pid: int) -> int:
    """Return the clock that tells the processor time of a process, all its threads.

    /proc tells the same in hundredths of a second, of which a short burst has only a
    few. This is the number that clock_getcpuclockid(3) gives on Linux, which Python
    does not have.
    """
    return (~pid << 3) | 2


def own_seconds() -> float:
    """Return the processor time of this process and its ended children."""
    mine = os.times()
    return mine.user + mine.system + mine.children_user + mine.children_system


def busy_seconds() -> float | None:
    """Return the processor time of everybody, all cores together; None if unknown.

    What the host took away from us (steal) counts as busy, interrupts do not: those of
    the loopback are ours, and nobody says so.
    """
    if not IS_LINUX:
        return None
    with open("/proc/stat", encoding="ascii") as lines:
        # cpu user nice system idle iowait irq softirq steal
        values = [int(each) for each in lines.readline().split()[1:]]
    return (sum(values[:3]) + (values[7] if len(values) > 7 else 0)) / TICK


class Foreign:
    """A look at what others take of the processor while we measure."""

    def __init__(self, pids: Iterable[int]) -> None:
        """Begin to look; the processes `pids` are ours besides this one."""
        self._pids = tuple(pids)
        self._began = time.monotonic()
        self._ours = self._own()
        self._busy = busy_seconds()

    def cores(self) -> float:
        """Return how many cores others have used, on average, since the beginning."""
        busy = busy_seconds()
        if busy is None or self._busy is None:
            return 0.0
        ours = self._own() - self._ours
        elapsed = time.monotonic() - self._began
        return max(0.0, busy - self._busy - ours) / max(elapsed, 1 / TICK)

    def _own(self) -> float:
        return own_seconds() + seconds_of(self._pids)


def resident_kb() -> int:
    """Return the resident memory of this process in KiB; 0 if unknown."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1024
    return 0


def threads_of(pids: Iterable[int]) -> int:
    """Count the threads of processes."""
    return sum(_number(f"/proc/{pid}/status", "Threads") for pid in pids)


def shared_kb(pids: Iterable[int]) -> int:
    """Return the memory of processes in KiB: what they share counts once (PSS)."""
    return sum(_number(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids)


def _number(path: str, name: str) -> int:
    """Return the number behind a name in a file of /proc; 0 if there is none."""
    with suppress(OSError):
        for line in Path(path).read_text("ascii", "replace").splitlines():
            key, _, value = line.partition(":")
            if key == name:
                return int(value.split()[0])
    return 0


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            yield int(entry.parent.name), _fields(entry)


def _fields(stat: Path) -> list[str]:
    """Return what /proc says of a process, from its state on."""
    # `pid (name) state parent group session ...`; a name may hold anything.
    return stat.read_text("utf-8", "replace").rpartition(")")[2].split()
