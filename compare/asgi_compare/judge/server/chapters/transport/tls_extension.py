"""Chapter: the ASGI extension `tls`: what an application is told of the connection.

No server has to offer it. Of those that do, it is asked key by key, by a client that
shows no certificate and by one that does.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Check, Hear, HearEnd, Say, Tls
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.tls import (
    NUMBERS,
    entries,
    is_certificate,
    is_clients_name,
    told,
)
from asgi_compare.judge.server.checks.wire import answers, either, refused
from asgi_compare.judge.server.client.build import CLOSE, request
from asgi_compare.judge.server.texts import tls

SCOPE = "tls-connection-scope"
CHAIN = "An iterable of Unicode strings, where each string is a PEM-encoded x509"
NAME = (
    "then this field must be provided and must contain information that is consistent"
)


def _case(
    name: str, shows: str, quote: str, *checks: Check, client: bool = False
) -> Case:
    return Case(
        name,
        "must",
        shows,
        tls(SCOPE, quote),
        (Say(request(CLOSE)), Hear()),
        (answers(200), *checks),
        needs="tls",
        transport="tls",
        tls=Tls(shows="client" if client else ""),
    )


CASES: tuple[Case, ...] = (
    _case(
        "tls-entry",
        "The extension is a dictionary with the keys that are mandatory.",
        "The value will be a dictionary with the following entries",
        of_call(
            "server_cert, tls_version and cipher_suite",
            lambda c: (
                {"server_cert", "tls_version", "cipher_suite"} <= set(entries(c))
                or sorted(entries(c))
            ),
        ),
    ),
    _case(
        "tls-server-cert",
        "`server_cert` is the certificate that the client got, in PEM, or None.",
        "The PEM-encoded conversion of the x509 certificate sent by the server",
        told(
            "server_cert",
            "the server's certificate or None",
            lambda v, tls: v is None or is_certificate(v, tls.certificate),
            optional=False,
        ),
    ),
    _case(
        "tls-version",
        "`tls_version` is the number of the version in use, or None.",
        "The TLS version in use. This is one of the version numbers",
        told(
            "tls_version",
            "the number of the version in use or None",
            lambda v, tls: v is None or (type(v) is int and v == NUMBERS[tls.version]),
            optional=False,
        ),
    ),
    _case(
        "tls-cipher-suite",
        "`cipher_suite` is the number of the suite in use, or None.",
        "The TLS cipher suite that is being used. This is a 16-bit unsigned integer",
        told(
            "cipher_suite",
            "the number of the suite in use or None",
            lambda v, tls: v is None or (type(v) is int and v == tls.suite),
            optional=False,
        ),
    ),
    _case(
        "tls-no-client-certificate",
        "Without a client's certificate, there is no chain, no name and no error.",
        "If the client did not provide a client certificate then it will be an empty "
        "iterable",
        told("client_cert_chain", "empty", lambda v, tls: not v, optional=True),
        told("client_cert_name", "None", lambda v, tls: v is None, optional=True),
        told("client_cert_error", "None", lambda v, tls: v is None, optional=True),
    ),
    _case(
        "tls-client-chain",
        "`client_cert_chain` begins with the client's certificate, or is empty.",
        CHAIN,
        told(
            "client_cert_chain",
            "a list that begins with the client's certificate, or empty",
            lambda v, tls: not v or is_certificate(next(iter(v)), tls.shown),
            optional=True,
        ),
        client=True,
    ),
    _case(
        "tls-client-name",
        "With a chain, `client_cert_name` is the client's name, as RFC 4514 writes it.",
        NAME,
        of_call(
            "client_cert_name to be the client's name",
            lambda c: (
                is_clients_name(entries(c).get("client_cert_name"))
                or (
                    not entries(c).get("client_cert_chain")
                    and entries(c).get("client_cert_name") is None
                )
                or repr(entries(c).get("client_cert_name"))
            ),
        ),
        client=True,
    ),
    _case(
        "tls-client-error",
        "`client_cert_error` is None for a certificate that was verified.",
        "if a client certificate was provided and successfully verified",
        told("client_cert_error", "None", lambda v, tls: v is None, optional=True),
        client=True,
    ),
    Case(
        "tls-stranger-error",
        "must",
        "A client whose certificate cannot be verified is refused, or the application "
        "is told of it.",
        tls(SCOPE, "If a client certificate was provided but verification failed"),
        (Say(request(CLOSE)), HearEnd()),
        (
            either(
                refused(),
                told(
                    "client_cert_error",
                    "a message that is not empty",
                    lambda v, tls: type(v) is str and bool(v),
                    optional=True,
                ),
            ),
        ),
        needs="tls",
        transport="tls",
        tls=Tls(shows="stranger"),
    ),
)
