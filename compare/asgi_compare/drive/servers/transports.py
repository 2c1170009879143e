"""How a client reaches a server: over TCP, over TLS, or on a Unix domain socket.

A `TransportConfig` holds what both ends need. The server is given the paths of its
certificate and key, or of its socket, as words of its command line (`paths`); a client
is given a connection, blocking (`client`) or not (`open`).
"""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from asgi_compare.drive.servers.certificates import Certificates
from asgi_compare.drive.servers.command_lines import Transport


@dataclass(frozen=True, slots=True)
class TransportConfig:
    """One transport, and what it needs."""

    transport: Transport = "tcp"
    certificates: Certificates | None = None
    """With `tls`."""
    path: str = ""
    """With `unix`: that of the socket, which the server makes."""

    def paths(self) -> Mapping[str, str]:
        """Return what the words of a command line are filled with."""
        held = asdict(self.certificates) if self.certificates else {}
        return {**held, "socket": self.path}

    def clear(self) -> None:
        """Remove the socket that a server leaves behind when it is killed."""
        if self.path:
            Path(self.path).unlink(missing_ok=True)

    def client(self, host: str, port: int, limit: float) -> http.client.HTTPConnection:
        """Return a client that is not connected yet."""
        if self.path:
            return _UnixConnection(self.path, limit)
        if self.certificates:
            context = self.certificates.context()
            return http.client.HTTPSConnection(
                host, port, timeout=limit, context=context
            )
        return http.client.HTTPConnection(host, port, timeout=limit)

    async def open(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect."""
        if self.path:
            return await asyncio.open_unix_connection(self.path)
        if self.certificates:
            context, name = self.certificates.context(), self.certificates.server_name
            return await asyncio.open_connection(
                host, port, ssl=context, server_hostname=name
            )
        return await asyncio.open_connection(host, port)


TCP = TransportConfig()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, limit: float) -> None:
        super().__init__("localhost", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
