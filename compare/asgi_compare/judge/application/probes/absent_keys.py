"""Servers whose scope lacks one of the keys that have a default.

One row for each key, made from a table: so a finding names the key, and the sentence
that says what is to be assumed in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asgi_compare.judge.application.probe import Probe, Protocol, Server
from asgi_compare.judge.rules.engine.rule import MAIN

NONE = "Optional; if missing defaults to None"
EMPTY = "Optional; if missing defaults to empty string"
NOT_EMPTY = "Optional (but must not be empty); default is "

BOTH = {
    "raw_path": NONE,
    "client": NONE,
    "server": NONE,
    "extensions": "named additions to a protocol specification that are optional",
}
HTTP_OPTIONAL: Mapping[str, str] = {
    **BOTH,
    "scheme": NOT_EMPTY + '"http"',
    "root_path": 'Optional; if missing defaults to ""',
    "asgi.version": 'If missing, the version should default to "2.0"',
    "asgi.spec_version": 'Optional; if missing assume "2.0"',
}
WEBSOCKET_OPTIONAL: Mapping[str, str] = {
    **BOTH,
    "http_version": 'Optional; if missing default is "1.1"',
    "scheme": NOT_EMPTY + '"ws"',
    "root_path": EMPTY,
    "query_string": "Optional; if missing or None default is empty string",
    "subprotocols": "Optional; if missing defaults to empty list",
}
"""The sentence for each key. A server without `spec_version` is one of version 2.0 to a
WebSocket application, which is another matter than a missing key, and not played."""


def absent(
    protocol: Protocol, link: str, optional: Mapping[str, str]
) -> Iterator[Probe]:
    """Return one row for each key that a server may leave away."""
    for key, quote in optional.items():
        name = key.rpartition(".")[2].replace("_", "-")
        yield Probe(
            f"probe-{protocol}/without-{name}",
            protocol,
            f"The scope has no `{key}`, for which there is a default.",
            quote,
            MAIN + "applications" if key == "asgi.version" else link,
            Server(without=(key,)),
            # Whom it does not know, an application may refuse.
            compares="failure" if key in ("client", "server") else "status",
            level="must",
        )
