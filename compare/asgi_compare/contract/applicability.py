"""Which scenarios apply to which interface.

WSGI has no WebSocket and no lifespan, so a scenario of theirs cannot be put to a WSGI
application as it is. It is put in the terms that WSGI has, as a server would do it: the
handshake arrives as the GET request that it is, and of a lifespan only the first of the
requests in between remains. If what was expected came all the same, *unsupported* would
be a lie. Of a lifespan that is about its events alone, nothing remains to be asked.

A client on a socket cannot ask for everything either: `unreachable` says why.
"""

from __future__ import annotations

from dataclasses import replace

from asgi_compare.contract.scenario import (
    Conversation,
    Expected,
    ExpectedConversation,
    ExpectedLifetime,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.model.transcript import Interface

HANDSHAKE = (
    (b"connection", b"Upgrade"),
    (b"upgrade", b"websocket"),
    (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"sec-websocket-version", b"13"),
)
"""RFC 6455 section 4.1, with the key of its example."""


def applicable_scenario(
    interface: Interface, scenario: Scenario, *, on_socket: bool = False
) -> Scenario | None:
    """Return the scenario as it can be put to an application; None if it cannot be.

    On a socket the client has terms of its own, whatever is behind the server: it can
    ask for a WebSocket, and for nothing of a lifespan.
    """
    exchange = scenario.exchange
    if on_socket and unreachable(scenario):
        return None
    if interface == "asgi" or isinstance(exchange, Request):
        return scenario
    if isinstance(exchange, Conversation):
        if on_socket:
            return scenario
        assert isinstance(scenario.expected, ExpectedConversation)
        handshake = Request("GET", exchange.target, (*HANDSHAKE, *exchange.headers))
        expected = Expected(status=scenario.expected.status)
        return replace(scenario, exchange=handshake, expected=expected)
    if unreachable(scenario):
        return None
    assert isinstance(scenario.expected, ExpectedLifetime)
    answer = scenario.expected.answers[0]
    return replace(scenario, exchange=exchange.requests[0], expected=answer)


def unreachable(scenario: Scenario) -> str | None:
    """Return why a client on a socket cannot ask for it; None if it can."""
    exchange = scenario.exchange
    if isinstance(exchange, Request) and exchange.root_path:
        return "Where an application is mounted is the server's setting."
    if isinstance(exchange, Conversation) and not exchange.denial:
        return "Which extensions are offered is the server's choice."
    if scenario.application != "application":
        return "A server runs one application, and this is about another one."
    if isinstance(exchange, Lifetime) and not (exchange.state and exchange.requests):
        return "Lifespan events do not reach the wire."
    return None
