"""Awkward WebSocket servers and clients, lifespans, and other scopes.

As over HTTP, a row that compares nothing only gives the rules something to look at.
"""

from __future__ import annotations

from asgi_compare.judge.application.probe import (
    LIFESPAN_STARTS,
    LIFESPAN_STOPS,
    UNKNOWN_TYPE,
    Probe,
    Server,
)
from asgi_compare.judge.application.probes.absent_keys import WEBSOCKET_OPTIONAL, absent
from asgi_compare.judge.application.probes.http import EXTRA_KEYS, ONCE, UNKNOWN
from asgi_compare.judge.application.probes.http_bodies import CLOSED
from asgi_compare.judge.rules.engine.rule import (
    EXTENSIONS,
    LIFESPAN,
    MAIN,
    RFC6455,
    WWW,
)

SCOPE = WWW + "websocket-connection-scope"
DISCONNECT = WWW + "disconnect-receive-event-ws"
LOST = "when either connection to the client is lost"

WEBSOCKET = (
    Probe(
        "probe-websocket/plain",
        "websocket",
        "A plain and complete server, and a client that closes when it is done.",
        "WebSocket connections' scope lives as long as the socket itself",
        SCOPE,
        endless=True,
    ),
    Probe(
        "probe-websocket/again",
        "websocket",
        "The same conversation once more.",
        ONCE,
        MAIN + "applications",
    ),
    Probe(
        "probe-websocket/subprotocols",
        "websocket",
        "The client offers subprotocols.",
        "Subprotocols the client advertised",
        SCOPE,
        changes={"subprotocols": ("chat", "superchat.v2")},
    ),
    Probe(
        "probe-websocket/no-denial-response",
        "websocket",
        "The server does not offer to refuse with a response.",
        "ASGI Servers that implement this extension will provide "
        "websocket.http.response",
        EXTENSIONS + "websocket-denial-response",
        changes={"denial": False},
    ),
    *absent("websocket", SCOPE, WEBSOCKET_OPTIONAL),
    Probe(
        "probe-websocket/unknown-keys",
        "websocket",
        "The scope and the events have keys that nobody knows.",
        EXTRA_KEYS,
        MAIN + "error-handling",
        Server(sets=UNKNOWN, adds=UNKNOWN),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-websocket/both-keys",
        "websocket",
        "A message has both keys, and one of them is None.",
        "One or both keys may be present, however",
        WWW + "receive-receive-event",
        Server(adds={"text": None, "bytes": None, "reason": None}),
        compares="failure",
        level="must",
    ),
    Probe(
        "probe-websocket/older-server",
        "websocket",
        "The server speaks version 2.3 of the text, the oldest that is still in use.",
        "Spec versions let you understand what the server you are using understands",
        WWW + "spec-versions",
        Server(sets={"asgi": {"version": "3.0", "spec_version": "2.3"}}),
        compares="failure",
    ),
    Probe(
        "probe-websocket/other-messages",
        "websocket",
        "The client sends bytes, an empty text, and a text that is not ASCII.",
        "Exactly one of bytes or text must be non-None",
        WWW + "receive-receive-event",
        changes={"says": (b"\x00\xff", "", b"", "\u00e9\U0001f375")},
    ),
    Probe(
        "probe-websocket/silent-client",
        "websocket",
        "The client says nothing and closes.",
        "Upon either sending or receiving a Close control frame",
        RFC6455 + "7.1.3",
        changes={"says": ()},
    ),
    Probe(
        "probe-websocket/client-vanishes",
        "websocket",
        "The client is lost without a close frame.",
        LOST,
        DISCONNECT,
        changes={"leaves": "vanishes"},
        endless=True,
    ),
    Probe(
        "probe-websocket/client-left-at-once",
        "websocket",
        "The client is lost before the application has answered: `send` raises.",
        CLOSED,
        WWW + "disconnected-client-send-exception",
        Server(gone_at=1),
        endless=True,
    ),
    Probe(
        "probe-websocket/send-raises-later",
        "websocket",
        "The client is lost when the second event is sent.",
        CLOSED,
        WWW + "disconnected-client-send-exception",
        Server(gone_at=2),
        endless=True,
    ),
    Probe(
        "probe-websocket/closes-with-a-code",
        "websocket",
        "The client closes with a code of its own, and a reason.",
        "Status codes in the range 4000-4999 are reserved for private use",
        RFC6455 + "7.4.2",
        changes={"code": 4001, "reason": "\u00e9nough"},
    ),
    Probe(
        "probe-websocket/closes-without-a-code",
        "websocket",
        "The client closes without a code, which the server calls 1005.",
        "the server should set this to 1005",
        DISCONNECT,
        Server(sparse=True),
        changes={"code": 1005},
        compares="failure",
    ),
    Probe(
        "probe-websocket/send-waits",
        "websocket",
        "Each call of `send` waits, as for a client that reads slowly.",
        "that will return once the send has been completed or the connection has been "
        "closed",
        MAIN + "applications",
        Server(waits=True),
        compares="failure",
    ),
    Probe(
        "probe-websocket/cancelled",
        "websocket",
        "The server cancels the application while that waits in `send`.",
        "if the application dies the socket should be closed, and vice-versa",
        SCOPE,
        Server(cancels_at=2),
        endless=True,
    ),
    Probe(
        "probe-websocket/afterwards",
        "websocket",
        "The same conversation once more, when the other probes are over.",
        ONCE,
        MAIN + "applications",
    ),
    Probe(
        "probe-websocket/over-and-over",
        "websocket",
        "The same conversation a dozen times, with a look at what is left behind.",
        ONCE,
        MAIN + "applications",
        Server(repeats=True),
        level="advice",
    ),
)

LIFE = (
    Probe(
        LIFESPAN_STARTS,
        "lifespan",
        "A server starts the application and offers it a state.",
        "An empty namespace where the application can persist state",
        LIFESPAN + "scope",
    ),
    Probe(
        LIFESPAN_STOPS,
        "lifespan",
        "The server that has started the application stops it.",
        "Sent to the application when the server has stopped accepting connections",
        LIFESPAN + "shutdown-receive-event",
    ),
    Probe(
        "probe-lifespan/without-state",
        "lifespan",
        "A server of which the scope has no `state`.",
        "if missing the server does not support this feature",
        LIFESPAN + "scope",
        Server(without=("state",)),
    ),
    Probe(
        UNKNOWN_TYPE,
        "other",
        "A server that speaks a protocol which the application does not know.",
        "Applications should actively reject any protocol that they do not understand "
        "with an Exception",
        MAIN + "protocol-specifications",
    ),
)
