"""Certificates for one run: made when a server is asked over TLS, then gone.

An authority of our own signs a certificate for the server and one for a client. A
second authority, which nobody is told of, signs the certificate of a stranger. All of
them are files in a directory that the caller gives, since a server takes its
certificate as a path; whoever gives the directory removes it as well.

Nothing here is fit for use: the keys are lying about in a temporary directory, and the
certificates are for loopback, and for two days.

The package `cryptography` is imported only when a certificate is made.
"""

from __future__ import annotations

import datetime
import ipaddress
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from asgi_compare.drive.servers.certificates import HOST, Certificates

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CLIENT = "Ada, the client"
"""The common name of the client; the comma is there because RFC 4514 escapes it."""
DAY = datetime.timedelta(days=1)
MISSING = (
    "The certificates are made with the package 'cryptography', which is not "
    'installed; add it with: pip install "asgi-compare[servers]"'
)


class _Pair(NamedTuple):
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def missing() -> str:
    """Return what has to be installed first; empty if it is."""
    return "" if util.find_spec("cryptography") else MISSING


def make(directory: Path) -> Certificates:
    """Make them, and write them into a directory that nobody else can read."""
    ours, theirs = _signed("asgi-compare"), _signed("somebody else")
    server = _signed(HOST, ours)
    files = {
        "authority": _pem(ours),
        "certificate": _pem(server),
        "key": _key(server),
        "client": _whole(_signed(CLIENT, ours)),
        "stranger": _whole(_signed(CLIENT, theirs)),
    }
    for name, data in files.items():
        (directory / f"{name}.pem").write_bytes(data)
    return Certificates(**{name: str(directory / f"{name}.pem") for name in files})


def _signed(name: str, authority: _Pair | None = None) -> _Pair:
    """Make a certificate for `name`; without an authority, it is one itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer = authority.certificate.subject if authority else subject
    signs = authority.key if authority else key
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)  # clocks may differ, if not on one machine
        .not_valid_after(now + DAY)
    )
    for extension, critical in _extensions(key, signs, is_authority=not authority):
        builder = builder.add_extension(extension, critical)
    return _Pair(builder.sign(signs, hashes.SHA256()), key)


def _extensions(
    key: EllipticCurvePrivateKey,
    signs: EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> list[tuple[x509.ExtensionType, bool]]:
    """Return what RFC 5280 asks of both kinds; Python 3.13 checks that it is there."""
    from cryptography import x509

    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key())
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), here])
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=is_authority, path_length=None), True),
        (_usage(is_authority=is_authority), True),
        (identifier, False),
        (issuer, False),
    ]
    return (
        found if is_authority else [*found, (x509.SubjectAlternativeName(names), False)]
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(pair: _Pair) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return pair.certificate.public_bytes(Encoding.PEM)


def _key(pair: _Pair) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return pair.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _whole(pair: _Pair) -> bytes:
    return _pem(pair) + _key(pair)
