"""Where the certificates lie of a server that is to be asked over TLS.

This module makes none, and does not know who has.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

HOST = "localhost"
"""The name that the server's certificate is for, besides 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are, all in PEM."""

    authority: str
    """The certificate that a client trusts, and by which a server knows its clients."""
    certificate: str
    """That of the server."""
    key: str
    """The server's key, as PKCS #8, which is the only form that all servers read."""
    client: str
    """The certificate of the client, and its key behind it."""
    stranger: str
    """The same, signed by an authority that nobody knows."""
    server_name: str = HOST
    """The name that the server's certificate has to be for."""

    def context(self) -> ssl.SSLContext:
        """Return what a client needs that trusts the authority, and shows nothing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        return context


@dataclass(frozen=True, slots=True)
class ForeignCertificates(Certificates):
    """Those of a server that somebody else has started: what a client needs of them."""

    authority: str = ""
    """Empty for all that the system trusts."""
    certificate: str = ""
    key: str = ""
    client: str = ""
    stranger: str = ""
    insecure: bool = False
    """Whatever the server shows is taken."""

    def context(self) -> ssl.SSLContext:
        """Return what a client needs; raises `OSError` for a file of no certificate."""
        context = ssl.create_default_context(cafile=self.authority or None)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
