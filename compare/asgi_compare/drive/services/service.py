"""A service, and how one is started, killed and started again.

A service is ready when its own check says so. An open port does not count: the port is
one that the system says is free, and somebody else may take it before the service does.
Then another port is tried.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from asgi_compare.drive.servers.process import Process, living, wait_until
from asgi_compare.drive.servers.supervisor import (
    HOST,
    PORTS_TRIED,
    ServerError,
    free_port,
    is_taken,
)
from asgi_compare.drive.services import keeper

ENTER = str(Path(__file__).with_name("enter.py"))
DEADLINE = 30.0
"""Seconds that a service may take to be ready."""
GRACE = 10.0
"""Seconds that a service may take to stop when it is asked."""
PLACE = "free some room, or set TMPDIR to a directory that has it."
CAUSES = {
    "No space left on device": PLACE,
    "Disk quota exceeded": PLACE,
    "": "its last log lines may say why.",
}
"""What a log says, and what to tell the user then. The first that is found counts."""


class ServiceError(ServerError):
    """The service cannot be had; `sentence` says why, `logs` is what it wrote."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a service is started. `{port}` stands for the port, in words and in `url`."""

    command: Sequence[str]
    url: str
    directory: Path
    """Where it works, and all that belongs to it."""
    is_ready: Callable[[int], bool]
    """Return whether it is this service that answers on a port."""
    stops_on: signal.Signals = signal.SIGTERM
    user: str = ""
    """Who to become first, if anybody."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What is added to ours."""


class Service:
    """A service that answers at `url`.

    It is ours if it has a `program`. Only such a one can be stopped, killed and
    restarted. Its address and its data are the same afterwards.
    """

    def __init__(self, name: str, url: str, program: Program | None = None) -> None:
        self.name = name
        self.url = url
        self._program = program
        self._process: Process | None = None
        self._port = 0

    @property
    def is_ours(self) -> bool:
        """Whether we started it, so that it can be stopped and restarted."""
        return self._program is not None

    def restart(self) -> None:
        """Stop it, if it runs, and start it again."""
        program = self._ours()
        self.stop()
        for _ in range(PORTS_TRIED):
            port = self._port or free_port()
            if self._start(program, port):
                self._port = port
                self.url = program.url.replace("{port}", str(port))
                return
        raise ServiceError(
            f"{self.name} found its port taken {PORTS_TRIED} times in a row; "
            f"see what else listens on {HOST}."
        )

    def stop(self) -> None:
        """Ask it to stop, which ends all connections to it, and wait until it has."""
        program = self._ours()
        try:
            if self._process and self.exited() is None:
                _ask(self._process.group, program.stops_on)
                wait_until(lambda: self.exited() is not None, GRACE)
        finally:
            self.kill()

    def kill(self) -> None:
        """Kill it and all that belongs to it at once, as `kill -9` does."""
        program = self._ours()
        if self._process:
            self._process.stop(0.0)
        keeper.end_all(program.directory)

    def exited(self) -> str | None:
        """Return how it ended, such as `was killed by signal 9`; None while it runs."""
        return self._process.exited() if self._process else None

    def _ours(self) -> Program:
        if self._program is None:
            raise ServiceError(
                f"Expected a {self.name} that we started, but got one whose URL is in "
                "the environment; only ours can be stopped, so unset that."
            )
        return self._program

    def _start(self, program: Program, port: int) -> bool:
        """Start it on `port` and wait until it is ready; False if somebody has that."""
        self._process = process = enter(
            program.directory,
            [word.replace("{port}", str(port)) for word in program.command],
            user=program.user,
            environment={**program.environment, "PORT": str(port)},
        )

        def settled() -> bool:
            return process.exited() is not None or program.is_ready(port)

        in_time = wait_until(settled, DEADLINE)
        ended = process.exited()
        if in_time and ended is None:
            return True
        self.kill()
        if ended and is_taken(port):
            return False
        what = ended or f"did not answer within {DEADLINE:.0f} s"
        raise failure(f"{self.name} {what} before it was ready", process)


@contextmanager
def running(name: str, program: Program) -> Iterator[Service]:
    """Run a program for as long as the block lasts."""
    service = Service(name, program.url, program)
    try:
        service.restart()
    except BaseException:  # Ctrl-C as well
        service.kill()
        raise
    try:
        yield service
    finally:
        service.stop()


def _ask(launcher: int, to_stop: signal.Signals) -> None:
    """Send a signal to what the launcher has started."""
    for pid in set(living(launcher)) - {launcher}:
        with suppress(OSError):  # it has ended since
            os.kill(pid, to_stop)


@contextmanager
def workspace(name: str, user: str = "") -> Iterator[Path]:
    """Make a directory for a service, which its keeper removes when the block is left.

    It belongs to `user`, if there is one.
    """
    with room_for(name):
        made = tempfile.mkdtemp(prefix=f"asgi-compare-{name.lower()}-")
    directory = Path(made).resolve()
    bare = [sys.executable, "-I", "-S", keeper.__file__, str(os.getpid())]
    with subprocess.Popen(
        [*bare, str(directory)],
        stdin=subprocess.PIPE,  # closed when the block is left; then it is waited for
        stdout=subprocess.DEVNULL,  # for who reads ours to its end
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ):
        if user and not is_open(directory.parent):
            raise ServiceError(
                f"Expected a temporary directory that the user {user!r} can enter, but "
                f"got {str(directory.parent)!r}; set TMPDIR to another one."
            )
        hand_over(directory, user)
        yield directory


@contextmanager
def room_for(name: str) -> Iterator[None]:
    """Return in one sentence why the files of a service could not be written."""
    try:
        yield
    except OSError as error:
        raise ServiceError(
            f"Expected room for the files of {name}, but got {str(error)!r}; {PLACE}"
        ) from None


def hand_over(path: Path, user: str) -> None:
    """Make `user` the owner of `path`, if there is one."""
    if user:
        shutil.chown(path, user)


def is_open(directory: Path) -> bool:
    """Return whether everybody can enter `directory` and all folders above it."""
    return all(
        place.stat().st_mode & stat.S_IXOTH for place in (directory, *directory.parents)
    )


def missing(name: str, distribution: str, otherwise: str = "") -> ServiceError:
    """Return the error for a service that is not installed."""
    return ServiceError(
        f"Expected {name} from the distribution {distribution!r}, but it is not "
        f"installed; install asgi-compare[services]{otherwise}."
    )


def enter(
    directory: Path,
    command: Sequence[str],
    *,
    user: str = "",
    environment: Mapping[str, str] | None = None,
) -> Process:
    """Start `command` in `directory`, where its keeper will find it."""
    bare = [sys.executable, "-I", "-S", ENTER, str(directory), user]
    # What PostgreSQL reads from the user's environment is meant for another one.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    plain = {"LC_ALL": "C", "TZ": "UTC"}
    return Process([*bare, *command], {**kept, **plain, **(environment or {})})


def failure(what: str, process: Process) -> ServiceError:
    """Return the error for a process that has ended too early, with its last lines."""
    logs = process.log.tail()
    advice = next(CAUSES[text] for text in CAUSES if text in "\n".join(logs))
    return ServiceError(f"{what}; {advice}", logs)
