"""What goes to and fro between us and the child that drives an application.

A message is its length, as four bytes, and its content. It goes over a socket of which
each side has one end, and over nothing else: the application prints where it likes.

Every wait has an end. `end` is the monotonic second at which `TimeoutError` is raised;
`EOFError` means that there is nobody at the other end any more. The size of a message
is limited, because the application lives in the child's process and could write one.
"""

from __future__ import annotations

import math
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from asgi_compare.drive.targets.target import Form

MAX_MESSAGE = 64 << 20
POLL_INTERVAL = 0.25
"""Seconds between two looks at whether the other side is still there."""

LENGTH = struct.Struct("!I")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What a child is to drive; see `asgi_compare.drive.workers.worker.Child`."""

    target: str
    interface: Form | None = None
    factory: bool = False
    app_dir: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    driver: str = "asgi_compare.drive:drive"
    """Which function of ours plays a scenario, as `module:function`."""


class Channel:
    """One end of the socket, for one thread."""

    def __init__(
        self, end: socket.socket, is_gone: Callable[[], bool] = lambda: False
    ) -> None:
        self._socket = end
        # Not all who hold the other end need be those that we talk to: a process that
        # the application forked has it as well, and keeps it when the child is dead.
        self._is_gone = is_gone

    def send(self, message: bytes, end: float = math.inf) -> None:
        """Send a message, whole."""
        rest = memoryview(LENGTH.pack(len(message)) + message)
        while rest:
            sent = self._try(lambda: self._socket.send(rest), end)  # noqa: B023 - at once
            rest = rest[sent:]

    def receive(self, end: float = math.inf) -> bytes:
        """Wait for a message; raises `ValueError` if it is too large to be one."""
        (length,) = LENGTH.unpack(self._read(LENGTH.size, end))
        if length > MAX_MESSAGE:
            raise ValueError(f"a message of {length} bytes")
        return bytes(self._read(length, end))

    def close(self) -> None:
        """Close this end; the other side then reads the end of the stream."""
        self._socket.close()

    def _read(self, count: int, end: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            missing = count - len(data)
            piece = self._try(lambda: self._socket.recv(missing), end)  # noqa: B023
            if not piece:
                raise EOFError
            data += piece
        return data

    def _try(self, act: Callable[[], Done], end: float) -> Done:
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(min(left, POLL_INTERVAL))
            try:
                return act()
            except TimeoutError:
                if self._is_gone():
                    raise EOFError from None
            except OSError as error:  # reset, or closed by one of our own threads
                raise EOFError from error
        raise TimeoutError
