"""What the server says of the encryption.

The extension is an entry of the scope and has no events. All rules bind the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    BODY,
    REQUEST,
    START,
    changed,
    http,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import TLS, Example, rule
from asgi_compare.judge.rules.engine.values import (
    entries,
    is_int,
    is_iterable,
    plain,
    shown,
)

SCOPE = TLS + "tls-connection-scope"
BOTH = ("scope http", "scope websocket")
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
COMPLETE: dict[str, Any] = {
    "server_cert": None,
    "client_cert_chain": (),
    "client_cert_name": None,
    "client_cert_error": None,
    "tls_version": 0x0304,
    "cipher_suite": 0x1301,
}


def _secure(**changes: Any) -> Example:
    tls = changed(COMPLETE, changes)
    scope = {"scheme": "https", "extensions": {"tls": tls}}
    return http(REQUEST, START, BODY, scope=scope)


KEPT = _secure()


def _tls(judge: Judge) -> dict[str, Any]:
    return plain(judge.offered.get("tls")) or {}


def _has_tls(judge: Judge) -> bool:
    return isinstance(judge.offered.get("tls"), dict)


@rule(
    "asgi-tls/not-encrypted",
    "server",
    "must",
    (*BOTH, "scope lifespan"),
    quote="For non-TLS connections, the ASGI server is forbidden from providing this "
    "extension",
    link=TLS + "when-to-use-this-extension",
    statement="The extension `tls` is there on TLS connections only.",
    why="Applications take the entry as the proof that the connection is encrypted.",
    hint="Leave `tls` out of `extensions` for plain connections.",
    breaks=http(REQUEST, START, BODY, scope={"extensions": {"tls": COMPLETE}}),
    keeps=KEPT,
)
def not_encrypted(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    # The lifespan has no connection, and so none that is encrypted.
    scheme = scope.get("scheme", judge.protocol)
    if "tls" in judge.offered and scheme in ("http", "ws", "lifespan", "websocket"):
        yield f"Expected no extension 'tls' with the scheme {scheme!r}, but got one"


@rule(
    "asgi-tls/server-cert",
    "server",
    "must",
    BOTH,
    quote="server_cert (Unicode string or None) ... Mandatory",
    link=SCOPE,
    statement="`server_cert` is there: PEM in a Unicode string, or None.",
    why="An application need not test for the key.",
    hint="Set it to None if it is not known.",
    breaks=_secure(server_cert=ABSENT),
    keeps=_secure(server_cert=PEM),
)
def server_cert(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    if not _has_tls(judge):
        return
    value = _tls(judge).get("server_cert", ABSENT)
    if value is not None and not _is_pem(value):
        got = "none" if value is ABSENT else shown(value)
        yield f"Expected a server_cert of PEM or None, but got {got}"


def _is_pem(value: object) -> bool:
    return isinstance(value, str) and "-----BEGIN" in value


@rule(
    "asgi-tls/client-cert-chain",
    "server",
    "must",
    BOTH,
    quote="An iterable of Unicode strings, where each string is a PEM-encoded x509 "
    "certificate",
    link=SCOPE,
    statement="`client_cert_chain`, if it is there, is an iterable of PEM texts.",
    why="An application parses each of them.",
    hint="Use an empty list for none, and not None.",
    breaks=_secure(client_cert_chain=None),
    keeps=_secure(client_cert_chain=[PEM], client_cert_name="CN=a"),
)
def client_cert_chain(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = _tls(judge).get("client_cert_chain", ())
    if not is_iterable(value):
        yield f"Expected a client_cert_chain that is a list, but got {shown(value)}"
    for entry in entries(value) or ():
        if not _is_pem(entry):
            yield f"Expected a certificate in PEM, but got {shown(entry)}"


@rule(
    "asgi-tls/client-cert-name",
    "server",
    "must",
    BOTH,
    quote="If client_cert_chain is provided and non-empty then this field must be "
    "provided",
    link=SCOPE,
    statement="`client_cert_name` is a Unicode string or None; with a chain, a string.",
    why="It is what applications know the user by.",
    hint="Write the subject of the first certificate as RFC 4514 says.",
    breaks=_secure(client_cert_chain=[PEM]),
    keeps=_secure(client_cert_name="CN=a"),
)
def client_cert_name(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    name = _tls(judge).get("client_cert_name")
    if name is None:
        if entries(_tls(judge).get("client_cert_chain")):
            yield "Expected a client_cert_name beside the chain, but got none"
    elif not isinstance(name, str):
        yield f"Expected a client_cert_name that is a str, but got {shown(name)}"


@rule(
    "asgi-tls/client-cert-error",
    "server",
    "must",
    BOTH,
    quote="this is a non-empty string containing an error message or error code",
    link=SCOPE,
    statement="`client_cert_error` is None or a Unicode string that is not empty.",
    why="An application refuses a user if there is an error.",
    hint="Use None where there was none.",
    breaks=_secure(client_cert_error=""),
    keeps=_secure(client_cert_error="expired"),
)
def client_cert_error(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    error = _tls(judge).get("client_cert_error")
    if error is not None and (not isinstance(error, str) or not error):
        yield f"Expected a client_cert_error with a text, but got {shown(error)}"


@rule(
    "asgi-tls/version",
    "server",
    "must",
    BOTH,
    quote="tls_version (integer or None) ... an unsigned integer ... Mandatory",
    link=SCOPE,
    statement="`tls_version` is there: an int that is not negative, or None.",
    why="Applications compare it with numbers such as 0x0304.",
    hint="Turn the name that your TLS library gives into its number.",
    breaks=_secure(tls_version="TLSv1.3"),
    keeps=_secure(tls_version=None),
)
def version(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    yield from _number(judge, "tls_version")


def _number(judge: Judge, key: str) -> Iterator[str]:
    value = _tls(judge).get(key, ABSENT)
    if not _has_tls(judge) or value is None:
        return
    # TLS writes its versions and its cipher suites with 16 bits.
    if not is_int(value) or not 0 <= value < 1 << 16:
        got = "none" if value is ABSENT else shown(value)
        yield f"Expected a {key} of 16 bits or None, but got {got}"


@rule(
    "asgi-tls/cipher-suite",
    "server",
    "must",
    BOTH,
    quote="cipher_suite (integer or None) ... a 16-bit unsigned integer ... Mandatory",
    link=SCOPE,
    statement="`cipher_suite` is there: an int of 16 bits, or None.",
    why="Applications compare it with numbers such as 0x1301.",
    hint="Turn the name that your TLS library gives into its number.",
    breaks=_secure(cipher_suite=0x10000),
    keeps=_secure(cipher_suite=None),
)
def cipher_suite(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    yield from _number(judge, "cipher_suite")
