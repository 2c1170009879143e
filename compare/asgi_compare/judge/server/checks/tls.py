"""The checks of TLS: what the handshake came to, and what is told of it.

What an application is told, in the extension `tls` of the scope, is held against what
the client's own `ssl` module says of the same connection.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Any

from asgi_compare.judge.server.case import Check, Problem
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.wire import what_came
from asgi_compare.judge.server.client.authority import CLIENT
from asgi_compare.judge.server.observed import Call, Negotiated, Observed

NUMBERS = {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
"""The version numbers of TLS, by the names of the `ssl` module (RFC 8446, 4.1.2)."""
NAMES = [f"cn={CLIENT.lower().replace(',', comma)}" for comma in (r"\,", r"\2c")]
"""The subject of the client's certificate, in the forms that RFC 4514 section 2.4 has
for a comma."""
ABSENT = object()


def notified(what: str) -> Check:
    """The server said by `close_notify` that nothing more will come."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.notified:
            return None
        return Problem(f"Expected close_notify {what}, but got {what_came(seen)}.")

    return check


def chosen(*allowed: str) -> Check:
    """The server chose one of these by ALPN; an empty one stands for no choice."""

    def check(seen: Observed) -> Problem | None:
        if seen.wire.tls is None:
            return Problem(f"There was no handshake: {what_came(seen)}.")
        found = seen.wire.tls.protocol
        if found in allowed:
            return None
        wanted = " or ".join(repr(each) for each in allowed)
        return Problem(f"Expected the protocol {wanted}, but got {found!r}.")

    return check


def reported(seen: Observed) -> str:
    """Return what the handshake came to."""
    tls = seen.wire.tls
    if tls is None:
        return f"There was no handshake: {what_came(seen)}."
    protocol = f"by ALPN {tls.protocol}" if tls.protocol else "nothing by ALPN"
    return f"It chose {tls.version}, {tls.cipher}, and {protocol}."


def told(
    key: str, what: str, test: Callable[[Any, Negotiated], object], *, optional: bool
) -> Check:
    """One key of the extension passes a test, which gets what was negotiated as well.

    What is `optional` may be absent, and is None to the test then.
    """

    def check(seen: Observed) -> Problem | None:
        tls = seen.wire.tls
        if tls is None:
            return Problem(f"There was no handshake: {what_came(seen)}.")
        return of_call(f"{key} to be {what}", lambda c: _test(c, tls))(seen)

    def _test(call: Call, tls: Negotiated) -> object:
        value = entries(call).get(key, None if optional else ABSENT)
        if value is ABSENT:
            return "nothing"
        return test(value, tls) or repr(value)

    return check


def entries(call: Call) -> Mapping[str, Any]:
    """Return the extension, where it is a dictionary at all."""
    found = (call.scope.get("extensions") or {}).get("tls")
    return found if isinstance(found, Mapping) else {}


def is_certificate(value: Any, der: bytes) -> bool:
    """Return whether it is this certificate in PEM, however its lines are broken."""
    if type(value) is not str:
        return False
    try:
        return ssl.PEM_cert_to_DER_cert(value) == der
    except ValueError:
        return False


def is_clients_name(value: Any) -> bool:
    """Return whether it is the client's name as RFC 4514 writes it."""
    return type(value) is str and value.lower() in NAMES
