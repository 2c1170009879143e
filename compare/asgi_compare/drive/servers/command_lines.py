"""The command lines of the servers, without the application and the interface.

`{listen}`, a word by itself, stands where a row's `Listens` puts in the words that say
where to listen. A command line that has no words for a transport has an empty field
there.

This module starts nothing; which words belong to which row is said in `table.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Transport = Literal["tcp", "tls", "unix"]
"""Over TCP; over TLS, which is over TCP as well; on a Unix domain socket."""
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listens:
    """The words that say where a server listens, one field for each transport."""

    tcp: Words = ()
    tls: Words = ()
    """With `{certificate}` and `{key}`; with `{authority}`, the server asks its clients
    for certificates, and takes those who have none. Empty if it has no TLS."""
    unix: Words = ()
    """With `{socket}`; empty if it does not listen there."""


NO_WORDS = Listens()


UVICORN: Words = (
    *("uvicorn", "{target}", "{listen}"),
    *("--workers", "1", "--no-access-log", "--timeout-graceful-shutdown", "3"),
)
HYPERCORN: Words = (
    *("hypercorn", "{listen}", "--workers", "1", "--graceful-timeout", "3"),
)
GRANIAN: Words = (
    *("granian", "{target}", "{listen}"),
    *("--workers", "1", "--workers-kill-timeout", "3"),
)
GUNICORN: Words = (
    *("gunicorn", "{target}", "{listen}", "--workers", "1", "--graceful-timeout", "3"),
    "--no-control-socket",  # it would be a file in the user's home
    *(
        "--config",
        "python:asgi_compare.drive.servers",
    ),  # the docstring of that package says why
)

HOST_AND_PORT: Words = ("--host", "127.0.0.1", "--port", "{port}")
BIND: Words = ("--bind", "127.0.0.1:{port}")
CERTIFICATE: Words = (
    *("--certfile", "{certificate}", "--keyfile", "{key}", "--ca-certs", "{authority}"),
)
ON_UVICORN = Listens(
    tcp=HOST_AND_PORT,
    # 1 is ssl.CERT_OPTIONAL.
    tls=(
        *HOST_AND_PORT,
        *("--ssl-certfile", "{certificate}", "--ssl-keyfile", "{key}"),
        *("--ssl-ca-certs", "{authority}", "--ssl-cert-reqs", "1"),
    ),
    unix=("--uds", "{socket}"),
)
ON_HYPERCORN = Listens(
    tcp=BIND,
    tls=(*BIND, *CERTIFICATE, "--verify-mode", "CERT_OPTIONAL"),
    unix=("--bind", "unix:{socket}"),
)
ON_DAPHNE = Listens(
    tcp=("-b", "127.0.0.1", "-p", "{port}"),
    # A description of an endpoint as Twisted reads it: it has no word for clients.
    tls=("-e", "ssl:{port}:interface=127.0.0.1:privateKey={key}:certKey={certificate}"),
    unix=("-u", "{socket}"),
)
ON_GRANIAN = Listens(
    tcp=HOST_AND_PORT,
    # It can require a certificate of every client, but not ask and go on without one.
    tls=(
        *HOST_AND_PORT,
        *("--ssl-certificate", "{certificate}", "--ssl-keyfile", "{key}"),
    ),
    unix=("--uds", "{socket}"),
)
ON_GUNICORN = Listens(
    tcp=BIND,
    tls=(*BIND, *CERTIFICATE, "--cert-reqs", "1"),  # ssl.CERT_OPTIONAL
    unix=("--bind", "unix:{socket}"),
)
ON_WAITRESS = Listens(
    tcp=("--listen=127.0.0.1:{port}",), unix=("--unix-socket={socket}",)
)
