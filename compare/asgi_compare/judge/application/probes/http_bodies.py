"""Bodies in pieces, slow clients, and clients that leave, over HTTP.

Where the specification says no more than that a client may leave, the row compares
nothing: the rules judge what the application sends, and an exception is no finding.
"""

from __future__ import annotations

from asgi_compare.contract.scenario import Client
from asgi_compare.judge.application.probe import Probe, Server
from asgi_compare.judge.rules.engine.rule import RFC9112, WWW

SCOPE = WWW + "http-connection-scope"
REQUEST = WWW + "request-receive-event"
BODY = WWW + "response-body-send-event"
SEND = WWW + "disconnected-client-send-exception"
LEAVING = WWW + "disconnect-receive-event"
CLOSED = "If send() is called on a closed connection the server should raise"
LEFT = "after the HTTP connection has been closed"
UNTIL_FALSE = (
    "the consuming application should wait until it gets a chunk with this set to False"
)

HTTP_BODIES = (
    Probe(
        "probe-http/empty-pieces",
        "http",
        "The request has no content, and that arrives in three pieces.",
        "If more_body is set, treat as start of body and concatenate on further chunks",
        REQUEST,
        body="only empty pieces",
        needs="GET",
        compares="answer",
    ),
    Probe(
        "probe-http/body-in-pieces",
        "http",
        "The body arrives in pieces.",
        UNTIL_FALSE,
        REQUEST,
        body="pieces",
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-http/body-byte-by-byte",
        "http",
        "The body arrives byte by byte.",
        UNTIL_FALSE,
        REQUEST,
        body="bytes",
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-http/body-with-empty-pieces",
        "http",
        "The body arrives in pieces, some of which are empty.",
        UNTIL_FALSE,
        REQUEST,
        body="empty pieces",
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-http/body-arrives-slowly",
        "http",
        "The client takes its time between the pieces.",
        UNTIL_FALSE,
        REQUEST,
        body="pieces",
        changes={"client": Client(pause=0.005)},
        needs="body",
        compares="answer",
        level="must",
    ),
    Probe(
        "probe-http/body-without-content-length",
        "http",
        "The body comes in the chunked coding: nobody says how long it is.",
        "A request with a chunked encoded body should be automatically de-chunked",
        SCOPE,
        body="pieces",
        changes={"chunked": True},
        needs="body",
        compares="answer",
    ),
    Probe(
        "probe-http/send-waits",
        "http",
        "Each call of `send` waits, as for a client that reads slowly.",
        "Protocol servers must flush any data passed to them into the send buffer "
        "before returning from a send call",
        BODY,
        Server(waits=True),
        compares="answer",
    ),
    Probe(
        "probe-http/client-left-at-once",
        "http",
        "The client has left before the application receives anything.",
        LEFT,
        LEAVING,
        changes={"client": Client(leaves_after_sending=0)},
        endless=True,
    ),
    Probe(
        "probe-http/client-leaves-while-sending",
        "http",
        "The client leaves in the middle of its request.",
        LEFT,
        LEAVING,
        body="pieces",
        changes={"client": Client(leaves_after_sending=1)},
        endless=True,
    ),
    Probe(
        "probe-http/client-leaves-while-reading",
        "http",
        "The client leaves after the first piece of the answer.",
        LEFT,
        LEAVING,
        changes={"client": Client(leaves_after_hearing=1)},
        endless=True,
    ),
    Probe(
        "probe-http/send-raises-at-first",
        "http",
        "The client has gone when the answer starts: `send` raises an OSError.",
        CLOSED,
        SEND,
        Server(gone_at=1),
        endless=True,
    ),
    Probe(
        "probe-http/send-raises-later",
        "http",
        "The client has gone when the second event is sent.",
        CLOSED,
        SEND,
        Server(gone_at=2),
        endless=True,
    ),
    Probe(
        "probe-http/send-does-not-raise",
        "http",
        "An older server, whose `send` says nothing of a client that has left.",
        "This is not guaranteed, however, especially on older ASGI server "
        "implementations",
        SEND,
        Server(silent=True, sets={"asgi": {"version": "3.0", "spec_version": "2.3"}}),
        changes={"client": Client(leaves_after_hearing=1)},
        endless=True,
    ),
    Probe(
        "probe-http/cancelled",
        "http",
        "The server cancels the application while that waits in `send`.",
        "A client, server, or proxy MAY close the transport connection at any time",
        RFC9112 + "9.5",
        Server(cancels_at=1),
        endless=True,
    ),
    Probe(
        "probe-http/cancelled-at-work",
        "http",
        "The server cancels the application after two milliseconds, wherever it is.",
        "A client, server, or proxy MAY close the transport connection at any time",
        RFC9112 + "9.5",
        Server(cancels_after=0.002),
    ),
)
