"""Children that are forked, not started.

    with ForkServer(["django.db.models"]) as fork_server:
        child = Child("main:application", open_session=fork_server.session)

To start Python and to import a framework takes longer than what is asked of a child. A
fork server is a process that imports modules and does nothing else. For each child it
forks itself, and the fork does what `worker_main.py` does, over a socket of its own,
which we pass to the fork server. So a child sees nothing of another, and the modules
are as they are when they have just been imported.

The fork server is a `Process`, so it never outlives us. Its forks stay in its process
group and in its session, so they never outlive the fork server. Only the fork server
waits for them, and it kills none that it has waited for: no stranger can have the
number by then.

Two things are shared. What the forks write comes out of one pipe, so the last lines,
quoted when a child does not answer, may be another's. And a process that a child has
started lives on until the fork_server ends.

It is for Linux: on other systems, libraries do not always survive a fork.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import Self

from asgi_compare.drive.servers.process import Process, ending, inherited, wait_until
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.drive.workers import worker_main as child
from asgi_compare.drive.workers.channel import Channel
from asgi_compare.drive.workers.session import GOODBYE, LINES, OPTIONS, Session, quoted
from asgi_compare.model.serialization.codec import dumps, loads

IS_POSSIBLE = sys.platform == "linux"
"""Whether there can be a fork_server on this system."""
LIMIT = 15.0
"""Seconds that a fork_server may take over its imports, or over an answer."""


class ForkServer:
    """A process that forks children; any thread may use it."""

    def __init__(self, modules: Sequence[str]) -> None:
        """Name the modules that are imported before the first fork."""
        self._modules = modules
        self._lock = threading.Lock()
        self._process: Process | None = None

    def session(self, environment: Mapping[str, str]) -> Session:
        """Fork a child with this environment; this takes the place of `Session`."""
        return _ForkedSession(self, environment)

    def fork(self, end: socket.socket, environment: Mapping[str, str]) -> Fork:
        """Fork a child that serves whoever holds the other end of the socket."""
        with self._lock:
            process = self._running()
            try:
                self._send("fork", dict(environment))
                socket.send_fds(self._socket, [b"."], [end.fileno()])
                return Fork(self, process, self._number())
            except (OSError, EOFError):  # TimeoutError is an OSError
                self._end()
                raise TargetError(
                    f"Expected to import {', '.join(self._modules)}, but the process "
                    f"{process.exited()}.{quoted(process.log.tail(LINES))}"
                ) from None

    def ask(self, order: str, number: int) -> int | None:
        """Return the exit code of a fork, or None; the order "end" kills it first."""
        with self._lock:
            self._send(order, number)
            return self._number()

    def close(self) -> None:
        """End the process, and all its forks."""
        with self._lock:
            self._end(GOODBYE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _running(self) -> Process:
        """Return the process; a new one, if it was not started or has ended."""
        if self._process is not None and self._process.exited() is None:
            return self._process
        self._end()
        self._socket, theirs = socket.socketpair()
        number = str(theirs.fileno())
        command = [sys.executable, *OPTIONS, "-m", __name__, number, *self._modules]
        with theirs:
            process = Process(command, inherited(), descriptors=[theirs.fileno()])
        self._channel = Channel(self._socket, lambda: process.exited() is not None)
        self._process = process
        return process

    def _end(self, patience: float = 0.0) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._channel.close()
            wait_until(lambda: process.exited() is not None, patience)
            process.stop(0)

    def _send(self, *message: object) -> None:
        self._channel.send(pickle.dumps(message), time.monotonic() + LIMIT)

    def _number(self) -> int | None:
        number: int | None = loads(self._channel.receive(time.monotonic() + LIMIT))
        return number


class Fork:
    """One fork, as far as a `Session` has to know a process."""

    def __init__(
        self, fork_server: ForkServer, process: Process, number: int | None
    ) -> None:
        assert number is not None
        self._fork_server = fork_server
        self._process = process
        self._number = number
        self._ended: str | None = None
        self.log = process.log
        self.group = process.group

    def exited(self) -> str | None:
        """Return how it ended, such as `exited with code 7`; None if it runs."""
        return self._ask("look")

    def stop(self, grace: float) -> None:
        """Wait for `grace` seconds, and kill it."""
        wait_until(lambda: self.exited() is not None, grace)
        self._ask("end")

    def _ask(self, order: str) -> str | None:
        if self._ended is None and self._process.exited() is not None:
            self._ended = "was killed together with its fork_server"
        if self._ended is None:
            with suppress(OSError, EOFError):  # the fork_server ends just now
                code = self._fork_server.ask(order, self._number)
                self._ended = None if code is None else ending(code)
        return self._ended


class _ForkedSession(Session):
    """A session with a fork: asked as any other is."""

    def __init__(self, fork_server: ForkServer, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours, lambda: self.process.exited() is not None)
        with theirs:
            try:
                self.process = fork_server.fork(theirs, environment)
            except BaseException:
                self._channel.close()
                raise


# From here on, what happens in the process of the fork_server.


class Forks:
    """The exit codes of our forks, by their numbers; None while they run."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}

    def add(self, number: int) -> int:
        """Remember a new one."""
        self._codes[number] = None
        return number

    def look(self, number: int) -> int | None:
        """Return its exit code, if it has ended."""
        return self._wait(number, os.WNOHANG)

    def end(self, number: int) -> int | None:
        """Kill it, if it runs, and give its exit code."""
        if self.look(number) is None:
            os.kill(number, signal.SIGKILL)
        return self._wait(number, 0)

    def _wait(self, number: int, how: int) -> int | None:
        if self._codes[number] is None:
            waited_for, status = os.waitpid(number, how)
            if waited_for:
                self._codes[number] = os.waitstatus_to_exitcode(status)
        return self._codes[number]


def main(descriptor: int, modules: Sequence[str]) -> None:
    """Import, and fork whenever we are told to, until the parent hangs up."""
    os.set_inheritable(descriptor, False)
    with socket.socket(fileno=descriptor) as orders:
        for module in modules:
            import_module(module)
        gc.freeze()  # what is shared is not looked through, and so not copied
        fork = serve_forks(orders)
    if fork is not None:  # from here on we are a child as any other
        child.serve(Channel(fork), stacks=os.dup(2))
        os._exit(0)  # to take a framework apart costs as much as to set it up


def serve_forks(orders: socket.socket) -> socket.socket | None:
    """Obey until the end; in a fork, come back at once with the socket to serve."""
    channel, forks = Channel(orders), Forks()
    while True:
        try:
            order, what = pickle.loads(channel.receive())
        except EOFError:
            return None
        if order != "fork":
            channel.send(dumps(getattr(forks, order)(what)).encode())
            continue
        end = received(orders)
        if (number := os.fork()) == 0:
            os.environ.clear()
            os.environ.update(what)
            return end
        end.close()
        channel.send(dumps(forks.add(number)).encode())


def received(orders: socket.socket) -> socket.socket:
    """Take the socket that comes after the order to fork."""
    orders.settimeout(None)
    _, (descriptor,), _, _ = socket.recv_fds(orders, 1, 1)
    os.set_inheritable(descriptor, False)
    return socket.socket(fileno=descriptor)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
