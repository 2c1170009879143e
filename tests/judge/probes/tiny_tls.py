"""The tiny server over TLS, which offers the extension `tls`, and can be broken there.

It tells of a connection what Python's `ssl` module knows on the server's side, so that
what the wire cases hold it against, the client's side, is another source.
"""

import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asgi_compare.drive.servers.certificates import Certificates
from asgi_compare.drive.servers.transports import TransportConfig
from asgi_compare.judge.server.host import Host
from tests.judge.probes.tiny import Tiny, serving

NUMBERS = {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
SUITES = {
    "TLS_AES_128_GCM_SHA256": 0x1301,
    "TLS_AES_256_GCM_SHA384": 0x1302,
    "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
}
"""RFC 8446 appendix B.4; no other is used by a client that has TLS 1.3."""
served: list[Certificates] = []
"""Those of the server that is up."""


class TinyTls(Tiny):
    """One connection of a server that keeps the rules, and tells all that it can."""

    def scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        tls = self.writer.get_extra_info("ssl_object")
        scope["scheme"] = "https"
        scope["extensions"] = {"tls": self.extension(tls)}
        return scope

    def extension(self, tls: ssl.SSLObject) -> dict[str, Any]:
        shown = tls.getpeercert(binary_form=True)
        cipher = tls.cipher()
        assert cipher is not None
        return {
            "server_cert": Path(served[-1].certificate).read_text(),
            "client_cert_chain": [ssl.DER_cert_to_PEM_cert(shown)] if shown else [],
            "client_cert_name": r"CN=Ada\, the client" if shown else None,
            "client_cert_error": None,
            "tls_version": NUMBERS[tls.version() or ""],
            "cipher_suite": SUITES.get(cipher[0]),
        }


def context_of(made: Certificates) -> ssl.SSLContext:
    """Return what a server needs that asks its clients for certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    context.load_verify_locations(made.authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@contextlib.contextmanager
def host_of(
    kind: type[Tiny], made: Certificates, context: ssl.SSLContext | None = None
) -> Iterator[Host]:
    """Serve with connections of this kind over TLS; give the host to play cases on."""
    served.append(made)
    try:
        with serving(kind, context or context_of(made)) as port:
            yield Host(
                "here", "asgi", None, ("127.0.0.1", port), TransportConfig("tls", made)
            )
    finally:
        served.pop()
