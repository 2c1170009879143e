"""Chapter: over TLS. What a server does otherwise than on a plain connection.

The server is started a second time, with a certificate of ours, and asks its clients
for certificates where its command line can. The `ssl` module of Python is the client.
"""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, ReadBody, Receive, Start
from asgi_compare.judge.server.case import (
    Await,
    Case,
    Drip,
    HalfClose,
    Hear,
    HearEnd,
    Leave,
    Say,
    Tls,
)
from asgi_compare.judge.server.chapters.websocket.handshake import ACCEPTING, handshake
from asgi_compare.judge.server.checks.application import (
    called,
    ended,
    never_whole,
    of_call,
    received,
    saw_body,
    saw_scope,
)
from asgi_compare.judge.server.checks.tls import notified
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    closed,
    either,
    first,
    of_answer,
)
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    chunk,
    post,
    request,
    second,
    sized,
)
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import http1, pep, rfc8446, www

NORMAL = http1("9.7", "but is otherwise treated like a normal connection for HTTP")
CLOSURE = http1(
    "9.8",
    "Servers MUST attempt to initiate an exchange of closure alerts with the client "
    "before closing the connection",
)
GONE = www(
    "disconnect-receive-event",
    "Sent to the application if receive is called after a response has been sent or "
    "after the HTTP connection has been closed",
)
LARGE = bytes(range(256)) * 400
"""A hundred kilobytes: more than six records hold, of 16 KiB each."""


def _after_notice(seen: Observed) -> str:
    answered = bool(seen.wire.finals)
    return "It is answered." if answered else "It is not answered any more."


CASES: tuple[Case, ...] = (
    Case(
        "tls-scheme",
        "must",
        "`scheme` is `https`.",
        www("http-connection-scope", 'URL scheme portion (likely "http" or "https")'),
        (Say(request(CLOSE)), Hear()),
        (answers(200), saw_scope("scheme", "https")),
        interfaces=("asgi",),
        transport="tls",
    ),
    Case(
        "tls-websocket-scheme",
        "must",
        "`scheme` of a WebSocket is `wss`.",
        www("websocket-connection-scope", 'URL scheme portion (likely "ws" or "wss")'),
        (Say(handshake()), Hear(), Leave()),
        (answers(101), saw_scope("scheme", "wss")),
        script=ACCEPTING,
        needs="websocket",
        transport="tls",
    ),
    Case(
        "tls-url-scheme",
        "must",
        "`wsgi.url_scheme` is `https`.",
        pep(
            "environ-variables",
            'Normally, this will have the value "http" or "https", as appropriate',
        ),
        (Say(request(CLOSE)), Hear()),
        (answers(200), saw_scope("wsgi.url_scheme", "https")),
        interfaces=("wsgi",),
        transport="tls",
    ),
    Case(
        "tls-environ-https",
        "should",
        "`HTTPS` is `on`, as Apache has it.",
        pep(
            "environ-variables",
            "if SSL is in use, the server or gateway should also provide as many of "
            "the Apache SSL environment variables",
        ),
        (Say(request(CLOSE)), Hear()),
        (answers(200), saw_scope("HTTPS", "on", "1")),
        interfaces=("wsgi",),
        transport="tls",
    ),
    Case(
        "tls-large-bodies",
        "must",
        "A request and a response that need several records each arrive whole.",
        rfc8446("5.1", "carrying data in chunks of 2^14 bytes or less"),
        (Say(sized(LARGE, CLOSE)), Hear()),
        (
            answers(200),
            of_call("all of it", lambda c: c.body_size == len(LARGE) or c.body_size),
            of_answer("all of it back", lambda a: a.body == LARGE or len(a.body)),
        ),
        script=(
            ReadBody(),
            Start(200, ((b"content-length", b"%d" % len(LARGE)),)),
            Body(LARGE),
        ),
        transport="tls",
    ),
    Case(
        "tls-small-records",
        "must",
        "A request in records of one byte each is a request.",
        NORMAL,
        (Drip(sized(b"hello", CLOSE), 0.001), Hear()),
        (answers(200), saw_body(b"hello")),
        transport="tls",
    ),
    Case(
        "tls-two-requests-in-a-record",
        "must",
        "Two requests in one record are both answered, or the connection is closed.",
        NORMAL,
        (Say(request() + second()), Hear(2)),
        # The second may be waiting above the socket, where no selector sees it.
        (either(answers(200, 200), both(first(200), closed())),),
        transport="tls",
    ),
    Case(
        "tls-close-notify",
        "must",
        "The server sends `close_notify` before it closes the connection.",
        CLOSURE,
        (Say(request(CLOSE)), HearEnd()),
        (answers(200), closed(), notified("before the end")),
        transport="tls",
    ),
    Case(
        "tls-close-notify-ends-the-body",
        "must",
        "A response that ends with its connection ends with `close_notify`.",
        http1(
            "9.8",
            "A response that has neither chunked transfer coding nor Content-Length "
            "is complete only if a valid closure alert has been received",
        ),
        (Say(request(version=b"HTTP/1.0")), HearEnd()),
        (
            answers(200),
            closed(),
            notified("at the end of a body that has no other"),
        ),
        script=(ReadBody(), Start(200), Body(b"hel", True), Body(b"lo")),
        transport="tls",
    ),
    Case(
        "tls-truncated-body",
        "must",
        "A body that breaks off without `close_notify` is never taken for whole.",
        http1("8", "is incomplete if the size of the message body received"),
        (
            Say(post(b"Content-Length: 10", body=b"hello")),
            Await("called", 0.3),
            Leave(notify=False),
        ),
        (never_whole(), ended()),
        transport="tls",
    ),
    Case(
        "tls-truncated-chunks",
        "must",
        "Chunks that break off without `close_notify` are never taken for whole.",
        http1(
            "8",
            "is incomplete if the zero-sized chunk that terminates the encoding has "
            "not been received",
        ),
        (
            Say(post(CHUNKED, body=chunk(b"hello"))),
            Await("called", 0.3),
            Leave(notify=False),
        ),
        (never_whole(), ended()),
        transport="tls",
        interfaces=("asgi",),
    ),
    Case(
        "tls-disconnect",
        "must",
        "An application that waits hears `http.disconnect` after `close_notify`.",
        GONE,
        (Say(request()), Await("receive http.request"), Leave()),
        (received("http.disconnect"), ended()),
        script=(ReadBody(), Receive("http.disconnect")),
        transport="tls",
    ),
    Case(
        "tls-disconnect-without-notice",
        "must",
        "The same when the connection ends without it.",
        GONE,
        (Say(request()), Await("receive http.request"), Leave(notify=False)),
        (received("http.disconnect"), ended()),
        script=(ReadBody(), Receive("http.disconnect")),
        transport="tls",
    ),
    Case(
        "tls-plain-request",
        "must",
        "A request without TLS is no request, and the connection is closed.",
        rfc8446(
            "6.2",
            "it SHOULD send an appropriate fatal alert and MUST close the connection",
        ),
        (Say(request()), HearEnd()),
        (called(0), closed()),
        transport="tls",
        tls=Tls(plain=True),
    ),
    Case(
        "tls-half-close",
        "may",
        "Whether a client is answered after its own `close_notify` is reported.",
        rfc8446("6.1", "This does not have any effect on its read side"),
        (Say(request(CLOSE)), HalfClose(), Hear()),
        report=_after_notice,
        transport="tls",
    ),
)
