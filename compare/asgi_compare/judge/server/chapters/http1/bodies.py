"""Chapter: bodies that are waited for, and bodies that nobody reads."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, Start
from asgi_compare.judge.server.case import (
    Case,
    Drip,
    Hear,
    HearBytes,
    HearEnd,
    Pause,
    Say,
)
from asgi_compare.judge.server.checks.application import called, of_call, saw_body
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    closed,
    early,
    either,
    first,
    of_answer,
    refused,
    speaks_1_1,
)
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    LAST,
    case,
    chunk,
    post,
    request,
    second,
    sized,
)
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import http, http1

UNREAD = http1(
    "9.3",
    "A server MUST read the entire request message body or close the connection after "
    "sending its response",
)
CONTINUE = http(
    "10.1.1",
    "The origin server MUST NOT wait for the content before sending the 100 (Continue) "
    "response",
)
EXPECTING = b"Expect: 100-continue"
HIDDEN = b"<body>" + request(target=b"/<case>/hidden") + b"</body>"
"""A request in a body."""
DEAF = (Start(200, ((b"content-length", b"5"),)), Body(b"hello"))
"""An application that answers without reading what was sent to it."""


def _own_scope(call: Call) -> object:
    return call.path.endswith("/second") or repr(call.path)


CASES: tuple[Case, ...] = (
    Case(
        "body-not-read-by-application",
        "must",
        "A body that the application did not read is never taken for a request.",
        UNREAD,
        (
            Say(post(b"Content-Length: <length>", body=HIDDEN) + second()),
            Hear(2, 1.5),
        ),
        (
            first(200),
            either(called(1), of_call("the second request", _own_scope, 1)),
        ),
        script=DEAF,
        danger=True,
    ),
    Case(
        "large-body-not-read-by-application",
        "must",
        "The same with a body that does not fit into a buffer.",
        UNREAD,
        (
            Say(sized(b"x" * 300_000)),
            Say(second()),
            Hear(2, 1.5),
        ),
        (
            either(first(200), first(413), both(closed(), called(1))),
            either(called(1), called(0), of_call("the second request", _own_scope, 1)),
        ),
        script=DEAF,
        danger=True,
    ),
    Case(
        "chunks-not-read-by-application",
        "must",
        "The same with chunks.",
        UNREAD,
        (
            Say(post(CHUNKED, body=b"<hex>\r\n" + HIDDEN + b"\r\n" + LAST) + second()),
            Hear(2, 1.5),
        ),
        (first(200), either(called(1), of_call("the second request", _own_scope, 1))),
        script=DEAF,
        danger=True,
    ),
    Case(
        "expect-continue",
        "must",
        "The client is told to go on before its body is waited for.",
        CONTINUE,
        (
            Say(post(b"Content-Length: 5", EXPECTING, CLOSE)),
            HearBytes(b"100"),
            Say(b"hello"),
            Hear(),
        ),
        (
            speaks_1_1(),
            answers(200),
            of_answer(
                "100 Continue first",
                lambda a: 100 in [s for s, _ in a.interim] or repr(a.interim),
            ),
            saw_body(b"hello"),
        ),
    ),
    Case(
        "expect-continue-in-capitals",
        "must",
        "The value of Expect is case-insensitive.",
        http("10.1.1", "The Expect field value is case-insensitive"),
        (
            Say(post(b"Content-Length: 5", b"Expect: 100-Continue", CLOSE)),
            HearBytes(b"100"),
            Say(b"hello"),
            Hear(),
        ),
        (
            speaks_1_1(),
            answers(200),
            of_answer(
                "100 Continue first",
                lambda a: 100 in [s for s, _ in a.interim] or repr(a.interim),
            ),
        ),
    ),
    Case(
        "expect-continue-answered-at-once",
        "must",
        "The client gets an answer, or 100, before it has sent its body, even if the "
        "application does not read.",
        http("10.1.1", "an immediate response with a final status code"),
        (
            Say(post(b"Content-Length: 5", EXPECTING, CLOSE)),
            HearBytes(b"HTTP/1.1"),
            Say(b"hello"),
            Hear(),
        ),
        (speaks_1_1(), first(200), early(0, 1.8)),
        script=DEAF,
    ),
    case(
        "expect-continue-from-http-1.0",
        "must",
        "A client of HTTP/1.0 is never sent a 1xx response.",
        http(
            "10.1.1",
            "A server that receives a 100-continue expectation in an HTTP/1.0 request "
            "MUST ignore that expectation",
        ),
        request(
            b"Content-Length: 5",
            EXPECTING,
            method=b"POST",
            version=b"HTTP/1.0",
            body=b"hello",
        ),
        of_answer("no 1xx response", lambda a: not a.interim or repr(a.interim)),
        either(answers(200), refused()),
    ),
    case(
        "expect-continue-without-content",
        "must",
        "A request without content is answered, whatever it expects.",
        http(
            "10.1.1",
            "A server that sends a 100 (Continue) response MUST ultimately send a "
            "final status code",
        ),
        request(EXPECTING, CLOSE),
        either(answers(200), refused(417, 400)),
    ),
    Case(
        "expect-unknown",
        "may",
        "An expectation that nobody knows is refused with 417, or passed over.",
        http("10.1.1", "MAY respond with a 417 (Expectation Failed) status code"),
        (Say(request(b"Expect: x-unknown", CLOSE)), Hear()),
        (either(answers(200), refused(417)),),
    ),
    Case(
        "http-1.0-with-chunks",
        "must",
        "Chunks in a request of HTTP/1.0 are refused, or the connection closed.",
        http1(
            "6.1",
            "MUST treat the message as if the framing is faulty, even if a "
            "Content-Length is present, and close the connection after processing",
        ),
        (
            Say(
                request(
                    CHUNKED,
                    b"Connection: keep-alive",
                    method=b"POST",
                    version=b"HTTP/1.0",
                    body=chunk(b"hello") + LAST,
                )
            ),
            Hear(),
            HearEnd(1.0),
        ),
        (closed(),),
        danger=True,
    ),
    Case(
        "request-in-single-bytes",
        "must",
        "A request is understood however its bytes arrive.",
        http1("2.2", "A recipient MUST parse an HTTP message as a sequence of octets"),
        (Drip(request(b"X: 1", CLOSE), 0.002), Hear()),
        (answers(200),),
    ),
    Case(
        "body-later-than-head",
        "must",
        "A body that comes a while after its head arrives whole.",
        http1("6.3", "its decimal value defines the expected message body length"),
        (
            Say(post(b"Content-Length: 5", CLOSE)),
            Pause(0.2),
            Say(b"he"),
            Pause(0.1),
            Say(b"llo"),
            Hear(),
        ),
        (answers(200), saw_body(b"hello")),
    ),
)
