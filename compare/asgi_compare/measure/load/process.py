"""The load client in a process of its own, on another core than the server.

    with LoadProcess(core) as client:
        result = client.put(HttpLoad(port, seconds=2.0))

With a core for each, neither takes time from the other. On a machine with one core they
share it; then the result's `client_share` says how much of it was the client's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from types import TracebackType
from typing import Self, overload

from asgi_compare.drive.servers.process import inherited
from asgi_compare.measure.load.records import (
    HttpLoad,
    HttpResult,
    Load,
    Result,
    StreamLoad,
    StreamResult,
    result_of,
)
from asgi_compare.measure.timing.machine import pinned


class LoadFailed(RuntimeError):
    """The client's process ended without a result."""


class LoadProcess:
    """The process; it puts one load after the other."""

    def __init__(self, core: int | None = None) -> None:
        with pinned(core):
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "asgi_compare.measure.load"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=inherited(),
                text=True,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @overload
    def put(self, load: HttpLoad) -> HttpResult: ...
    @overload
    def put(self, load: StreamLoad) -> StreamResult: ...
    def put(self, load: Load) -> Result:
        """Put a load on its server, and wait for what comes of it."""
        self.begin(load)
        return self.finish()

    def begin(self, load: Load) -> None:
        """Start a load and come back at once; `finish` must follow."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(load)) + "\n")
        self._process.stdin.flush()

    def finish(self) -> Result:
        """Wait for the result of the load that `begin` started."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise LoadFailed("The load client ended without a result.")
        return result_of(json.loads(line))

    def close(self) -> None:
        """End the process, in the middle of a load if need be."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
