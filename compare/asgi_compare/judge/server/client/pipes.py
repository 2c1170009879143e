"""What carries the bytes of a line: a socket as it is, or TLS upon it.

TLS is done by the `ssl` module in memory: what it wants sent is sent by us, and what
has come is given to it by us. So a case can leave out what a good client does, such as
the `close_notify` alert by which each side says that nothing more will come (RFC 8446
section 6.1), and one can see whether the server has sent it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from asgi_compare.drive.live.client import vanish
from asgi_compare.drive.servers.certificates import HOST, Certificates
from asgi_compare.judge.server.case import Tls
from asgi_compare.judge.server.observed import Negotiated

PIECE = 1 << 16
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Secure:
    """What a client needs for TLS."""

    context: ssl.SSLContext
    shows: bytes = b""
    """The certificate that it shows if it is asked for one, in DER."""
    server_name: str = HOST
    """The name that the server's certificate has to be for."""


class Pipe:
    """A socket as it is."""

    negotiated: Negotiated | None = None
    """What the handshake came to, where there was one."""
    notified = False
    """Whether the server has said, over TLS, that nothing more will come."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def send(self, data: bytes) -> None:
        """Send all of it; raises `OSError`."""
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    async def receive(self) -> bytes:
        """Return what comes next; empty at the end; raises `OSError`."""
        return await asyncio.get_running_loop().sock_recv(self._sock, PIECE)

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def close(self, *, reset: bool, notify: bool) -> None:
        """End the connection; without `notify`, TLS is not ended first."""
        if reset:
            vanish(self._sock)
        self._sock.close()


class SecurePipe(Pipe):
    """TLS upon a socket. The handshake is done by the first `receive`."""

    def __init__(self, sock: socket.socket, secure: Secure) -> None:
        super().__init__(sock)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = secure.context.wrap_bio(
            self._in, self._out, server_hostname=secure.server_name
        )
        self._secure = secure
        self._greeted = asyncio.Event()
        self._sending = asyncio.Lock()
        self._failed: OSError | None = None

    async def send(self, data: bytes) -> None:
        """Send it in a record, or in several, once the handshake is done."""
        await self._greeted.wait()
        if self._failed:
            raise self._failed
        self._tls.write(data)
        await self._flush()

    async def receive(self) -> bytes:
        """Return what came in the next record; empty after `close_notify`."""
        if not self._greeted.is_set():
            await self._greet()
        while True:
            try:
                data = self._tls.read(PIECE)
                self.notified |= not data
                return data
            except ssl.SSLWantReadError:
                await self._flush()
                await self._feed()
            except ssl.SSLEOFError:
                return b""  # no `close_notify`

    def half_close(self) -> None:
        """Say that nothing more will be sent, in the words of TLS alone."""
        with contextlib.suppress(OSError):
            with contextlib.suppress(ssl.SSLWantReadError):
                self._tls.unwrap()
            # As much as the system takes at once: these are a few bytes.
            self._sock.send(self._out.read())

    def close(self, *, reset: bool, notify: bool) -> None:
        """End TLS first, unless it is told not to."""
        if notify and not reset and self.negotiated:
            self.half_close()
        super().close(reset=reset, notify=notify)

    async def _greet(self) -> None:
        try:
            while True:
                try:
                    self._tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    await self._flush()
                    await self._feed()
            await self._flush()
        except OSError as error:
            self._failed = error
            # An alert says why; what there is to send is that alert.
            with contextlib.suppress(OSError):
                await self._flush()
            raise
        else:
            self.negotiated = negotiated(self._tls, self._secure)
        finally:
            self._greeted.set()

    async def _feed(self) -> None:
        if data := await super().receive():
            self._in.write(data)
        else:
            self._in.write_eof()

    async def _flush(self) -> None:
        async with self._sending:
            if data := self._out.read():
                await super().send(data)


def secure(certificates: Certificates, tls: Tls) -> Secure:
    """Return what a client needs that speaks TLS as the case says."""
    context, shows = certificates.context(), b""
    if tls.shows:
        path = getattr(certificates, tls.shows)
        context.load_cert_chain(path)
        first, end, _ = Path(path).read_text().partition(ssl.PEM_FOOTER)
        shows = ssl.PEM_cert_to_DER_cert(first + end)
    if tls.protocols:
        context.set_alpn_protocols(list(tls.protocols))
    if tls.version:
        context.minimum_version = context.maximum_version = VERSIONS[tls.version]
    return Secure(context, shows, certificates.server_name)


def negotiated(tls: ssl.SSLObject, secure: Secure) -> Negotiated:
    """Return what the handshake came to, in the terms of the `ssl` module."""
    name = (tls.cipher() or ("",))[0]
    suites = {each["name"]: each["id"] & 0xFFFF for each in tls.context.get_ciphers()}
    return Negotiated(
        version=tls.version() or "",
        cipher=name,
        suite=suites.get(name, 0),
        protocol=tls.selected_alpn_protocol() or "",
        certificate=tls.getpeercert(binary_form=True) or b"",
        shown=secure.shows,
    )
