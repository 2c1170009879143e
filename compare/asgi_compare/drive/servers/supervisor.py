"""Start a server from the table, see that it is up and ours, and stop it again.

    with start(server, "main:application", interface="asgi") as running:
        ...  # talk to running.host, running.port

A server is ready when it answers a whole HTTP request with our nonce (see `nonce.py`).
An open port does not count: one of the servers opens it before it has loaded anything.
The exit code does not count either: one of them exits with 0 when it could not start.

The port is one that the system says is free. Between that and the server's start
somebody else may take it; then the server is stopped, and another port is tried.

`start` may be called from any thread; the server lives until `stop`, the end of the
`with` block, or the end of this process, whatever comes first.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from asgi_compare.drive.servers import entry
from asgi_compare.drive.servers.nonce import Identity, path_of
from asgi_compare.drive.servers.process import TICK, Process, inherited
from asgi_compare.drive.servers.table import Server, missing
from asgi_compare.drive.servers.transports import TCP, TransportConfig
from asgi_compare.model.transcript import Interface

HOST = "127.0.0.1"
PORTS_TRIED = 3
PATIENCE = 1.0
"""Seconds to wait for one answer before the question is asked again."""
SETTINGS = re.compile(
    "WEB_CONCURRENCY|FORWARDED_ALLOW_IPS|(GRANIAN|GUNICORN|UVICORN)_.*"
)
"""Variables by which the user's environment would change a server's defaults."""
SAID_WHY = "asgi_compare.drive.targets.target.TargetError: "
"""What stands in a log before the sentence that says why there is no target."""

Environment = Mapping[str, str]


class ServerError(Exception):
    """The server could not be started; `sentence` says why, `logs` is what it wrote."""

    def __init__(self, sentence: str, logs: Sequence[str] = ()) -> None:
        self.sentence = sentence
        self.logs = tuple(logs)
        quoted = [f"  | {line}" for line in self.logs]
        heading = ["Its last log lines:"] if quoted else []
        super().__init__("\n".join([sentence, *heading, *quoted]))


class ForeignAnswer(Exception):
    """What answers on the port does not know the nonce.

    It is somebody else's, or it is ours without the application: a proxy whose backend
    is not up yet, or a server that takes the application for one of another interface.
    """

    def __init__(self, came: str = "no HTTP") -> None:
        self.came = came
        super().__init__(came)


def start(
    server: Server,
    target: str,
    *,
    interface: Interface,
    factory: bool = False,
    app_dir: str | None = None,
    environment: Environment | None = None,
    deadline: float = 10.0,
    grace: float = 5.0,
    port: int = 0,
    way: TransportConfig = TCP,
) -> RunningServer:
    """Start `server` with `target`, and come back when it is ready.

    `environment` is added to ours. `grace` is for `stop`. `port` is tried first; if
    somebody has it, the server is on another one. `way` says how it is reached: by
    another one than TCP, its row must be one that listens there (`Server.over`). Raises
    `ServerError` if the server is not ready within `deadline` seconds.
    """
    if reason := _cannot(server, interface):
        raise ServerError(reason)
    nonce = secrets.token_hex(16)
    ours = entry.variables(target, interface, nonce, factory=factory, app_dir=app_dir)
    full = {**_settings_aside(), **(environment or {}), **ours}
    end = time.monotonic() + deadline
    for wish in (port, *[0] * (PORTS_TRIED - 1)):
        number = wish or free_port()
        running = RunningServer(server, interface, number, full, grace, way)
        try:
            running.wait_until_ready(end)
            return running
        except ForeignAnswer:
            running.stop()
        except BaseException:  # Ctrl-C as well
            running.stop()
            raise
    raise ServerError(
        f"{server.name} found its port taken {PORTS_TRIED} times in a row; "
        f"see what else listens on {HOST}."
    )


class RunningServer:
    """A server that runs. Leave the `with` block, or call `stop`, to end it."""

    host = HOST
    identity: Identity
    """What the server said of itself when it was ready."""
    ready_after: float
    """Seconds from the start of its process to its first answer."""

    def __init__(
        self,
        server: Server,
        interface: Interface,
        port: int,
        environment: Environment,
        grace: float,
        way: TransportConfig = TCP,
    ) -> None:
        self.server = server
        self.way = way
        self.interface = interface
        self.port = port
        self._target = environment["ASGI_COMPARE_TARGET"]
        self._nonce = environment["ASGI_COMPARE_NONCE"]
        self._grace = grace
        self._began = time.monotonic()
        command = server.command(interface, port=port, target=entry.TARGET)
        self._process = Process(command, environment)

    @property
    def address(self) -> str:
        """The URL of its root, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def group(self) -> int:
        """The number of the process group that the server and its workers are in."""
        return self._process.group

    def exited(self) -> str | None:
        """Return how it ended, such as `exited with code 7`; None while it runs.

        A server whose worker died may run on, with a new worker or with none: `ask`.
        """
        return self._process.exited()

    def logs(self, lines: int = 20) -> list[str]:
        """Return the last lines that it wrote, made safe for a terminal."""
        return self._process.log.tail(lines)

    def stop(self, grace: float | None = None) -> None:
        """Ask it to stop, wait a while, then kill all that is left of it."""
        self._process.stop(self._grace if grace is None else grace)
        for pid in _strays(self._nonce):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def ask_to_stop(self, *, by_interrupt: bool = False) -> None:
        """Send SIGTERM, or SIGINT as Ctrl-C does; do not wait. Call `stop` later."""
        self._process.ask_to_stop(by_interrupt=by_interrupt)

    def ask(self, limit: float = PATIENCE) -> Identity | None:
        """Ask who it is; None if it gave no whole answer within `limit` seconds.

        Raises `ForeignAnswer` if whoever answers does not know the nonce.
        """
        client = self.way.client(self.host, self.port, limit)
        try:
            client.request("GET", path_of(self._nonce), headers={"Connection": "close"})
            response = client.getresponse()
            body = response.read(1 << 16)
        except OSError:  # nobody listens, or takes the time, or says a word
            return None
        except http.client.HTTPException as error:  # it speaks, but no whole HTTP
            raise ForeignAnswer from error
        finally:
            client.close()
        if identity := _identity(body, self._nonce):
            return identity
        raise ForeignAnswer(f"the status {response.status}")

    def wait_until_ready(self, end: float) -> None:
        """Ask until it answers. If it never does, stop it and say why."""
        came = ""
        while self.exited() is None and (left := end - time.monotonic()) > 0:
            try:
                answer = self.ask(min(left, PATIENCE))
            except ForeignAnswer as foreign:  # who else's it is shows when ours ends
                answer, came = None, foreign.came
            if answer:
                self.identity = answer
                self.ready_after = time.monotonic() - self._began
                return
            time.sleep(TICK)
        ended, waited = self.exited(), time.monotonic() - self._began
        self.stop()  # which also brings in the last lines of its log
        if ended and is_taken(self.port):
            raise ForeignAnswer
        raise ServerError(self._why(ended, waited, came), self.logs())

    def _why(self, ended: str | None, waited: float, came: str) -> str:
        for line in self.logs(lines=1000):
            _, said, sentence = line.partition(SAID_WHY)
            if said:
                return sentence
        name, target = self.server.name, self._target
        if ended:
            return f"{name} {ended} before {target!r} could be asked anything."
        if came:
            return (
                f"{name} answers, but {target!r} does not: for {waited:.1f} s it gave "
                f"{came}; see whether it takes the target for "
                f"{self.interface.upper()}, and passes requests on."
            )
        return (
            f"{name} did not answer for {target!r} within {waited:.1f} s; see whether "
            f"its start-up hangs or blocks."
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def free_port() -> int:
    """Return a port of ours that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Return whether somebody listens on `port`."""
    with socket.socket() as probe:
        # As servers do, so that connections of the past do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _cannot(server: Server, interface: Interface) -> str | None:
    if not server.speaks(interface):
        return f"{server.name} cannot serve {interface.upper()} applications."
    return missing(server)


def _identity(body: bytes, nonce: str) -> Identity | None:
    try:
        said = json.loads(body)
        identity = Identity(**said)
    except (ValueError, TypeError):
        return None
    return identity if identity.nonce == nonce else None


def _strays(nonce: str) -> list[int]:
    """Return what the server has started in sessions of their own, as daemons are.

    They still have the nonce in their environment. None where there is no /proc.
    """
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it is somebody else's, or has ended since
            if f"ASGI_COMPARE_NONCE={nonce}".encode() in place.read_bytes():
                found.append(int(place.parent.name))
    return found


def _settings_aside() -> dict[str, str]:
    """Return our environment without what would set up a server."""
    kept = {k: v for k, v in inherited().items() if not SETTINGS.fullmatch(k)}
    kept["PYTHONUNBUFFERED"] = "1"  # else what an application printed dies with it
    return kept
