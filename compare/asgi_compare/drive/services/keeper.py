"""The small process that clears away what a service leaves behind.

When we are killed, the launcher takes the service down. It cannot reach the processes
of PostgreSQL, each of which leads a session of its own, and it removes no files. The
keeper does. A service works in a directory of its own. The keeper waits until its own
standard input ends, because our `with` block was left or because we are dead. Then it
kills whoever still works in the directory, and removes the directory.

This is run as a script by a bare interpreter, for speed: it imports nothing of ours.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path

POLL_INTERVAL = 1.0
"""Seconds between two looks at who our parent is."""
LIMIT = 10.0
"""Seconds after which we give up."""
TICK = 0.01
IPC_RMID = 0
"""From <linux/ipc.h>."""


def main(parent: int, directory: Path) -> None:
    """Wait for the end of our input or of our parent, then clear away."""
    # A copy that our parent forked would hold our input open after its death.
    while os.getppid() == parent and not select.select([0], [], [], POLL_INTERVAL)[0]:
        pass
    clear(directory)


def clear(directory: Path) -> None:
    """Remove `directory` and all who work in it."""
    end = time.monotonic() + LIMIT
    while directory.exists() and time.monotonic() < end:
        end_all(directory)
        shutil.rmtree(directory, ignore_errors=True)


def end_all(directory: Path) -> None:
    """Kill all who work in `directory`; come back when they are gone."""
    end = time.monotonic() + LIMIT
    while (found := workers(directory)) and time.monotonic() < end:
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(TICK)
    forget_shared_memory(directory)


def workers(directory: Path) -> list[int]:
    """Return the processes that work in `directory`; none where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended since
            if Path(os.readlink(entry / "cwd")).is_relative_to(directory):
                found.append(int(entry.name))
    return found


def forget_shared_memory(directory: Path) -> None:
    """Remove the segment that PostgreSQL leaves in the system when it is killed.

    Its lock file names it in the seventh line, by key and by number. That nobody is
    attached to it is seen in /proc/sysvipc/shm, whose columns are key, number, rights,
    size, creator, last user and the count of the attached.
    """
    for file in directory.glob("*/postmaster.pid"):
        with contextlib.suppress(OSError, IndexError):
            named = file.read_text().splitlines()[6].split()
            for line in Path("/proc/sysvipc/shm").read_text().splitlines():
                if (columns := line.split())[:2] == named and columns[6] == "0":
                    ctypes.CDLL(None).shmctl(int(named[1]), IPC_RMID, None)
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
