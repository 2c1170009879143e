"""One command as a process that never outlives us, and its ladder of stops.

`Process` starts a command through the launcher (see `launcher.py`) in a session of its
own, so that a Ctrl-C in our terminal is ours alone. The launcher tells how the command
ended. `stop` asks politely, waits, has the launcher kill whatever is left, and comes
back when nothing is left.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from asgi_compare.drive.places import IMPORT_ROOT
from asgi_compare.drive.servers.log import Log

LAUNCHER = str(Path(__file__).with_name("launcher.py"))
TICK = 0.01
"""Seconds between two looks at something that another process is to do."""
SWEEP = 1.5
"""Seconds that the launcher has to kill what descends from it."""
BURIAL = 2.0
"""Seconds that the system may take over processes that were killed."""


class Process:
    """A running command, together with all processes that it starts."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        descriptors: Sequence[int] = (),
    ) -> None:
        """Start `command`; it inherits our open `descriptors` by their numbers."""
        self._lifeline, theirs = socket.socketpair()
        self._lifeline.setblocking(False)
        self._said = b""
        self._ended = False
        self._lock = threading.Lock()
        self._burying = threading.Lock()
        bare = [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid())]
        with theirs:
            self._launcher: subprocess.Popen[bytes] = subprocess.Popen(
                [*bare, *command],
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                pass_fds=descriptors,
            )
        assert self._launcher.stdout is not None
        self.log = Log(self._launcher.stdout)

    @property
    def group(self) -> int:
        """The number of the process group, which is that of the session too."""
        return self._launcher.pid

    def exited(self) -> str | None:
        """Return how the command ended, such as `exited with code 7`.

        None if it runs.
        """
        with self._lock:
            self._listen()
            return _told(self._said) if self._ended else None

    def stop(self, grace: float) -> None:
        """Ask, wait for `grace` seconds, kill; nothing is left afterwards."""
        try:
            if self.exited() is None:
                self.ask_to_stop()
                wait_until(lambda: self.exited() is not None, grace)
        finally:  # a second Ctrl-C lands here at once
            self._kill()

    def ask_to_stop(self, *, by_interrupt: bool = False) -> None:
        """Send SIGTERM, or SIGINT as Ctrl-C does; do not wait."""
        with suppress(OSError):
            self._lifeline.send(b"i" if by_interrupt else b"t")

    def _listen(self) -> None:
        """Read what the launcher told; it ends after that, and the stream with it."""
        while not self._ended:
            try:
                piece = self._lifeline.recv(64)
            except BlockingIOError:
                return
            except OSError:  # reset: it died with our request unread
                piece = b""
            self._said += piece
            self._ended = not piece

    def _kill(self) -> None:
        with self._burying:  # by one thread: the number is nobody's afterwards
            if self._launcher.returncode is None:
                self._bury()

    def _bury(self) -> None:
        # At the end of the lifeline the launcher kills what descends from it, also what
        # has left the group. One that stands still cannot.
        with suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_WR)
        wait_until(self._has_gone, SWEEP)
        # The launcher has not been waited for until now. So its number is still taken,
        # and nobody else's group can be meant.
        with suppress(OSError):
            os.killpg(self.group, signal.SIGKILL)
        self._launcher.wait()
        wait_until(lambda: not self._sweep(), BURIAL)
        self.exited()
        self._lifeline.close()
        self.log.finish()

    def _has_gone(self) -> bool:
        """Whether the launcher has ended; it is still to be waited for."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.group, flags) is not None
        return True

    def _sweep(self) -> list[int]:
        """Kill what left the group but not the session; give all that still lives."""
        alive = living(self.group)
        for pid in alive:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        return alive


def inherited() -> dict[str, str]:
    """Return our environment, in which our code is found wherever it is run."""
    found = dict(os.environ)
    if str(IMPORT_ROOT) not in (
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
    ):
        paths = [str(IMPORT_ROOT), *filter(None, [found.get("PYTHONPATH")])]
        found["PYTHONPATH"] = os.pathsep.join(paths)
    return found


def wait_until(condition: Callable[[], bool], limit: float) -> bool:
    """Look again and again until `condition` holds; False if it never did."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(TICK)
    return True


def living(session: int) -> list[int]:
    """Return the processes of a session; none where the system has no /proc to ask.

    The dead that nobody has waited for are not counted: in a container, there may be
    nobody who ever will.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            # `pid (name) state parent group session ...`; a name may hold anything.
            state, _, _, its_session = entry.read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state not in "ZX":
                found.append(int(entry.parent.name))
    return found


def _told(said: bytes) -> str:
    return ending(int(said)) if said else "was killed together with its launcher"


def ending(code: int) -> str:
    """Return what an exit code means, as the rest of a sentence."""
    return f"was killed by signal {-code}" if code < 0 else f"exited with code {code}"
