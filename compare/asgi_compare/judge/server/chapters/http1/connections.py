"""Chapter: the life of a connection: keep-alive and pipelining."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, ReadBody, Start
from asgi_compare.judge.server.case import Case, Check, Hear, HearEnd, Say
from asgi_compare.judge.server.checks.application import called, of_call, saw_body
from asgi_compare.judge.server.checks.wire import (
    SUCCESS,
    answers,
    both,
    closed,
    either,
    first,
    mild,
    of_answer,
    on,
    refused,
    speaks_1_1,
)
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    LAST,
    chunk,
    post,
    request,
    second,
    sized,
)
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import http, http1, www

PERSIST = http1("9.3", "HTTP implementations SHOULD support persistent connections")
CLOSING = http1(
    "9.6",
    'A server that receives a "close" connection option MUST initiate closure of the '
    "connection",
)
PIPELINE = http1(
    "9.3.2",
    "it MUST send the corresponding responses in the same order that the requests were "
    "received",
)


def _own_scope(call: Call) -> object:
    return call.path.endswith("/second") or repr(call.path)


def _says_close() -> Check:
    """The first answer says that it is the last one."""
    return of_answer(
        "Connection: close",
        lambda a: b"close" in b", ".join(a.values(b"connection")).lower(),
    )


CASES: tuple[Case, ...] = (
    Case(
        "keep-alive",
        "should",
        "A second request on the same connection is answered.",
        PERSIST,
        (Say(request()), Hear(1), Say(second()), Hear(2)),
        (speaks_1_1(), answers(200, 200)),
    ),
    Case(
        "keep-alive-has-own-scope",
        "must",
        "Each request on a connection is a call of its own, with a scope of its own.",
        www(
            "http-connection-scope",
            "HTTP connections have a single-request connection scope",
        ),
        (Say(request()), Hear(1), Say(second()), Hear(2)),
        (
            either(closed(), answers(200, 200), _says_close()),
            either(
                called(1), both(called(2), of_call("the second path", _own_scope, 1))
            ),
        ),
    ),
    Case(
        "connection-close",
        "must",
        "After a request with `Connection: close`, the server closes.",
        CLOSING,
        (Say(request(CLOSE)), Hear(), HearEnd(1.5)),
        (answers(200), closed()),
    ),
    Case(
        "connection-close-is-said",
        "should",
        "The last answer on a connection says `Connection: close`.",
        http1("9.6", 'The server SHOULD send a "close" connection option in its final'),
        (Say(request(CLOSE)), Hear(), HearEnd(1.5)),
        (
            speaks_1_1(),
            answers(200),
            of_answer(
                "Connection: close",
                lambda a: (
                    [v.lower() for v in a.values(b"connection")] == [b"close"]
                    or a.values(b"connection")
                ),
            ),
        ),
    ),
    Case(
        "connection-close-in-capitals",
        "must",
        "Connection options are case-insensitive.",
        http("7.6.1", "Connection options are case-insensitive"),
        (Say(request(b"Connection: CLOSE")), Hear(), HearEnd(1.5)),
        (answers(200), closed()),
    ),
    Case(
        "connection-close-then-request",
        "must",
        "A request after one with `Connection: close` is not processed.",
        http1(
            "9.6",
            "The server MUST NOT process any further requests received on that "
            "connection",
        ),
        (Say(request(CLOSE) + second()), HearEnd(1.5)),
        (either(called(1), called(0)), mild(first(200))),
    ),
    Case(
        "http-1.0-closes",
        "should",
        "Without keep-alive, a connection of HTTP/1.0 is closed.",
        http1("9.3", "the connection will close after the current response"),
        (Say(request(version=b"HTTP/1.0")), Hear(), HearEnd(1.5)),
        (answers(200), closed()),
    ),
    Case(
        "http-1.0-keep-alive",
        "may",
        "Whether a connection of HTTP/1.0 is kept for who asks for it is reported.",
        http1("9.3", 'the "keep-alive" connection option is present'),
        (
            Say(request(b"Connection: keep-alive", version=b"HTTP/1.0")),
            Hear(),
            HearEnd(0.5),
        ),
        (answers(200),),
        report=lambda seen: (
            "The connection was closed." if seen.wire.ended else "It was kept open."
        ),
    ),
    Case(
        "http-1.0-never-chunked",
        "must",
        "An answer to HTTP/1.0 has no Transfer-Encoding.",
        http1(
            "6.1",
            "A server MUST NOT send a response containing Transfer-Encoding unless the "
            "corresponding request indicates HTTP/1.1",
        ),
        (Say(request(version=b"HTTP/1.0")), HearEnd()),
        (
            of_answer(
                "no Transfer-Encoding",
                lambda a: (
                    not a.values(b"transfer-encoding") or a.values(b"transfer-encoding")
                ),
            ),
            either(
                of_answer("the whole body", lambda a: a.body == b"hello" or a.body),
                refused(),
            ),
        ),
        script=(ReadBody(), Start(200), Body(b"hel", True), Body(b"lo")),
    ),
    Case(
        "pipelined",
        "must",
        "Three requests sent at once are answered in their order.",
        PIPELINE,
        (
            Say(request() + request(target=b"/<case>/next") + second()),
            Hear(3),
        ),
        (
            either(answers(200, 200, 200), both(first(200), closed())),
            of_call(
                "the first one first",
                lambda c: not c.path.endswith("/second") or repr(c.path),
            ),
        ),
    ),
    Case(
        "pipelined-after-body",
        "must",
        "A request right after a body is a request, and no part of the body.",
        http1("6.3", "its decimal value defines the expected message body length"),
        (Say(sized(b"hello") + second()), Hear(2)),
        (either(answers(200, 200), both(first(200), closed())), saw_body(b"hello")),
    ),
    Case(
        "pipelined-after-chunks",
        "must",
        "A request right after the last chunk is a request.",
        http1("7.1", "and finally terminated by an empty line"),
        (Say(post(CHUNKED, body=chunk(b"hello") + LAST) + second()), Hear(2)),
        (
            either(answers(200, 200), both(first(200), closed())),
            on("asgi", saw_body(b"hello")),
        ),
    ),
    Case(
        "garbage-after-request",
        "should",
        "What follows a request and is none is answered with 400, and the end.",
        http1(
            "2.2",
            "the server SHOULD respond with a 400 (Bad Request) response and close the "
            "connection",
        ),
        (Say(request() + b"\x00\x01\x02 garbage\r\n\r\n"), HearEnd(1.5)),
        (first(200), called(1), closed()),
    ),
    Case(
        "http2-upgrade-is-ignored",
        "must",
        "An upgrade that the server does not know is passed over.",
        http("7.8", "A server MAY ignore a received Upgrade header field"),
        (
            Say(request(b"Connection: Upgrade, close", b"Upgrade: x-unknown/1")),
            Hear(),
        ),
        (answers(SUCCESS),),
    ),
)
