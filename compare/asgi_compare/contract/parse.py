"""An exchange from what was typed on a command line.

/x          GET /x
POST:/x     another method
ws:/x       a WebSocket connection, one message each way
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from asgi_compare.contract.applicability import applicable_scenario
from asgi_compare.contract.scenario import (
    Conversation,
    Exchange,
    Expectation,
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.model.transcript import Interface

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A method, and a field's name (RFC 9110 sections 9.1 and 5.1)."""
TARGET = re.compile(r"/[\x21-\x7e]*")
"""A request-target in origin form: visible ASCII (RFC 9112 section 3.2.1)."""


class ExchangeError(ValueError):
    """What was typed is no exchange; the message is one sentence for the user."""


def parse(
    text: str, *, headers: Iterable[str] = (), body: bytes | None = None
) -> Request | Conversation:
    """Read `[METHOD:]/path` or `ws:/path`; headers as `name: value`."""
    method, colon, target = text.partition(":")
    if not colon or method.startswith("/"):
        method, target = "GET" if body is None else "POST", text
    if not TARGET.fullmatch(target):
        raise ExchangeError(
            f"Expected a path that begins with / and is percent-encoded, such as "
            f"/a%20b or POST:/a or ws:/a, but got {text!r}."
        )
    if not TOKEN.fullmatch(method):
        raise ExchangeError(f"Expected a method such as POST, but got {method!r}.")
    fields = tuple(_field(header) for header in headers)
    if method == "ws":
        says = ("hello",) if body is None else (body.decode("utf-8", "replace"),)
        return Conversation(target.encode(), fields, says=says)
    pieces = (body,) if body else ()
    return Request(method, target.encode(), fields, body=pieces)


def _field(header: str) -> tuple[bytes, bytes]:
    name, colon, value = header.partition(":")
    if not colon or not TOKEN.fullmatch(name) or re.search(r"[\r\n\0]", value):
        raise ExchangeError(f"Expected a header 'name: value', but got {header!r}.")
    return name.encode(), value.strip().encode("latin-1", "replace")


def scenario_of(
    exchange: Request | Conversation, interface: Interface, deadline: float
) -> Scenario:
    """Make a scenario of it, in the terms of the interface.

    Over ASGI a request is put within a lifespan, as on a server: an application may
    need its start-up. What is expected is left open.
    """
    whole: Exchange = exchange
    expected: Expectation
    if isinstance(exchange, Conversation):
        # A client that listens for as many messages as it has said, and then closes.
        expected = ExpectedConversation(hears=("",) * len(exchange.says))
    else:
        expected = Expected(status=None)
        if interface == "asgi":
            whole, expected = Lifetime(requests=(exchange,)), ExpectedLifetime()
    scenario = Scenario("asked", "for", "", whole, expected, deadline=deadline)
    return applicable_scenario(interface, scenario) or scenario
