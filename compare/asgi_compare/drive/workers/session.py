"""One process, from its start to its end.

A `Session` is started, asked one thing after the other, and closed. A question that is
not answered as it should be ends the session, and raises a `NoAnswer` that says what
the process did and quotes the last lines that it wrote.
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from asgi_compare.drive.places import PACKAGE
from asgi_compare.drive.servers.log import Log
from asgi_compare.drive.servers.process import Process, wait_until
from asgi_compare.drive.workers.channel import Channel
from asgi_compare.model.serialization.codec import loads
from asgi_compare.model.serialization.schema import short_repr
from asgi_compare.model.transcript import EndKind

GOODBYE = 1.0
"""Seconds that a child may take to go after we hung up."""
LINES = 25
"""How many of the last lines that a child wrote are quoted."""
MACHINERY = tuple(
    f'  File "{place}'
    for place in (
        f"{PACKAGE}{os.sep}",
        f"{sysconfig.get_path('stdlib')}{os.sep}asyncio{os.sep}",
        "<frozen runpy>",
    )
)
"""How the lines of a stack begin that tell how we called the application."""

OPTIONS = ("-P", "-u", "-X", "faulthandler")
"""How Python runs what an application is in.

-P: `compare` is ours, whatever lies in the current directory. -u: what was printed is
not lost when the process ends at once. faulthandler: nor is the place where it crashed.
"""


class Running(Protocol):
    """What a session has to know of its process."""

    log: Log

    @property
    def group(self) -> int:
        """The number of the session that the process is in."""
        ...

    def exited(self) -> str | None:
        """Return how the process ended; None if it runs."""
        ...

    def stop(self, grace: float) -> None:
        """Wait for `grace` seconds, and kill it."""
        ...


class NoAnswer(Exception):
    """A child did not answer as it should have."""

    def __init__(self, happened: str, lines: Iterable[str], kind: EndKind) -> None:
        super().__init__(happened)
        self.happened = happened
        """What its process did, as the rest of a sentence."""
        self.quoted = quoted(lines)
        self.kind: EndKind = kind


class Session:
    """One process, from its start to its end."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        module: str = "asgi_compare.drive.workers.worker_main",
    ) -> None:
        """Start `python -m module NUMBER`, where NUMBER is that of its socket."""
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        command = [sys.executable, *OPTIONS, "-m", module, str(number)]
        with theirs:
            self.process: Running = Process(command, environment, descriptors=[number])
        self._channel = Channel(ours, lambda: self.process.exited() is not None)

    def ask(self, message: object, limit: float) -> dict[str, Any]:
        """Send a message and give the answer; raises `NoAnswer` if there is none."""
        end = time.monotonic() + limit
        try:
            self._channel.send(pickle.dumps(message), end)
            answer = loads(self._channel.receive(end))
        except TimeoutError:
            happened = f"did not answer within {limit:.1f} s and was killed"
            raise self.failure(happened, "abandoned") from None
        except EOFError:
            wait_until(lambda: self.process.exited() is not None, GOODBYE)
            raise self.failure(self.process.exited() or "hung up") from None
        except ValueError as error:
            raise self.failure(f"sent no answer: {error}") from error
        if not isinstance(answer, dict):
            raise self.failure(f"sent no answer, but {short_repr(answer)}")
        return answer

    def failure(self, happened: str, kind: EndKind = "crashed") -> NoAnswer:
        """Kill the process; say what happened, with the last lines that it wrote."""
        self.close()
        return NoAnswer(happened.rstrip("."), self.process.log.tail(LINES), kind)

    def close(self, patience: float = 0.0) -> None:
        """Hang up, wait a while for the process to end, and kill all that is left."""
        self._channel.close()
        wait_until(lambda: self.process.exited() is not None, patience)
        self.process.stop(0)


def quoted(lines: Iterable[str]) -> str:
    """Return lines that a process wrote, to be put after a sentence."""
    return "".join(f"\n  | {line}" for line in _theirs(lines))


def _theirs(lines: Iterable[str]) -> Iterator[str]:
    """Leave out of a stack the frames that are not the application's."""
    for line in lines:
        if not line.startswith(MACHINERY):
            yield line
